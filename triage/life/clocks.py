"""Starting, stopping and putting off a case's clocks; nothing rings here."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from triage.life.moment import Moment
from triage.life.records import WAITING, CaseState, Clock, ClockKind, Status

HOLDABLE = frozenset({ClockKind.ANSWER, ClockKind.PROGRESS, ClockKind.OUTCOME, ClockKind.CONFIRM})
"""What a hold puts off. The Manager's clocks, help and promises run on: a hold is no excuse."""

_PERIODS = {
    ClockKind.ANSWER: "answer",
    ClockKind.PROGRESS: "progress",
    ClockKind.OUTCOME: "outcome",
    ClockKind.CONFIRM: "confirm",
    ClockKind.MANAGER: "manager",
}
"""The time in the timetable that each of these takes."""


def due(case: CaseState, seconds: float, at: Moment) -> datetime:
    """The moment ``seconds`` from now, by the hours that the case's timetable counts."""
    return at.after(seconds, working=case.timetable.working_hours)


def fresh(case: CaseState, kind: ClockKind, at: Moment) -> Clock:
    """A clock of that kind as it begins now."""
    return Clock(kind, due(case, getattr(case.timetable, _PERIODS[kind]), at))


def started(case: CaseState, *clocks: Clock) -> CaseState:
    """With these clocks running, each in place of one of the same kind and matter; a clock that a
    hold puts off is not due before the hold ends."""
    new = {(clock.kind, clock.about): _held(case, clock) for clock in clocks}
    kept = [clock for clock in case.clocks if (clock.kind, clock.about) not in new]
    return replace(case, clocks=_in_order([*kept, *new.values()]))


def at_latest(case: CaseState, *clocks: Clock) -> CaseState:
    """With these clocks running; one that runs already is never put off by it, nor begun anew."""
    running = {(clock.kind, clock.about): clock for clock in case.clocks}
    sooner = []
    for clock in clocks:
        now = running.get((clock.kind, clock.about), clock)
        sooner.append(replace(now, due=min(now.due, clock.due)))
    return started(case, *sooner)


def quickened(case: CaseState, at: Moment) -> CaseState:
    """Under a faster timetable: what runs is due no later than if it had begun now."""
    running = {clock.kind for clock in case.clocks} & _PERIODS.keys()
    return at_latest(case, *(fresh(case, kind, at) for kind in running))


def stopped(case: CaseState, *kinds: ClockKind, about: str | None = None) -> CaseState:
    kept = [
        clock
        for clock in case.clocks
        if clock.kind not in kinds or (about is not None and clock.about != about)
    ]
    return replace(case, clocks=tuple(kept))


def held(case: CaseState, until: datetime, at: Moment) -> CaseState:
    """With a hold until then, in place of any before it: what can wait is not due sooner."""
    free = stopped(unheld(case, at), ClockKind.PROGRESS)
    waiting = replace(free, held_until=until)
    return started(waiting, *waiting.clocks, Clock(ClockKind.HOLD, until))


def unheld(case: CaseState, at: Moment) -> CaseState:
    """A hold ends, by itself or at once when there is news: what it put off begins anew."""
    if case.held_until is None:
        return case
    free = replace(stopped(case, ClockKind.HOLD), held_until=None)
    put_off = [
        replace(clock, due=fresh(case, clock.kind, at).due)
        for clock in case.clocks
        if clock.kind in HOLDABLE and clock.due <= case.held_until
    ]
    return started(free, *put_off)


def moved_on(case: CaseState, at: Moment) -> CaseState:
    """Something was done: the next is awaited anew. While nobody has the case the ladder's clock
    runs, once the customer was told theirs, and on hold that of the hold."""
    if case.ended or case.held_until or case.status in WAITING or case.status is Status.TOLD:
        return case
    return started(case, fresh(case, ClockKind.PROGRESS, at))


def worked_again(case: CaseState, at: Moment) -> CaseState:
    """What was done was not enough: the customer is to be told anew, and the Manager how it ends
    this time."""
    after = replace(
        stopped(case, ClockKind.CONFIRM),
        status=Status.IN_HAND,
        done="",
        manager_told="",
        told_at=None,
        confirmed_at=None,
        confirm_tries=0,
        ended_at=None,
    )
    kinds = (ClockKind.PROGRESS, ClockKind.OUTCOME, ClockKind.MANAGER)
    return at_latest(after, *(fresh(case, kind, at) for kind in kinds))


def _held(case: CaseState, clock: Clock) -> Clock:
    if case.held_until is None or clock.kind not in HOLDABLE or clock.due >= case.held_until:
        return clock
    return replace(clock, due=case.held_until)


def _in_order(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    return tuple(sorted(clocks, key=lambda clock: (clock.kind, clock.about)))
