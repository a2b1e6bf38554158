"""Asking somebody else: help, the Manager, more speed (P2, P4, P6, P7)."""

from dataclasses import replace

from triage.duty import Person
from triage.errors import ActRefused
from triage.life import deeds
from triage.life.begin import SEVERITIES, flag, waiting_anew
from triage.life.clocks import due, started, stopped
from triage.life.insist import insists
from triage.life.manager import told_manager
from triage.life.moment import Moment
from triage.life.records import CaseState, Change, Clock, ClockKind, Event, Telling, TellKind
from triage.types import Severity


def asked_help(case: CaseState, deed: deeds.AskHelp, who: Person, at: Moment) -> Change:
    """The next above is told, again and again until somebody helps."""
    others = [one for one in at.above() if one.id != who.id] or list(at.ladder())
    facts = {"why": deed.why, "by": who.id, "to": [others[0].id]}
    after = started(case, Clock(ClockKind.HELP, due(case, case.timetable.repeat, at)))
    tell = Telling(TellKind.HELP, (others[0],), facts, case.timetable.every_channel)
    return Change(after, (Event("help asked", facts),), (tell,))


def gave_help(case: CaseState, deed: deeds.GiveHelp, who: Person, at: Moment) -> Change:
    if case.clock(ClockKind.HELP) is None:
        raise ActRefused("nobody asked for help")
    return Change(stopped(case, ClockKind.HELP), (Event("help given", {"said": deed.said}),))


def insisted(case: CaseState, deed: deeds.Insists, who: Person, at: Moment) -> Change:
    return insists(case, deed.phone, deed.mail, at, urgent=True)


def manager_answered(
    case: CaseState, deed: deeds.ManagerAnswered, who: Person, at: Moment
) -> Change:
    if case.clock(ClockKind.MANAGER_ANSWER) is None:
        raise ActRefused("the Manager was not asked to answer")
    after = stopped(case, ClockKind.MANAGER_ANSWER)
    return Change(after, (Event("manager answered", {"said": deed.said}),))


def tell_manager(case: CaseState, deed: object, who: Person, at: Moment) -> Change:
    """By hand the notice goes out complete or not at all; the clock's own may say that nothing
    is resolved."""
    if not case.done.strip():
        raise ActRefused("say what was done first; without it the notice waits", ("done",))
    return told_manager(case, who.id, at)


def severity_raised(case: CaseState, deed: deeds.RaiseSeverity, who: Person, at: Moment) -> Change:
    if SEVERITIES.index(deed.to) <= SEVERITIES.index(case.severity):
        raise ActRefused(f"the case is {case.severity} already")
    after = replace(case, severity=deed.to, timetable=at.tables.get(deed.to, case.timetable))
    if deed.to is Severity.EMERGENCY:
        after = waiting_anew(after, at)
    if case.manager_told:
        after = started(after, Clock(ClockKind.MANAGER, at.now))
    facts = {"from": case.severity, "to": deed.to, "why": deed.why}
    return Change(after, (Event("severity raised", facts),), (flag(after, at),))
