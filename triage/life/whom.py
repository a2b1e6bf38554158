"""Whom the life of a case speaks to: whoever has it, and the steps of the ladder."""

from collections.abc import Iterable

from triage.duty import Person
from triage.life.moment import Moment
from triage.life.records import CaseState, ClockKind


def whoever_has(case: CaseState, at: Moment) -> tuple[Person, ...]:
    """The owner, with Point beside them while they are away; Point where there is none or one
    who left the desk. Never nobody."""
    owner = at.person(case.owner)
    if owner and not at.away(owner):
        return (owner,)
    return together(filter(None, [owner]), at.ladder()[:1])


def and_above(case: CaseState, more: int, at: Moment) -> tuple[Person, ...]:
    """Whoever has the case, and ``more`` steps of the ladder above them."""
    first = whoever_has(case, at)
    above = [one for one in at.above() if one not in first]
    return (*first, *above[:more])


def told_in(case: CaseState, round: int, at: Moment) -> tuple[Person, ...]:
    """Whom notice number ``round`` of a case that waits goes to. First those who are told at once,
    then one step of the ladder after the other, each ``tries`` times, then everybody; whoever had
    the case before hears the first and the last."""
    steps = at.ladder()
    first, step = _at_once(case, steps), round // case.timetable.tries
    owner = filter(None, [at.person(case.owner)])
    if step == 0:
        return together(owner, steps[:first])
    return steps[first + step - 1 : first + step] or together(owner, steps)


def past_the_ladder(case: CaseState, round: int, at: Moment) -> bool:
    """Whether notice number ``round`` goes to everybody because every step was told."""
    steps = at.ladder()
    return _at_once(case, steps) + round // case.timetable.tries > len(steps)


def told_so_far(case: CaseState, at: Moment) -> tuple[Person, ...]:
    """Those whom the notices so far reached, by the ladder as it is now."""
    clock = case.clock(ClockKind.ACKNOWLEDGE)
    if clock is None:
        return ()
    steps = at.ladder()
    reached = steps[: _at_once(case, steps) + clock.round // case.timetable.tries]
    return together(filter(None, [at.person(case.owner)]), reached)


def helpers(who: Person | None, at: Moment) -> tuple[Person, ...]:
    """Whom ``who`` may ask: those above, else anybody on the ladder, else anybody at all."""
    if who is None:
        return at.above()
    groups = (at.above(), at.ladder(), at.duty.people)
    return next(filter(None, (besides(who, group) for group in groups)), ())


def askers(case: CaseState, but: Iterable[Person], at: Moment) -> tuple[Person, ...]:
    """Those who wait for help, ``but`` some; whoever asked by keyword is nobody known."""
    asked = (at.person(one.about) for one in case.clocks if one.kind is ClockKind.HELP)
    left_out = {one.id for one in but}
    return tuple(one for one in asked if one and one.id not in left_out)


def besides(who: Person, people: Iterable[Person]) -> tuple[Person, ...]:
    return tuple(one for one in people if one.id != who.id)


def together(*groups: Iterable[Person]) -> tuple[Person, ...]:
    """In this order, nobody twice."""
    return tuple({one.id: one for group in groups for one in group}.values())


def ids(people: Iterable[Person]) -> list[str]:
    return [one.id for one in people]


def _at_once(case: CaseState, steps: tuple[Person, ...]) -> int:
    return min(case.timetable.at_once, len(steps))
