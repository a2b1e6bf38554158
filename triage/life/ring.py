"""What a clock does when it rings. It always leaves the case with a next thing to come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from triage.duty import Person
from triage.life.clocks import due, started, unheld
from triage.life.manager import told_manager
from triage.life.moment import Moment
from triage.life.records import (
    CaseState,
    Change,
    Clock,
    ClockKind,
    Event,
    Telling,
    TellKind,
)


def rung(case: CaseState, clock: Clock, at: Moment) -> Change:
    """The step of a case's life that a clock which is due brings."""
    return _RINGS.get(clock.kind, _overdue)(case, clock, at)


def _manager_not_told(case: CaseState, clock: Clock, at: Moment) -> Change:
    return told_manager(case, "triage", at)


def _nobody_has_it(case: CaseState, clock: Clock, at: Moment) -> Change:
    """One step of the ladder more after each ``tries``; past its end everybody (P2, P7)."""
    table, steps = case.timetable, at.ladder()
    told = clock.round + 1
    step = told // table.tries + min(table.at_once, len(steps)) - 1
    people: Sequence[Person] = steps[step : step + 1] or steps
    higher = step < len(steps) and told % table.tries == 0
    kind = TellKind.ESCALATION if higher else TellKind.REMINDER
    following = (told + 1) // table.tries + min(table.at_once, len(steps)) - 1
    pause = table.repeat if following < len(steps) else table.ceiling
    facts = {"times": told, "waits_since": case.opened_at.isoformat(), "to": _ids(people)}
    return Change(
        _again(case, clock, due(case, pause, at)),
        (Event("escalated" if higher else "reminded", facts),),
        (Telling(kind, tuple(people), facts, table.every_channel),),
    )


def _overdue(case: CaseState, clock: Clock, at: Moment) -> Change:
    """The owner is told; from the second time on one step of the ladder more (P13)."""
    pauses = {
        ClockKind.ANSWER: case.timetable.answer,
        ClockKind.PROGRESS: case.timetable.progress,
        ClockKind.OUTCOME: case.timetable.outcome,
        ClockKind.CONFIRM: case.timetable.confirm,
    }
    people = _owner_and(case, clock.round, at)
    facts = {"clock": clock.kind, "due": clock.due.isoformat(), "to": _ids(people)}
    return Change(
        _again(case, clock, due(case, pauses[clock.kind], at)),
        (Event("overdue", facts),),
        (Telling(TellKind.OVERDUE, people, facts),),
    )


def _promise_overdue(case: CaseState, clock: Clock, at: Moment) -> Change:
    people = _owner_and(case, clock.round, at)
    promises = tuple(
        replace(one, overdue=True) if str(one.number) == clock.about else one
        for one in case.promises
    )
    what = next((one.what for one in promises if str(one.number) == clock.about), "")
    facts = {
        "promise": int(clock.about),
        "what": what,
        "due": clock.due.isoformat(),
        "to": _ids(people),
    }
    after = _again(replace(case, promises=promises), clock, at.now + timedelta(days=1))
    return Change(
        after,
        (Event("promise overdue", facts),),
        (Telling(TellKind.PROMISE, people, facts),),
    )


def _manager_has_not_answered(case: CaseState, clock: Clock, at: Moment) -> Change:
    manager = at.manager()
    facts = {"phone": case.phone, "due": clock.due.isoformat(), "person": manager.id}
    pause = timedelta(seconds=case.timetable.ceiling)
    return Change(
        _again(case, clock, at.now + pause),
        (Event("overdue", {"clock": clock.kind, **facts}),),
        (Telling(TellKind.MANAGER_TASK, (manager,), facts, case.timetable.every_channel),),
    )


def _nobody_helps(case: CaseState, clock: Clock, at: Moment) -> Change:
    people = at.above()
    facts = {"times": clock.round + 1, "to": _ids(people)}
    return Change(
        _again(case, clock, due(case, case.timetable.repeat, at)),
        (Event("help asked again", facts),),
        (Telling(TellKind.HELP, tuple(people), facts),),
    )


def _hold_ends(case: CaseState, clock: Clock, at: Moment) -> Change:
    people = _owner_and(case, 0, at)
    return Change(unheld(case), (Event("hold ended"),), (Telling(TellKind.HOLD_ENDED, people),))


def _again(case: CaseState, clock: Clock, at: datetime) -> CaseState:
    return started(case, replace(clock, due=at, round=clock.round + 1))


def _owner_and(case: CaseState, more: int, at: Moment) -> tuple[Person, ...]:
    """The owner, or Point where there is none, and ``more`` steps of the ladder above them."""
    first = at.person(case.owner) or at.ladder()[0]
    above = [one for one in at.above() if one != first]
    return (first, *above[:more])


def _ids(people: Sequence[Person]) -> list[str]:
    return [one.id for one in people]


_RINGS: Mapping[ClockKind, Callable[[CaseState, Clock, Moment], Change]] = {
    ClockKind.ACKNOWLEDGE: _nobody_has_it,
    ClockKind.MANAGER: _manager_not_told,
    ClockKind.HOLD: _hold_ends,
    ClockKind.PROMISE: _promise_overdue,
    ClockKind.MANAGER_ANSWER: _manager_has_not_answered,
    ClockKind.HELP: _nobody_helps,
}
"""Every other clock reminds the owner."""
