"""Hours of the week, as people write them, and the moments they stand for."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from triage.duty.wall import DAY, moment_of

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Interval: TypeAlias = tuple[datetime, datetime]
"""From a moment, until another that no longer belongs to it; both UTC."""

_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


class Span(NamedTuple):
    """Hours of one weekday (0 is Monday), in minutes past its midnight. ``end`` is past 1,440
    where they go on after the next midnight; they belong to the day on which they begin."""

    weekday: int
    start: int
    end: int


class Hours(NamedTuple):
    """Hours of a day, in minutes past its midnight."""

    start: int
    end: int


def week_of(texts: Iterable[str]) -> tuple[Span, ...]:
    """``"mon-fri 09:00-17:00"``, ``"sat,sun 10:00-14:00"``, ``"fri 22:00-06:00"`` (to Saturday
    morning), ``"sat-sun 00:00-24:00"`` as spans in the order of the week.

    Raises ``ValueError`` saying what is wrong.
    """
    spans: set[Span] = set()
    for text in texts:
        days, _, hours = text.strip().lower().partition(" ")
        given = hours_of(hours)
        spans |= {Span(day, *given) for day in _days(days)}
    return tuple(sorted(spans))


def hours_of(text: str) -> Hours:
    """``"09:00-12:30"``. Raises ``ValueError``."""
    begin, dash, end = text.strip().partition("-")
    if not dash:
        raise ValueError(f"{text!r} is not hours such as '09:00-17:00'")
    start, stop = minutes_of(begin), minutes_of(end)
    if start in {stop, DAY}:
        raise ValueError(f"{text!r} begins where it ends; the whole day is '00:00-24:00'")
    return Hours(start, stop if stop > start else stop + DAY)


def minutes_of(text: str) -> int:
    """``"17:30"`` in minutes past midnight. Raises ``ValueError``."""
    match = _TIME.fullmatch(text.strip())
    minutes = int(match[1]) * 60 + int(match[2]) if match else DAY + 1
    if minutes > DAY:
        raise ValueError(f"{text!r} is not a time of day such as '09:00'")
    return minutes


def weekday_of(text: str) -> int:
    """``"mon"`` is 0. Raises ``ValueError``."""
    if text.strip().lower() not in DAYS:
        raise ValueError(f"{text!r} is not a weekday; they are {', '.join(DAYS)}")
    return DAYS.index(text.strip().lower())


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start = weekday_of(first)
        length = (weekday_of(last) - start) % 7 if dash else 0
        days += [(start + step) % 7 for step in range(length + 1)]
    return days


@lru_cache(maxsize=16_384)
def intervals_of(week: tuple[Span, ...], day: date, zone: ZoneInfo) -> tuple[Interval, ...]:
    """The moments of the spans that begin on ``day``, in order; what a clock change swallows
    whole is left out."""
    weekday = day.weekday()
    ends = [
        (moment_of(day, span.start, zone), moment_of(day, span.end, zone))
        for span in week
        if span.weekday == weekday
    ]
    return tuple((start, end) for start, end in ends if start < end)
