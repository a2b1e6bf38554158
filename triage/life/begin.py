"""How a case begins, and what a further mail of the customer does to it."""

from collections.abc import Mapping
from dataclasses import replace

from triage.duty import Person
from triage.life.clocks import due, moved_on, opened_again, started, stopped, unheld
from triage.life.insist import insists
from triage.life.moment import Moment
from triage.life.records import (
    WAITING,
    CaseState,
    Change,
    Clock,
    ClockKind,
    Event,
    Status,
    Telling,
    TellKind,
)
from triage.policy.timetable import Timetable
from triage.types import Severity

SEVERITIES = (Severity.LOW, Severity.NORMAL, Severity.HIGH, Severity.EMERGENCY)
"""Mildest first."""

LASTING = frozenset({ClockKind.PROMISE, ClockKind.MANAGER, ClockKind.MANAGER_ANSWER})
"""What was owed before is owed still."""

Facts = Mapping[str, object]


def begun(case: CaseState, at: Moment, why: Facts) -> Change:
    """A case just flagged: its clocks run, and those on duty are told at once (P1 to P3, P8)."""
    return Change(waiting_anew(case, at), (Event("flagged", why),), (flag(case, at),))


def flagged_again(
    case: CaseState,
    severity: Severity,
    timetable: Timetable,
    at: Moment,
    why: Facts,
) -> Change:
    """Another flag in a case: worse or after its end it is all begun anew; else whoever has the
    case is told, and the customer waits for an answer again."""
    worse = SEVERITIES.index(severity) > SEVERITIES.index(case.severity)
    events = [Event("flagged", why)]
    if worse:
        events.append(Event("severity raised", {"from": case.severity, "to": severity}))
    if case.ended:
        events.append(Event("reopened", {"because": "the customer wrote again"}))
    if worse or case.ended:
        case = replace(case, severity=severity, timetable=timetable)
        after = waiting_anew(case, at)
        if not case.ended and case.manager_told:
            after = started(after, Clock(ClockKind.MANAGER, at.now))
        return Change(after, tuple(events), (flag(case, at),))
    if case.status in WAITING:
        return Change(case, tuple(events), (flag(case, at),))
    after = replace(unheld(case), status=_working_again(case.status))
    after = replace(stopped(after, ClockKind.CONFIRM), told_at=None, confirmed_at=None)
    after = started(after, Clock(ClockKind.ANSWER, due(case, case.timetable.answer, at)))
    if after.clock(ClockKind.OUTCOME) is None:
        after = started(after, Clock(ClockKind.OUTCOME, due(case, case.timetable.outcome, at)))
    after = moved_on(after, at)
    return Change(after, tuple(events), (Telling(TellKind.FLAG, _who_has(case, at), why),))


def wrote(case: CaseState, at: Moment, what: Facts) -> Change:
    """A mail of the customer that raised no flag. One in an ended case opens it again, in the
    hands of whoever had it: nobody but a person can tell a thank-you from a "still broken"."""
    events = [Event("customer wrote again", what)]
    people = _who_has(case, at)
    if case.status in WAITING:
        return Change(case, tuple(events))
    after = opened_again(case, at) if case.ended else moved_on(unheld(case), at)
    if case.ended:
        events.append(Event("reopened", {"because": "the customer wrote again"}))
    return Change(after, tuple(events), (Telling(TellKind.CUSTOMER_WROTE, people, what),))


def we_wrote(case: CaseState, at: Moment, what: Facts) -> Change:
    """Mail of ours in the thread answers the customer, once somebody has the case."""
    event = Event("we wrote", what)
    if case.status in WAITING or case.ended:
        return Change(case, (event,))
    after = moved_on(stopped(case, ClockKind.ANSWER), at)
    if case.status in {Status.ACKNOWLEDGED, Status.IN_HAND}:
        after = replace(after, status=Status.ANSWERED, answered_at=case.answered_at or at.now)
    return Change(after, (event,))


def with_insistence(change: Change, at: Moment, contact: Facts) -> Change:
    """The change, with the Manager's task where the customer asks for one after hours (P6)."""
    urgent, phone = bool(contact.get("urgent")), str(contact.get("phone") or "")
    mail = str(contact.get("mail") or "")
    more = insists(change.after, phone, mail, at, urgent=urgent)
    return Change(more.after, change.events + more.events, change.tell + more.tell)


def flag(case: CaseState, at: Moment) -> Telling:
    """Those on duty, and whoever had the case before."""
    people = at.ladder()[: case.timetable.at_once]
    owner = at.person(case.owner)
    if owner and owner not in people:
        people = (owner, *people)
    return Telling(TellKind.FLAG, people, {}, case.timetable.every_channel)


def waiting_anew(case: CaseState, at: Moment) -> CaseState:
    """Nobody has the case: the ladder's clock runs, and those towards the customer and the
    Manager. A promise made before is still a promise."""
    table = case.timetable
    blank = replace(
        case,
        status=Status.FLAGGED,
        held_until=None,
        confirm_tries=0,
        acknowledged_at=None,
        answered_at=None,
        told_at=None,
        confirmed_at=None,
        ended_at=None,
        done="" if case.ended else case.done,
    )
    blank = stopped(blank, *(kind for kind in ClockKind if kind not in LASTING))
    clocks = [
        Clock(ClockKind.ACKNOWLEDGE, due(case, table.repeat, at)),
        Clock(ClockKind.ANSWER, due(case, table.answer, at)),
        Clock(ClockKind.OUTCOME, due(case, table.outcome, at)),
    ]
    if case.clock(ClockKind.MANAGER) is None and (case.ended or not case.manager_told):
        clocks.append(Clock(ClockKind.MANAGER, due(case, table.manager, at)))
    return started(blank, *clocks)


def _working_again(status: Status) -> Status:
    return Status.IN_HAND if status in {Status.TOLD, Status.CONFIRMED} else status


def _who_has(case: CaseState, at: Moment) -> tuple[Person, ...]:
    """The owner, or Point while there is none or one who left the desk."""
    owner = at.person(case.owner)
    return (owner,) if owner else at.ladder()[:1]
