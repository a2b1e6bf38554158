"""How a case ends: only with an outcome, a name, and a Manager who knows (P4, P8, P9, P13)."""

from dataclasses import replace

from triage.duty import Person
from triage.errors import ActRefused
from triage.life import deeds
from triage.life.clocks import worked_again
from triage.life.manager import knows, told_manager
from triage.life.moment import Moment
from triage.life.records import WAITING, CaseState, Change, ClockKind, Event, Status
from triage.life.taking import owned, stand_down
from triage.types import Severity


def missing(case: CaseState) -> tuple[str, ...]:
    """What stands between a case and its closing, in words that a person can act on."""
    answered = case.confirmed_at is not None
    tried = case.confirm_tries >= case.timetable.confirm_tries
    wanted = {
        "an owner": case.owner is not None and case.status not in WAITING,
        "what was done": bool(case.done.strip()),
        "that the customer was told": case.told_at is not None,
        f"that the customer confirmed, or {case.timetable.confirm_tries} tries without an answer": (
            answered or tried
        ),
        "the Manager's answer": case.clock(ClockKind.MANAGER_ANSWER) is None,
        "an end to every promise": not promises_open(case),
    }
    return tuple(what for what, there in wanted.items() if not there)


def promises_open(case: CaseState) -> bool:
    return any(one.kept_at is None for one in case.promises)


def closed(case: CaseState, deed: object, who: Person, at: Moment) -> Change:
    """Raises ``ActRefused`` naming what is missing. The Manager is told with it, if not yet."""
    lacks = missing(case)
    if lacks:
        raise ActRefused(f"the case cannot be closed without {'; '.join(lacks)}", lacks)
    how = "confirmed" if case.confirmed_at else "no answer"
    return _ended(case, who, Status.CLOSED, Event("closed", {"customer": how}), at)


def reopened(case: CaseState, deed: deeds.Reopen, who: Person, at: Moment) -> Change:
    """In the hands of whoever opens it."""
    if not case.ended:
        raise ActRefused("the case is open")
    after = worked_again(owned(case, who, at), at)
    return Change(after, (Event("reopened", {"because": deed.reason}),))


def dismissed(case: CaseState, deed: deeds.Dismiss, who: Person, at: Moment) -> Change:
    """Not an upset customer, says ``who``. A promise to them is a promise all the same; and after
    a threat (P8), or where the Manager heard of the case or is to answer, the Manager is told."""
    if promises_open(case):
        reason = "a promise to the customer is open: keep it first"
        raise ActRefused(reason, ("an end to every promise",))
    event = Event("dismissed", {"reason": deed.reason})
    waiting = case.status in WAITING
    ended = replace(case, owner=who.id if waiting or not case.owner else case.owner)
    concerned = case.manager_told or case.clock(ClockKind.MANAGER_ANSWER)
    if concerned or case.severity is Severity.EMERGENCY:
        said = "; ".join(filter(None, [case.done, f"dismissed: {deed.reason}"]))
        change = _ended(replace(ended, done=said), who, Status.DISMISSED, event, at)
    else:
        change = Change(_over(ended, Status.DISMISSED, at), (event,))
    return replace(change, tell=(*change.tell, *(stand_down(case, who, at) if waiting else ())))


def _ended(case: CaseState, who: Person, status: Status, event: Event, at: Moment) -> Change:
    told = Change(case, ()) if knows(case) else told_manager(case, who.id, at)
    return Change(_over(told.after, status, at), (*told.events, event), told.tell)


def _over(case: CaseState, status: Status, at: Moment) -> CaseState:
    return replace(case, status=status, ended_at=at.now, clocks=(), held_until=None)
