"""How the people of the simulated desk are: quick, slow, asleep, forgetful."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from benchmarks.week.hours import ZONE, is_open

WAKES, SLEEPS = time(7), time(22, 30)


@dataclass(frozen=True, slots=True)
class Habits:
    """``minutes`` until they look at a notice, at the median; the shares of notices that they
    never look at, of things begun that they forget, and of nights in which a notice wakes them."""

    minutes: float
    never: float
    forgets: float
    wakes: float


PEOPLE: Mapping[str, Habits] = {
    "pat": Habits(minutes=3, never=0.05, forgets=0.05, wakes=0.6),
    "sam": Habits(minutes=25, never=0.15, forgets=0.20, wakes=0.3),
    "kim": Habits(minutes=10, never=0.50, forgets=0.15, wakes=0.4),
    "lee": Habits(minutes=8, never=0.20, forgets=0.30, wakes=0.4),
    "robin": Habits(minutes=10, never=0.10, forgets=0.05, wakes=0.5),
    "alex": Habits(minutes=30, never=0.20, forgets=0.10, wakes=0.1),
    "morgan": Habits(minutes=20, never=0.20, forgets=0.20, wakes=0.3),
    "dana": Habits(minutes=15, never=0.10, forgets=0.10, wakes=0.3),
}


def looks_at(person: str, now: datetime, chance: Random) -> datetime | None:
    """When a person looks at a notice that came now; ``None`` for never."""
    habits = PEOPLE[person]
    if chance.random() < habits.never:
        return None
    asleep = _asleep(now)
    if asleep and chance.random() >= habits.wakes:
        return _awake(now, chance)
    slower = 1.0 if is_open(now) else 2.0
    delay = chance.lognormvariate(0, 0.8) * habits.minutes * slower
    return now + timedelta(minutes=delay)


def goes_on(person: str, now: datetime, minutes: float, chance: Random) -> datetime | None:
    """When they do the next thing of a case they have; ``None`` where they forget it."""
    if chance.random() < PEOPLE[person].forgets:
        return None
    then = now + timedelta(minutes=chance.expovariate(1 / minutes))
    return _awake(then, chance) if _asleep(then) else then


def _asleep(now: datetime) -> bool:
    return not WAKES <= now.astimezone(ZONE).time() < SLEEPS


def _awake(now: datetime, chance: Random) -> datetime:
    """Some time in the first hours after they get up."""
    local = now.astimezone(ZONE)
    day = local.date() + timedelta(days=local.time() >= SLEEPS)
    up = datetime.combine(day, WAKES, ZONE)
    return (up + timedelta(minutes=chance.uniform(10, 150))).astimezone(now.tzinfo)
