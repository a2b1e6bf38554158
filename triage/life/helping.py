"""Asking somebody else: help, the Manager, more speed (P2, P4, P6, P7)."""

from dataclasses import replace

from triage.duty import Person
from triage.errors import ActRefused
from triage.life import deeds
from triage.life.answering import with_answer
from triage.life.begin import SEVERITIES, flag, made_worse
from triage.life.clocks import at_latest, due, quickened, stopped
from triage.life.insist import insists
from triage.life.manager import knows, told_manager
from triage.life.moment import Moment
from triage.life.records import (
    WAITING,
    CaseState,
    Change,
    Clock,
    ClockKind,
    Event,
    Telling,
    TellKind,
)
from triage.life.whom import askers, helpers, ids
from triage.types import Severity


def asked_help(case: CaseState, deed: deeds.AskHelp, who: Person, at: Moment) -> Change:
    """The next above is told, then all above, until somebody helps or takes the case."""
    people = helpers(who, at)[:1]
    if not people:
        raise ActRefused("the desk has nobody else to ask")
    facts = {"why": deed.why, "by": who.id, "to": ids(people)}
    clock = Clock(ClockKind.HELP, due(case, case.timetable.repeat, at), about=who.id)
    tell = Telling(TellKind.HELP, people, facts, case.timetable.every_channel)
    return Change(at_latest(case, clock), (Event("help asked", facts),), (tell,))


def gave_help(case: CaseState, deed: deeds.GiveHelp, who: Person, at: Moment) -> Change:
    """All who asked read what is said."""
    if not any(clock.kind is ClockKind.HELP for clock in case.clocks):
        raise ActRefused("nobody asked for help")
    facts, waiting = {"by": who.id, "said": deed.said}, askers(case, [who], at)
    tell = (Telling(TellKind.HELP_GIVEN, waiting, facts),) if waiting else ()
    event = Event("help given", {"said": deed.said})
    return Change(stopped(case, ClockKind.HELP), (event,), tell)


def insisted(case: CaseState, deed: deeds.Insists, who: Person, at: Moment) -> Change:
    return insists(case, deed.phone, deed.mail, at, urgent=True)


def manager_answered(
    case: CaseState, deed: deeds.ManagerAnswered, who: Person, at: Moment
) -> Change:
    """The Manager's answer is an answer to the customer."""
    if case.clock(ClockKind.MANAGER_ANSWER) is None:
        raise ActRefused("the Manager was not asked to answer")
    after = stopped(case, ClockKind.MANAGER_ANSWER)
    return with_answer(after, Event("manager answered", {"said": deed.said}), who, at)


def tell_manager(case: CaseState, deed: object, who: Person, at: Moment) -> Change:
    """By hand the notice goes out complete or not at all; the clock's own may say that nothing
    is resolved."""
    if not case.done.strip():
        raise ActRefused("say what was done first; without it the notice waits", ("done",))
    if knows(case):
        raise ActRefused("the Manager was told so already")
    return told_manager(case, who.id, at)


def severity_raised(case: CaseState, deed: deeds.RaiseSeverity, who: Person, at: Moment) -> Change:
    """A case that waits, and any in which there is danger now, begins anew; whoever has one goes
    on with it under the faster clocks."""
    if SEVERITIES.index(deed.to) <= SEVERITIES.index(case.severity):
        raise ActRefused(f"the case is {case.severity} already")
    table = at.tables.get(deed.to, case.timetable)
    if case.status in WAITING or deed.to is Severity.EMERGENCY:
        return made_worse(case, deed.to, table, at, deed.why)
    after = quickened(replace(case, severity=deed.to, timetable=table), at)
    facts = {"from": case.severity, "to": deed.to, "why": deed.why}
    again = told_manager(after, who.id, at) if case.manager_told else Change(after, ())
    events = (Event("severity raised", facts), *again.events)
    return Change(again.after, events, (flag(after, at), *again.tell))
