"""A rota as an iCalendar file, for people's own calendars."""

from datetime import datetime, timedelta
from hashlib import sha256

from icalendar import Calendar, Event, vCalAddress

from triage.duty.desk import Duty
from triage.duty.people import Role
from triage.duty.rota import Absences, Overrides, Shift
from triage.duty.shifts import REACH, on_duty, shifts
from triage.duty.wall import aware

PERSON = "X-TRIAGE-PERSON"
"""The property that names the person by id."""


def calendar_of(
    duty: Duty,
    role: Role,
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    overrides: Overrides = (),
    absences: Absences = (),
) -> bytes:
    """Every shift that touches the time from ``start`` until ``end``, whole, as an event in UTC;
    holes are left out.

    An event keeps its UID as long as its shift keeps layer and begin, whoever has it, so that a
    swap moves an event to another person instead of adding one. ``now`` is the moment of writing.
    Of people it holds id, name and work mail alone. Raises ``ValueError`` as ``shifts``.
    """
    start, end, now = aware(start), aware(end), aware(now)
    if end > start:
        at_start, at_end = (
            on_duty(duty, role, moment, overrides=overrides, absences=absences)
            for moment in (start, end - timedelta(microseconds=1))
        )
        start = start if _endless(at_start) else at_start.since
        end = end if _endless(at_end) else at_end.until
    calendar = Calendar()
    calendar.add("prodid", "-//Triage//duty//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"On duty: {role}")
    for shift in shifts(duty, role, start, end, overrides=overrides, absences=absences):
        if isinstance(shift, Shift):
            calendar.add_component(_event(shift, role, now))
    return bytes(calendar.to_ical())


def _endless(shift: Shift) -> bool:
    """Of a shift that was cut, not the whole can be given: the time asked for must do."""
    return shift.until - shift.since >= REACH


def _event(shift: Shift, role: Role, now: datetime) -> Event:
    name = f"{role}\n{shift.layer}\n{shift.since.isoformat()}"
    address = vCalAddress(f"mailto:{shift.person.mail}")
    address.params["CN"] = shift.person.name
    event = Event()
    event.add("uid", f"{sha256(name.encode()).hexdigest()[:32]}@triage")
    event.add("dtstamp", now)
    event.add("dtstart", shift.since)
    event.add("dtend", shift.until)
    event.add("summary", f"{role.capitalize()}: {shift.person.name}")
    event.add("description", shift.layer)
    event.add("attendee", address)
    event.add("transp", "TRANSPARENT")
    event.add(PERSON, shift.person.id)
    return event
