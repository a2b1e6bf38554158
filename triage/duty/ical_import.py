"""An iCalendar file of shifts -> overrides of the rota; all of it or nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from triage.duty.desk import Duty
from triage.duty.ical_event import EventShift, shift_of
from triage.duty.ical_lines import EventText, event_texts
from triage.duty.people import Role
from triage.duty.rota import Override
from triage.duty.wall import aware
from triage.errors import ConfigError

LONGEST = timedelta(days=366)
"""The farthest that ``start`` and ``end`` may be apart."""

MOST = 5_000
"""Shifts in that time."""

_LOOKED_AT = 50_000
"""Occurrences of all events that are gone through to find them."""


def overrides_from(
    content: bytes,
    duty: Duty,
    role: Role,
    start: datetime,
    end: datetime,
    *,
    source: str = "calendar",
) -> tuple[Override, ...]:
    """The shifts of the file that touch the time from ``start`` until ``end``, in the order of
    their begin; of two that overlap the later one holds.

    Whose shift it is says the file's X-TRIAGE-PERSON, else an attendee's or organizer's work mail,
    else a name or work mail in the summary. Cancelled events are left out. Events may repeat
    daily or weekly, with exceptions; their begin and end keep their times on the wall, also
    across clock changes. A time without a zone, or a whole day, is in the rota's zone; zones are
    known by their IANA or Windows names.

    Raises ``ConfigError`` naming ``source``, event and reason, for a file with anything in it
    that cannot be read for sure; ``ValueError`` where the time asked for is longer than a year.
    """
    start, end = aware(start), aware(end)
    if not timedelta(0) < end - start <= LONGEST:
        raise ValueError(f"the time must be longer than nothing and at most {LONGEST.days} days")
    reader = _Reader(duty, role, start, end)
    try:
        for text in event_texts(content):
            reader.read(text)
        found = list(reader.overrides())
    except ValueError as error:
        at = f"event {reader.at}: " if reader.at else ""
        raise ConfigError(f"{source}: {at}{error}") from None
    return tuple(sorted(found, key=lambda one: one.start))


class _Reader:
    """Reads event by event; ``at`` is the one in hand, 0 for none."""

    def __init__(self, duty: Duty, role: Role, start: datetime, end: datetime) -> None:
        self.duty, self.role, self.start, self.end = duty, role, start, end
        self.at = 0
        self.shifts: list[EventShift] = []
        self.replaced: dict[str, set[datetime]] = {}

    def read(self, event: EventText) -> None:
        self.at = event.number
        shift = shift_of(event.text, self.duty, self.role)
        if shift.moved:
            self.replaced.setdefault(shift.uid, set()).add(shift.moved)
        self.shifts.append(shift)
        self.at = 0

    def overrides(self) -> Iterator[Override]:
        """Those that touch the time; occurrences with events of their own are skipped."""
        looked_at = found = 0
        for number, read in enumerate(self.shifts, 1):
            self.at, shift = number, read
            if not read.moved and read.uid in self.replaced:
                shift = replace(read, skipped=read.skipped | self.replaced[read.uid])
            for begin in shift.begins(self.start, self.end):
                looked_at += 1
                one = shift.override(begin, self.role)
                if one and one.start < self.end and one.until > self.start:
                    found += 1
                    yield one
                if found > MOST or looked_at > _LOOKED_AT:
                    raise ValueError("one too many: the file holds more shifts than a rota has")
