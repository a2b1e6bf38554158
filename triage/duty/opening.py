"""When the desk is open, and how long that is: exact across clock changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from triage.duty.holiday import NO_HOLIDAYS, Calendar
from triage.duty.layers import NEAR
from triage.duty.wall import aware, day_of
from triage.duty.week import Hours, Interval, Span, intervals_of

FARTHEST = timedelta(days=36_600)
"""How far working time is counted."""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date with hours of its own, none where the desk stays closed; holidays and breaks do not
    count on it."""

    date: date
    hours: tuple[Hours, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """Weekly opening hours, less ``breaks`` and the holidays of ``calendar``. Hours past midnight
    belong to the day on which they begin."""

    zone: ZoneInfo
    week: tuple[Span, ...]
    breaks: tuple[Span, ...] = ()
    calendar: Calendar = NO_HOLIDAYS
    special: tuple[SpecialDay, ...] = ()


def is_open(hours: Opening, moment: datetime) -> bool:
    """Raises ``ValueError`` for a moment without a time zone, as all of these."""
    moment = aware(moment)
    today = day_of(moment, hours.zone)
    return any(
        start <= moment < end
        for near in NEAR
        for start, end in _open_on(hours, today + timedelta(days=near))
    )


def next_opening(hours: Opening, moment: datetime) -> datetime:
    """The first open moment (UTC) at or after ``moment``."""
    moment = aware(moment)
    return next(_open_times(hours, moment))[0]


def working_time_between(hours: Opening, a: datetime, b: datetime) -> timedelta:
    """Open time from ``a`` until ``b``, as a stopwatch would measure it; nothing if ``b`` is not
    after ``a``."""
    a, b = aware(a), aware(b)
    total = timedelta(0)
    if b <= a:
        return total
    for start, end in _open_times(hours, a):
        if start >= b:
            break
        total += min(end, b) - start
    return total


def after_working(hours: Opening, moment: datetime, worked: timedelta) -> datetime:
    """The earliest moment (UTC) by which the desk was open for ``worked`` since ``moment``.

    Raises ``ValueError`` for a negative time.
    """
    moment = aware(moment)
    if worked < timedelta(0):
        raise ValueError("working time cannot be negative")
    if not worked:
        return moment
    left = worked
    for start, end in _open_times(hours, moment):
        if end - start >= left:
            return start + left
        left -= end - start
    raise AssertionError("unreachable: opening times do not end")


def _open_times(hours: Opening, moment: datetime) -> Iterator[Interval]:
    """Open times after ``moment``, in order and without overlap; they may touch.

    Raises ``ValueError`` once they lie farther than ``FARTHEST``.
    """
    day = day_of(moment, hours.zone) + timedelta(days=NEAR[0])
    last = day + FARTHEST
    reached = moment
    while day < last:
        for start, end in _open_on(hours, day):
            if end > reached:
                yield max(start, reached), end
                reached = end
        day += timedelta(days=1)
    raise ValueError(f"no more opening hours within {FARTHEST.days} days")


@lru_cache(maxsize=16_384)
def _open_on(hours: Opening, day: date) -> tuple[Interval, ...]:
    """Open times that begin on ``day``, in order."""
    special = next((one for one in hours.special if one.date == day), None)
    if special:
        week = tuple(sorted(Span(day.weekday(), *one) for one in special.hours))
        return intervals_of(week, day, hours.zone)
    if hours.calendar.holiday(day):
        return ()
    breaks = [
        one
        for near in (-1, 0, 1)
        for one in intervals_of(hours.breaks, day + timedelta(days=near), hours.zone)
    ]
    open_times = list(intervals_of(hours.week, day, hours.zone))
    for pause in breaks:
        open_times = [left for one in open_times for left in _less(one, pause)]
    return tuple(sorted(open_times))


def _less(one: Interval, pause: Interval) -> list[Interval]:
    parts = ((one[0], min(one[1], pause[0])), (max(one[0], pause[1]), one[1]))
    return [(start, end) for start, end in parts if start < end]
