"""When customers write first, and what they do afterwards."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from benchmarks.week.hours import START, is_open

STORM, NIGHT_STORM = timedelta(days=1, hours=10), timedelta(days=5, hours=2)
"""An outage on Tuesday morning, another in the night to Saturday: many write within minutes."""
CALLS = 0.06
"""Share of cases that come by telephone while the desk is open, logged by hand."""


def arrivals(cases: int, days: int, chance: Random) -> Iterator[tuple[datetime, str]]:
    """When each case begins, and whether by mail or call; in no order."""
    for _ in range(cases):
        at = START + _moment(days, chance)
        by_call = is_open(at) and chance.random() < CALLS / 0.4
        yield at, "call" if by_call else "mail"


def _moment(days: int, chance: Random) -> timedelta:
    share = chance.random()
    if share < 0.08 and days > 1:
        return STORM + timedelta(minutes=chance.uniform(0, 5))
    if share < 0.11 and days > 5:
        return NIGHT_STORM + timedelta(minutes=chance.uniform(0, 5))
    day = chance.choices(range(days), [(9, 8, 7, 7, 6, 3, 2)[n % 7] for n in range(days)])[0]
    hour = chance.gauss(14, 4.5) % 24 if chance.random() < 0.85 else chance.uniform(0, 24)
    return timedelta(days=day, hours=hour)


def answers(now: datetime, chance: Random) -> tuple[datetime, str]:
    """When a customer who was told the outcome reacts, and how: by a calm mail, an angry one, or
    not at all."""
    how = chance.choices(["calm", "angry", "silent"], [50, 12, 38])[0]
    return now + timedelta(hours=chance.expovariate(1 / 8)), how


def insists(now: datetime, chance: Random) -> tuple[datetime, str] | None:
    """Whether a customer who waits writes again, when and how."""
    how = chance.choices(["", "calm", "angry", "worse"], [76, 10, 11, 3])[0]
    return (now + timedelta(hours=chance.expovariate(1 / 9)), how) if how else None
