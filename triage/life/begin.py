"""How a case begins, and what a further mail of the customer does to it."""

from collections.abc import Mapping
from dataclasses import replace

from triage.life.clocks import (
    at_latest,
    due,
    fresh,
    moved_on,
    quickened,
    started,
    stopped,
    unheld,
    worked_again,
)
from triage.life.insist import insists
from triage.life.manager import told_manager
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
from triage.life.whom import together, told_in, whoever_has
from triage.policy.timetable import Timetable
from triage.types import Severity

SEVERITIES = (Severity.LOW, Severity.NORMAL, Severity.HIGH, Severity.EMERGENCY)
"""Mildest first."""

Facts = Mapping[str, object]


def begun(case: CaseState, at: Moment, why: Facts) -> Change:
    """A case just flagged: its clocks run, and those on duty are told at once (P1 to P3, P8)."""
    after = waiting_anew(case, at)
    return Change(after, (Event("flagged", why),), (flag(after, at),))


def flagged_again(
    case: CaseState,
    severity: Severity,
    timetable: Timetable,
    at: Moment,
    why: Facts,
) -> Change:
    """Another flag in a case. Worse, after its end, or with nobody who has it: all begins anew.
    Else whoever has it is told, with whoever is Point now, and the customer waits for an answer
    again."""
    flagged = Event("flagged", why)
    worse = SEVERITIES.index(severity) > SEVERITIES.index(case.severity)
    if worse and not case.ended:
        change = made_worse(case, severity, timetable, at)
        return replace(change, events=(flagged, *change.events))
    if case.ended:
        after = waiting_anew(replace(case, severity=severity, timetable=timetable), at)
        reopened = Event("reopened", {"because": "the customer wrote again"})
        return Change(after, (flagged, reopened), (flag(after, at),))
    if severity is case.severity and _hurries(timetable, case.timetable):
        case = quickened(replace(case, timetable=timetable), at)
        if case.status in WAITING:
            ping = Clock(ClockKind.ACKNOWLEDGE, due(case, timetable.repeat, at))
            case = at_latest(case, ping)
    if case.status in WAITING:
        return Change(case, (flagged,), (flag(case, at),))
    if at.person(case.owner) is None:
        back = left_behind(case, at)
        return replace(back, events=(flagged, *back.events))
    after = unheld(case, at)
    if case.status in {Status.TOLD, Status.CONFIRMED}:
        after = worked_again(after, at)
    elif case.status is Status.ANSWERED:
        after = replace(after, status=Status.IN_HAND)
    after = at_latest(
        after, fresh(after, ClockKind.ANSWER, at), fresh(after, ClockKind.PROGRESS, at)
    )
    people = together(whoever_has(case, at), at.ladder()[:1])
    return Change(after, (flagged,), (Telling(TellKind.FLAG, people, why),))


def _hurries(new: Timetable, old: Timetable) -> bool:
    """A customer who now asks for a manager has a clock of their own, and a shorter one (P2)."""
    return new.answer < old.answer and new.repeat <= old.repeat


def made_worse(
    case: CaseState, severity: Severity, timetable: Timetable, at: Moment, said: str = ""
) -> Change:
    """Graver than it was, under the faster timetable: those on duty are told as if it had just
    begun, and a Manager who was told before hears of it."""
    facts = {"from": case.severity, "to": severity} | ({"why": said} if said else {})
    event = Event("severity raised", facts)
    after = waiting_anew(replace(case, severity=severity, timetable=timetable), at)
    again = told_manager(after, "triage", at) if case.manager_told else Change(after, ())
    return Change(again.after, (event, *again.events), (flag(after, at), *again.tell))


def left_behind(case: CaseState, at: Moment) -> Change:
    """The owner left the desk: the case goes back to those on duty (P9)."""
    after = replace(in_queue(case, at), owner=None)
    facts = {"from": case.owner, "why": "no longer at the desk"}
    return Change(after, (Event("given back", facts),), (flag(after, at),))


def wrote(case: CaseState, at: Moment, what: Facts) -> Change:
    """A mail of the customer that raised no flag.

    It opens a closed case again, in the hands of whoever had it: nobody but a person can tell a
    thank-you, which confirms, from a "still broken", on which one is at work again. A case that
    a person dismissed as not upset stays so.
    """
    event = Event("customer wrote again", what)
    if case.status in WAITING or case.status is Status.DISMISSED:
        return Change(case, (event,))
    reopened = Event("reopened", {"because": "the customer wrote again"})
    events = (event, reopened) if case.ended else (event,)
    if at.person(case.owner) is None:
        back = left_behind(case, at)
        return replace(back, events=(*events, *back.events))
    if case.status in {Status.CLOSED, Status.TOLD}:
        after = _word_to_be_read(case, at)
    else:
        after = at_latest(unheld(case, at), fresh(case, ClockKind.PROGRESS, at))
    facts = {**what, "reopened": case.ended}
    return Change(after, events, (Telling(TellKind.CUSTOMER_WROTE, whoever_has(case, at), facts),))


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
    return Telling(TellKind.FLAG, told_in(case, 0, at), {}, case.timetable.every_channel)


def waiting_anew(case: CaseState, at: Moment) -> CaseState:
    """Nobody has the case, and the customer waits for an answer."""
    after = replace(in_queue(case, at), answered_at=None)
    return at_latest(after, fresh(after, ClockKind.ANSWER, at))


def in_queue(case: CaseState, at: Moment) -> CaseState:
    """Nobody has the case: the ladder's clock runs. What was owed to the customer and the Manager
    is owed still, and not later."""
    blank = replace(
        stopped(unheld(case, at), ClockKind.ACKNOWLEDGE, ClockKind.PROGRESS, ClockKind.CONFIRM),
        status=Status.FLAGGED,
        confirm_tries=0,
        acknowledged_at=None,
        told_at=None,
        confirmed_at=None,
        ended_at=None,
        done="" if case.ended else case.done,
        manager_told="" if case.ended else case.manager_told,
    )
    kinds = [ClockKind.OUTCOME] if blank.manager_told else [ClockKind.OUTCOME, ClockKind.MANAGER]
    waiting = at_latest(quickened(blank, at), *(fresh(blank, kind, at) for kind in kinds))
    return started(waiting, Clock(ClockKind.ACKNOWLEDGE, due(case, case.timetable.repeat, at)))


def _word_to_be_read(case: CaseState, at: Moment) -> CaseState:
    """The customer was told, and now said something: somebody reads it as soon as an answer is
    due."""
    after = replace(unheld(case, at), status=Status.TOLD, confirmed_at=None, ended_at=None)
    return at_latest(after, Clock(ClockKind.CONFIRM, due(case, case.timetable.answer, at)))
