"""What an address asks for: dates and periods, by the wall clock of the desk."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from service.desk import Desk
from triage.duty.wall import day_of, moment_of

FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)
LONGEST_PERIOD = timedelta(days=3 * 366)


class Wrong(ValueError):
    """What is asked for is none; in words that can stand beside the field."""


def zone_of(desk: Desk) -> ZoneInfo:
    """Of the desk's opening hours."""
    return desk.works.caseload.duty().hours.zone


def day(text: str) -> date | None:
    """``2026-01-31``, or nothing. Raises ``Wrong``."""
    if not text.strip():
        return None
    try:
        found = date.fromisoformat(text.strip()[:40])
    except ValueError:
        raise Wrong("Write a date as 2026-01-31.") from None
    if not FIRST <= found <= LAST:
        raise Wrong(f"Write a date from {FIRST.year} to {LAST.year}.")
    return found


def wall_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """``2026-01-31T09:30`` on the wall of ``zone``, or nothing. Raises ``Wrong``."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip()[:40])
    except ValueError:
        raise Wrong("Write date and time as 2026-01-31 09:30.") from None
    if not FIRST <= found.date() <= LAST:
        raise Wrong(f"Write a date from {FIRST.year} to {LAST.year}.")
    if found.utcoffset() is not None:
        return found.astimezone(UTC)
    return moment_of(found.date(), found.hour * 60 + found.minute, zone)


def on_the_wall(moment: datetime | None, zone: ZoneInfo) -> str:
    """As a field for date and time holds it."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else ""


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    return moment_of(day, 0, zone)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment after it."""
    return moment_of(day + timedelta(days=1), 0, zone)


@dataclass(frozen=True, slots=True)
class Days:
    """From ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1


def days(since: str, until: str, now: datetime, zone: ZoneInfo, *, usual: int = 90) -> Days:
    """The days asked for; the last ``usual`` where nothing is. Raises ``Wrong``."""
    last = day(until) or day_of(now, zone)
    first = day(since) or last - timedelta(days=usual - 1)
    if first > last:
        raise Wrong("The first day lies behind the last.")
    if last - first > LONGEST_PERIOD:
        raise Wrong("Ask for three years at most.")
    return Days(first, last)
