"""Clocks on the wall: local times to moments, exact where clocks are put forward or back.

A wall time means the first moment at which the zone's clock shows that time or a later one. So a
time that a change skips is the end of the gap (02:30 becomes 03:00, and all of a day that never
was becomes the next day's beginning), and a time that comes twice is its first coming. By this
rule a later wall time is never an earlier moment: what is adjacent on the wall stays adjacent.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60
"""Minutes on the face of a day; how long the day lasts is another matter."""

YEARS = range(1970, 2201)
"""In which a rota is kept."""


@lru_cache(maxsize=65_536)
def moment_of(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The moment (UTC) ``minutes`` past midnight of ``day`` by the wall clock of ``zone``;
    1,440 and more are the following days."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    return moment if _shown(moment, zone) == wall else _end_of_gap(wall, zone)


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """By bisection to the second: the two readings of ``wall`` lie on either side of the end."""
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if _shown(middle, zone) < wall:
            before = middle
        else:
            after = middle
    return after


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The date on the wall at ``moment``."""
    return moment.astimezone(zone).date()


def aware(moment: datetime) -> datetime:
    """``moment`` in UTC. Raises ``ValueError`` for one without a time zone, which names no moment,
    and for one outside ``YEARS``."""
    if moment.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    if moment.year not in YEARS:
        raise ValueError(f"the year {moment.year} is not one of {YEARS.start} to {YEARS.stop - 1}")
    return moment.astimezone(UTC)
