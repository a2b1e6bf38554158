"""Starting, stopping and putting off a case's clocks; nothing rings here."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from triage.duty import after_working
from triage.life.moment import Moment
from triage.life.records import WAITING, CaseState, Clock, ClockKind, Status

HOLDABLE = frozenset(
    {ClockKind.ANSWER, ClockKind.PROGRESS, ClockKind.OUTCOME, ClockKind.CONFIRM, ClockKind.HELP}
)
"""What a hold puts off. The Manager's clocks and promises run on: a hold is no excuse there."""


def due(case: CaseState, seconds: float, at: Moment) -> datetime:
    """The moment ``seconds`` from now, by the hours that the case's timetable counts."""
    if case.timetable.working_hours:
        return after_working(at.duty.hours, at.now, timedelta(seconds=seconds))
    return at.now + timedelta(seconds=seconds)


def started(case: CaseState, *clocks: Clock) -> CaseState:
    """With these clocks running, each in place of one of the same kind and matter; a clock that a
    hold puts off is not due before the hold ends."""
    new = {(clock.kind, clock.about): _held(case, clock) for clock in clocks}
    kept = [clock for clock in case.clocks if (clock.kind, clock.about) not in new]
    return replace(case, clocks=_in_order([*kept, *new.values()]))


def stopped(case: CaseState, *kinds: ClockKind, about: str | None = None) -> CaseState:
    kept = [
        clock
        for clock in case.clocks
        if clock.kind not in kinds or (about is not None and clock.about != about)
    ]
    return replace(case, clocks=tuple(kept))


def held(case: CaseState, until: datetime) -> CaseState:
    """With a hold until then: what can wait is not due sooner."""
    waiting = replace(case, held_until=until)
    return started(waiting, *waiting.clocks, Clock(ClockKind.HOLD, until))


def moved_on(case: CaseState, at: Moment) -> CaseState:
    """Something was done: the next is awaited anew. While nobody has the case the ladder's clock
    runs, and once the customer was told theirs."""
    if case.ended or case.status in WAITING or case.status is Status.TOLD:
        return case
    return started(case, Clock(ClockKind.PROGRESS, due(case, case.timetable.progress, at)))


def opened_again(case: CaseState, at: Moment) -> CaseState:
    """An ended case at work again: what was done was not enough, and the Manager is to hear how
    it ends this time."""
    table = case.timetable
    after = replace(
        case,
        status=Status.IN_HAND,
        done="",
        manager_told="",
        held_until=None,
        told_at=None,
        confirmed_at=None,
        confirm_tries=0,
        ended_at=None,
    )
    return started(
        after,
        Clock(ClockKind.PROGRESS, due(case, table.progress, at)),
        Clock(ClockKind.OUTCOME, due(case, table.outcome, at)),
        Clock(ClockKind.MANAGER, due(case, table.manager, at)),
    )


def unheld(case: CaseState) -> CaseState:
    """A hold ends at once when there is news; what it put off keeps its new date."""
    return replace(stopped(case, ClockKind.HOLD), held_until=None)


def _held(case: CaseState, clock: Clock) -> Clock:
    if case.held_until is None or clock.kind not in HOLDABLE or clock.due >= case.held_until:
        return clock
    return replace(clock, due=case.held_until)


def _in_order(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    return tuple(sorted(clocks, key=lambda clock: (clock.kind, clock.about)))
