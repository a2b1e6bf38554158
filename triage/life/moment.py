"""When something happens, and the desk it happens at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triage.duty import Duty, Person, Role, is_open, ladder, on_duty
from triage.policy.timetable import Timetable
from triage.types import Severity


@dataclass(frozen=True, slots=True)
class Moment:
    """``now`` has a time zone. ``tables`` are the policy's clocks in force by severity; a case
    keeps those it began with, until it becomes more serious."""

    now: datetime
    duty: Duty
    tables: Mapping[Severity, Timetable] = field(default_factory=dict)

    def ladder(self) -> tuple[Person, ...]:
        """Point, backup, supervisor or specialist, manager; at least one of them."""
        return ladder(self.duty, self.now)

    def above(self) -> tuple[Person, ...]:
        """The ladder without both Points, or all of it where it has no more."""
        steps = self.ladder()
        return steps[2:] or steps

    def manager(self) -> Person:
        return on_duty(self.duty, Role.MANAGER, self.now).person

    def open(self) -> bool:
        return is_open(self.duty.hours, self.now)

    def person(self, id: str | None) -> Person | None:
        return self.duty.person(id) if id else None
