"""Dates: what was promised to the customer, and when a case may rest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from triage.duty import Person
from triage.errors import ActRefused
from triage.life import deeds
from triage.life.clocks import held, started, stopped, unheld
from triage.life.moment import Moment
from triage.life.records import WAITING, CaseState, Change, Clock, ClockKind, Event, Promise

LONGEST_HOLD = timedelta(days=30)
FARTHEST_PROMISE = timedelta(days=366)
MOST_PROMISES = 100


def promised(case: CaseState, deed: deeds.MakePromise, who: Person, at: Moment) -> Change:
    due = _ahead(deed.due, at.now, FARTHEST_PROMISE, "due")
    number = len(case.promises) + 1
    if number > MOST_PROMISES:
        raise ActRefused(f"a case takes {MOST_PROMISES} promises")
    promise = Promise(number, deed.what, due, who.id, at.now)
    after = replace(case, promises=(*case.promises, promise))
    after = started(after, Clock(ClockKind.PROMISE, due, about=str(number)))
    facts = {"promise": number, "what": deed.what, "due": due.isoformat()}
    return Change(after, (Event("promised", facts),))


def promise_kept(case: CaseState, deed: deeds.KeepPromise, who: Person, at: Moment) -> Change:
    found = (one for one in case.promises if one.number == deed.number and not one.kept_at)
    promise = next(found, None)
    if promise is None:
        raise ActRefused(f"there is no open promise number {deed.number}", ("number",))
    late = promise.overdue or at.now > promise.due
    kept = replace(promise, kept_at=at.now, overdue=late)
    promises = tuple(kept if one is promise else one for one in case.promises)
    about = str(deed.number)
    after = stopped(replace(case, promises=promises), ClockKind.PROMISE, about=about)
    return Change(after, (Event("promise kept", {"promise": deed.number, "late": late}),))


def held_by_person(case: CaseState, deed: deeds.Hold, who: Person, at: Moment) -> Change:
    if case.status in WAITING:
        raise ActRefused("nobody has the case: acknowledge it first")
    until = _ahead(deed.until, at.now, LONGEST_HOLD, "until")
    event = Event("held", {"until": until.isoformat(), "why": deed.why})
    return Change(held(case, until, at), (event,))


def hold_ended(case: CaseState, deed: object, who: Person, at: Moment) -> Change:
    if case.held_until is None:
        raise ActRefused("the case is not on hold")
    return Change(unheld(case, at), (Event("hold ended"),))


def _ahead(moment: datetime, now: datetime, farthest: timedelta, field: str) -> datetime:
    """In UTC."""
    if moment.utcoffset() is None:
        raise ActRefused(f"{field} needs a time zone", (field,))
    if not now < moment <= now + farthest:
        raise ActRefused(f"{field} must lie ahead, within {farthest.days} days", (field,))
    return moment.astimezone(UTC)
