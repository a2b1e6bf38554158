"""Who has a case: taking it, giving it back, handing it over."""

from dataclasses import replace

from triage.duty import Person
from triage.errors import ActRefused
from triage.life import deeds
from triage.life.begin import flag, waiting_anew
from triage.life.clocks import stopped
from triage.life.moment import Moment
from triage.life.records import (
    WAITING,
    CaseState,
    Change,
    ClockKind,
    Event,
    Status,
    Telling,
    TellKind,
)


def acknowledged(case: CaseState, deed: object, who: Person, at: Moment) -> Change:
    """The pings end at once; whoever was told besides learns who has it."""
    if case.status not in WAITING:
        owner = at.person(case.owner)
        raise ActRefused(f"{owner.name if owner else 'somebody'} has the case already")
    others = tuple(one for one in _told_so_far(case, at) if one.id != who.id)
    tell = (Telling(TellKind.TAKEN, others, {"by": who.id}),) if others else ()
    event = Event("acknowledged", {"owner": who.id})
    return Change(owned(case, who, at), (event,), tell)


def taken_in_hand(case: CaseState, deed: object, who: Person, at: Moment) -> Change:
    event = Event("in hand", {"owner": who.id})
    if case.status in WAITING:
        first = acknowledged(case, deed, who, at)
        after = replace(first.after, status=Status.IN_HAND)
        return Change(after, (*first.events, event), first.tell)
    if case.status not in {Status.ACKNOWLEDGED, Status.ANSWERED} and case.owner == who.id:
        raise ActRefused(f"the case is {case.status} already")
    before = at.person(case.owner)
    tell = (Telling(TellKind.TAKEN, (before,), {"by": who.id}),) if before and before != who else ()
    return Change(replace(case, status=Status.IN_HAND, owner=who.id), (event,), tell)


def given_back(case: CaseState, deed: deeds.GiveBack, who: Person, at: Moment) -> Change:
    if case.status in WAITING:
        raise ActRefused("nobody has the case")
    after = replace(waiting_anew(case, at), owner=None)
    event = Event("given back", {"from": case.owner, "why": deed.why})
    return Change(after, (event,), (flag(after, at),))


def handed_over(case: CaseState, deed: deeds.HandOver, who: Person, at: Moment) -> Change:
    """One name has the case at any time (P15)."""
    person = at.person(deed.to)
    if person is None:
        raise ActRefused(f"the desk has nobody called {deed.to!r}", ("to",))
    if person.id == case.owner:
        raise ActRefused(f"{person.name} has the case already")
    if case.status in WAITING:
        raise ActRefused("nobody has the case: acknowledge it first")
    facts = {"from": case.owner, "by": who.id, "to": person.id, "said": deed.said}
    tell = Telling(TellKind.HANDOVER, (person,), facts)
    return Change(replace(case, owner=person.id), (Event("handed over", facts),), (tell,))


def owned(case: CaseState, who: Person, at: Moment) -> CaseState:
    """Taken by ``who``: nobody is pinged any more."""
    return replace(
        stopped(case, ClockKind.ACKNOWLEDGE),
        status=Status.ACKNOWLEDGED,
        owner=who.id,
        acknowledged_at=case.acknowledged_at or at.now,
    )


def at_work(case: CaseState, who: Person, at: Moment, status: Status) -> CaseState:
    """Whoever does something for the customer has the case."""
    after = owned(case, who, at) if case.status in WAITING else case
    return replace(after, status=status, owner=after.owner or who.id)


def _told_so_far(case: CaseState, at: Moment) -> tuple[Person, ...]:
    """Those whom flag, reminders and escalations reached, by the ladder as it is now."""
    clock = case.clock(ClockKind.ACKNOWLEDGE)
    rounds = clock.round if clock else 0
    reached = rounds // case.timetable.tries + case.timetable.at_once
    return at.ladder()[: max(reached, 1)]
