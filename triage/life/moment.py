"""When something happens, and the desk it happens at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from triage.duty import (
    Duty,
    Opening,
    Person,
    Role,
    after_working,
    is_open,
    ladder,
    next_opening,
    on_duty,
)
from triage.duty.wall import aware
from triage.policy.timetable import Timetable
from triage.types import Severity

LONGEST = timedelta(days=91)
"""Of a timetable's times."""

_HIGHER = {Role.SUPERVISOR, Role.SPECIALIST, Role.MANAGER}


@dataclass(frozen=True, slots=True)
class Moment:
    """``now`` has a time zone, and is kept in UTC: an hour is an hour also when clocks are put
    forward or back. ``tables`` are the policy's clocks in force by severity; a case keeps those
    it began with, until it becomes more serious."""

    now: datetime
    duty: Duty
    tables: Mapping[Severity, Timetable] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "now", aware(self.now))

    def ladder(self) -> tuple[Person, ...]:
        """Point, backup, supervisor or specialist, manager; at least one of them."""
        return ladder(self.duty, self.now)

    def above(self) -> tuple[Person, ...]:
        """The ladder above the Points, or what it has beside the first, or that one alone."""
        steps = self.ladder()
        higher = tuple(one for one in steps[1:] if _HIGHER & set(one.roles))
        return higher or steps[1:] or steps

    def manager(self) -> Person:
        return on_duty(self.duty, Role.MANAGER, self.now).person

    def open(self) -> bool:
        return is_open(self.duty.hours, self.now)

    def opening(self) -> datetime:
        """Now, or when the desk opens next; now as well for a desk that never does."""
        return next_opening(self.duty.hours, self.now) if self._opens() else self.now

    def after(self, seconds: float, *, working: bool) -> datetime:
        """So many seconds from now, or with the desk open for so long since now. Where it never is
        all hours count: no case waits for ever."""
        length = timedelta(seconds=seconds)
        if working and self._opens():
            return after_working(self.duty.hours, self.now, length)
        return self.now + length

    def _opens(self) -> bool:
        return _opens(self.duty.hours, self.now.date())

    def person(self, id: str | None) -> Person | None:
        """``None`` for somebody who left the desk, too."""
        return self.duty.person(id) if id else None

    def away(self, person: Person) -> bool:
        """By the duty file's absences."""
        return any(
            one.person == person.id and one.start <= self.now < one.until
            for one in self.duty.rota.absences
        )


@lru_cache(maxsize=64)
def _opens(hours: Opening, day: date) -> bool:
    """Whether the desk will be open for as long as a case may wait. To find that it will not takes
    seconds."""
    try:
        after_working(hours, datetime.combine(day, time(), UTC), LONGEST)
    except ValueError:
        return False
    return True
