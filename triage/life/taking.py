"""Who has a case: taking it, giving it back, handing it over."""

from dataclasses import replace

from triage.duty import Person
from triage.errors import ActRefused
from triage.life import deeds
from triage.life.begin import flag, in_queue
from triage.life.clocks import stopped, unheld, worked_again
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
from triage.life.whom import askers, besides, told_so_far


def acknowledged(case: CaseState, deed: object, who: Person, at: Moment) -> Change:
    """The pings end at once; whoever was told besides learns who has it."""
    if case.status not in WAITING:
        owner = at.person(case.owner)
        if owner:
            raise ActRefused(f"{owner.name} has the case already")
        case = in_queue(case, at)
    event = Event("acknowledged", {"owner": who.id})
    tell = _helped(case, who, who, at, stand_down(case, who, at))
    return Change(owned(case, who, at), (event,), tell)


def taken_in_hand(case: CaseState, deed: object, who: Person, at: Moment) -> Change:
    """At work on it, also in another's place, also once more after the customer was told."""
    event = Event("in hand", {"owner": who.id})
    if case.status in WAITING:
        first = acknowledged(case, deed, who, at)
        after = replace(first.after, status=Status.IN_HAND)
        return Change(after, (*first.events, event), first.tell)
    if case.status is Status.IN_HAND and case.owner == who.id:
        raise ActRefused("the case is in hand already")
    after = unheld(_of(case, who), at)
    if case.status in {Status.TOLD, Status.CONFIRMED}:
        after = worked_again(after, at)
    tell = _helped(case, who, who, at, _relieved(case, who, at))
    return Change(replace(after, status=Status.IN_HAND), (event,), tell)


def given_back(case: CaseState, deed: deeds.GiveBack, who: Person, at: Moment) -> Change:
    """The next of the ladder are told rather than the one who cannot."""
    if case.status in WAITING:
        raise ActRefused("nobody has the case")
    after = replace(stopped(in_queue(case, at), ClockKind.HELP), owner=None)
    event = Event("given back", {"from": case.owner, "why": deed.why})
    again = flag(after, at)
    others = besides(who, again.people) or besides(who, at.ladder())[:1] or again.people
    return Change(after, (event,), (replace(again, people=others),))


def handed_over(case: CaseState, deed: deeds.HandOver, who: Person, at: Moment) -> Change:
    """One name has the case at any time (P15)."""
    person = at.person(deed.to)
    if person is None:
        raise ActRefused(f"the desk has nobody called {deed.to!r}", ("to",))
    if case.status in WAITING:
        raise ActRefused("nobody has the case: acknowledge it first")
    if person.id == case.owner:
        raise ActRefused(f"{person.name} has the case already")
    facts = {"from": case.owner, "by": who.id, "to": person.id, "said": deed.said}
    relieved = () if case.owner == who.id else _relieved(case, person, at)
    tell = (Telling(TellKind.HANDOVER, (person,), facts), *relieved)
    event = Event("handed over", facts)
    return Change(_of(case, person), (event,), _helped(case, person, who, at, tell))


def owned(case: CaseState, who: Person, at: Moment) -> CaseState:
    """Taken by ``who``: nobody is pinged any more."""
    return replace(
        stopped(_of(case, who), ClockKind.ACKNOWLEDGE),
        status=Status.ACKNOWLEDGED,
        acknowledged_at=case.acknowledged_at or at.now,
    )


def at_work(case: CaseState, who: Person, at: Moment) -> Change:
    """Whoever does something for the customer has the case, where nobody has it yet."""
    if case.status in WAITING or at.person(case.owner) is None:
        return acknowledged(case, None, who, at)
    return Change(case, ())


def stand_down(case: CaseState, who: Person, at: Moment) -> tuple[Telling, ...]:
    """To all who were told that nobody has the case, but ``who`` sees to it now."""
    others = besides(who, told_so_far(case, at))
    return (Telling(TellKind.TAKEN, others, {"by": who.id}),) if others else ()


def _relieved(case: CaseState, who: Person, at: Moment) -> tuple[Telling, ...]:
    """To the owner so far, that ``who`` has the case now."""
    before = at.person(case.owner)
    if before is None or before.id == who.id:
        return ()
    return (Telling(TellKind.TAKEN, (before,), {"by": who.id}),)


def _helped(
    case: CaseState, who: Person, by: Person, at: Moment, tell: tuple[Telling, ...]
) -> tuple[Telling, ...]:
    """``tell``, and to those who asked for help that ``who`` has the case now: but to ``by``, whose
    doing it is, and those who are told already."""
    told = [one for telling in tell for one in telling.people]
    waiting = askers(case, [who, by, *told], at)
    return (*tell, Telling(TellKind.HELP_GIVEN, waiting, {"by": who.id})) if waiting else tell


def _of(case: CaseState, who: Person) -> CaseState:
    """In the hands of ``who``. Help that others asked for is thereby given."""
    asked = [c for c in case.clocks if c.kind is ClockKind.HELP and c.about != who.id]
    clocks = tuple(clock for clock in case.clocks if clock not in asked)
    return replace(case, owner=who.id, clocks=clocks)
