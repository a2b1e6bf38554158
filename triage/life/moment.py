"""When something happens, and the desk it happens at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triage.duty import Duty, Person, Role, is_open, ladder, next_opening, on_duty
from triage.duty.wall import aware
from triage.policy.timetable import Timetable
from triage.types import Severity

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
        try:
            return next_opening(self.duty.hours, self.now)
        except ValueError:
            return self.now

    def person(self, id: str | None) -> Person | None:
        """``None`` for somebody who left the desk, too."""
        return self.duty.person(id) if id else None

    def away(self, person: Person) -> bool:
        """By the duty file's absences."""
        return any(
            one.person == person.id and one.start <= self.now < one.until
            for one in self.duty.rota.absences
        )
