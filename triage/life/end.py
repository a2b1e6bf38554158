"""How a case ends: only with an outcome, a name, and a Manager who knows (P4, P8, P9, P13)."""

from dataclasses import replace

from triage.duty import Person
from triage.errors import ActRefused
from triage.life import deeds
from triage.life.clocks import opened_again
from triage.life.manager import knows, told_manager
from triage.life.moment import Moment
from triage.life.records import WAITING, CaseState, Change, ClockKind, Event, Status
from triage.life.taking import owned
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
        "an end to every promise": all(one.kept_at for one in case.promises),
    }
    return tuple(what for what, there in wanted.items() if not there)


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
    after = opened_again(owned(case, who, at), at)
    return Change(after, (Event("reopened", {"because": deed.reason}),))


def dismissed(case: CaseState, deed: deeds.Dismiss, who: Person, at: Moment) -> Change:
    """Not an upset customer. After a threat the Manager is told even so (P8)."""
    event = Event("dismissed", {"reason": deed.reason})
    owned = replace(case, owner=case.owner or who.id)
    if case.severity is Severity.EMERGENCY:
        said = replace(owned, done=case.done or f"dismissed: {deed.reason}")
        return _ended(said, who, Status.DISMISSED, event, at)
    after = replace(owned, status=Status.DISMISSED, ended_at=at.now, clocks=(), held_until=None)
    return Change(after, (event,))


def _ended(case: CaseState, who: Person, status: Status, event: Event, at: Moment) -> Change:
    told = Change(case, ()) if knows(case) else told_manager(case, who.id, at)
    after = replace(told.after, status=status, ended_at=at.now, clocks=(), held_until=None)
    return Change(after, (*told.events, event), told.tell)
