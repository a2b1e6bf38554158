"""Events that repeat: the rules that a rota needs, bounded, and by the wall clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}


@dataclass(frozen=True, slots=True)
class Repeat:
    """Every ``interval`` weeks, else days; on ``weekdays`` (0 is Monday) if any are given;
    ``count`` times or through ``until`` (a moment, a time or a date on the wall)."""

    weekly: bool
    interval: int
    weekdays: frozenset[int]
    week_start: int
    count: int | None
    until: date | None

    def begins(
        self, first: datetime, zone: ZoneInfo, start: datetime, end: datetime
    ) -> Iterator[datetime]:
        """Wall times of the occurrences of an event that is first on ``first``, from shortly
        before the moment ``start`` up to ``end``; with a count, from the first."""
        last = self._last(zone, end)
        if self.count:
            return islice(self._all(first, first, last), self.count)
        passed = (start.astimezone(zone).replace(tzinfo=None) - first) // self._period - 1
        return self._all(first, first + max(0, passed) * self._period, last)

    @property
    def _period(self) -> timedelta:
        return timedelta(days=self.interval * (7 if self.weekly else 1))

    def _all(self, first: datetime, begin: datetime, last: datetime) -> Iterator[datetime]:
        """From ``begin``, which lies a whole number of periods after ``first``."""
        if self.weekly:
            weekdays = self.weekdays or {first.weekday()}
            begin -= timedelta(days=(first.weekday() - self.week_start) % 7)
            steps = sorted((day - self.week_start) % 7 for day in weekdays)
        else:
            weekdays, steps = self.weekdays or frozenset(range(7)), [0]
        while begin <= last:
            for step in steps:
                on = begin + timedelta(days=step)
                if first <= on <= last and on.weekday() in weekdays:
                    yield on
            begin += self._period

    def _last(self, zone: ZoneInfo, end: datetime) -> datetime:
        last = end.astimezone(zone).replace(tzinfo=None)
        until = self.until
        if isinstance(until, datetime):
            if until.utcoffset() is not None:
                until = until.astimezone(zone).replace(tzinfo=None)
            return min(last, until)
        return min(last, datetime.combine(until, time.max)) if until else last


def repeat_of(rule: Any) -> Repeat:
    """An RRULE as the library reads it. Raises ``ValueError`` for one that a rota has no use for,
    rather than guess at it."""
    unknown = sorted(set(rule) - _KNOWN)
    often = str(next(iter(rule.get("FREQ", ())), "")).upper()
    if unknown or often not in {"DAILY", "WEEKLY"}:
        named = unknown[0] if unknown else f"FREQ={often}"
        raise ValueError(f"repeats by {named[:40]}; read are daily and weekly, with BYDAY")
    days = [str(day).upper() for day in rule.get("BYDAY", ())]
    week_start = str(_only(rule, "WKST", "MO")).upper()
    if not {*days, week_start} <= set(_DAYS):
        raise ValueError(f"repeats on days other than {', '.join(_DAYS)}")
    interval, count = _only(rule, "INTERVAL", 1), _only(rule, "COUNT", None)
    if not 1 <= interval <= 1000 or (count is not None and count < 1):
        raise ValueError("repeats after 0 or more than 1,000 days or weeks, or 0 times")
    if often == "DAILY" and days and interval % 7 == 0:
        raise ValueError("repeats every so many weeks in days; weeks say it: FREQ=WEEKLY")
    return Repeat(
        weekly=often == "WEEKLY",
        interval=interval,
        weekdays=frozenset(map(_DAYS.index, days)),
        week_start=_DAYS.index(week_start),
        count=count,
        until=_only(rule, "UNTIL", None),
    )


def _only(rule: Any, key: str, otherwise: Any) -> Any:
    values = rule.get(key, [otherwise])
    if len(values) != 1:
        raise ValueError(f"gives {key} more than once")
    return values[0]
