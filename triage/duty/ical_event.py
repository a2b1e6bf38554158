"""One iCalendar event -> whose shift it is, and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event

from triage.duty.desk import Duty
from triage.duty.ical import PERSON
from triage.duty.ical_repeat import Repeat, repeat_of
from triage.duty.people import Person, Role
from triage.duty.rota import Override
from triage.duty.wall import YEARS

LONGEST = timedelta(days=366)
"""The longest shift."""

_TIMES = {"DTSTART", "DTEND", "DURATION", "RECURRENCE-ID"}
_ONCE = _TIMES | {"RRULE", "UID"}


@dataclass(frozen=True, slots=True)
class EventShift:
    """``begin`` and ``length`` are by the wall clock of ``zone``. ``person`` is ``None`` for a
    cancelled event. ``moved`` is the moment of the occurrence of ``uid`` which this event replaces,
    ``skipped`` are moments of occurrences that do not take place."""

    uid: str
    person: Person | None
    zone: ZoneInfo
    begin: datetime
    length: timedelta
    repeat: Repeat | None
    moved: datetime | None
    skipped: frozenset[datetime]

    def begins(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Wall times at which it may begin to touch the time from ``start`` until ``end``."""
        if not self.person:
            return iter(())
        if not self.repeat:
            return iter((self.begin,))
        return self.repeat.begins(self.begin, self.zone, start - self.length, end)

    def override(self, begin: datetime, role: Role) -> Override | None:
        """The occurrence that begins at a wall time, if it takes place."""
        since = instant_of(begin, self.zone)
        until = instant_of(begin + self.length, self.zone)
        if not self.person or since in self.skipped or since >= until:
            return None
        return Override(self.person.id, role, since, until)


def shift_of(text: bytes, duty: Duty, role: Role) -> EventShift:
    """Raises ``ValueError`` saying what cannot be read for sure."""
    event = _event(text)
    zone = _zone(event["DTSTART"].dt, duty.rota.zone)
    begin = _wall(event["DTSTART"].dt, zone)
    if begin.year not in YEARS:
        raise ValueError(f"begins in the year {begin.year}")
    length = _end(event, begin, zone) - begin
    if not timedelta(0) < length <= LONGEST:
        raise ValueError(f"must last longer than nothing and at most {LONGEST.days} days")
    cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    moved = event.get("RECURRENCE-ID")
    skipped = event.get("EXDATE", [])
    return EventShift(
        uid=str(event.get("UID", "")),
        person=None if cancelled else _person(event, duty, role),
        zone=zone,
        begin=begin,
        length=length,
        repeat=repeat_of(event["RRULE"]) if "RRULE" in event else None,
        moved=_moment(moved.dt, zone) if moved else None,
        skipped=frozenset(
            _moment(one.dt, zone)
            for group in (skipped if isinstance(skipped, list) else [skipped])
            for one in group.dts
        ),
    )


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """As iCalendar has it: a time that comes twice is its first coming, and one that is skipped
    is counted on from before the gap."""
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _event(text: bytes) -> dict[str, Any]:
    """Its properties; those that may stand only once do."""
    try:
        event: dict[str, Any] = dict(Event.from_ical(text).items())
        for key in _TIMES & event.keys():
            if not isinstance(event[key], list):
                _checked_time(key, event[key].dt)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"cannot be read: {' '.join(str(error).split())[:200]}") from None
    for key, value in event.items():
        if key in _ONCE and isinstance(value, list):
            raise ValueError(f"gives {key} more than once")
        if key in {"RDATE", "EXRULE"}:
            raise ValueError(f"uses {key}, which is not read; give such shifts as events")
    if "DTSTART" not in event:
        raise ValueError("has no DTSTART")
    for value in event.values():
        _in_known_zones(value)
    return event


def _checked_time(key: str, value: object) -> None:
    if not isinstance(value, timedelta if key == "DURATION" else date):
        raise ValueError(f"{key} is no time")


def _in_known_zones(value: Any) -> None:
    """The library leaves a time in a zone that it does not know without a zone."""
    for one in (each for group in _all(value) for each in getattr(group, "dts", [group])):
        named = getattr(one, "params", {}).get("TZID")
        given = getattr(one, "dt", None)
        if named and isinstance(given, datetime) and given.utcoffset() is None:
            raise ValueError(f"is in the time zone {str(named)[:60]!r}, which is not known")


def _zone(given: date, otherwise: ZoneInfo) -> ZoneInfo:
    if isinstance(given, datetime) and isinstance(given.tzinfo, ZoneInfo):
        return given.tzinfo
    return otherwise


def _wall(given: date, zone: ZoneInfo) -> datetime:
    """On the wall of ``zone``, where ``given`` is a moment; as it stands where it is none."""
    if not isinstance(given, datetime):
        return datetime.combine(given, time())
    if given.utcoffset() is not None:
        given = given.astimezone(zone).replace(tzinfo=None)
    return given.replace(fold=0)


def _moment(given: date, zone: ZoneInfo) -> datetime:
    return instant_of(_wall(given, zone), zone)


def _end(event: dict[str, Any], begin: datetime, zone: ZoneInfo) -> datetime:
    """Without end or duration a whole day lasts that day, as iCalendar has it."""
    if "DTEND" in event:
        return _wall(event["DTEND"].dt, zone)
    if "DURATION" in event:
        length: timedelta = event["DURATION"].dt
        return begin + length
    whole_day = not isinstance(event["DTSTART"].dt, datetime)
    return begin + timedelta(days=1 if whole_day else 0)


def _person(event: dict[str, Any], duty: Duty, role: Role) -> Person:
    """The one whom the event names, who must have the role."""
    named = str(event.get(PERSON, "")).strip()
    addresses = {
        str(one).lower().removeprefix("mailto:")
        for key in ("ATTENDEE", "ORGANIZER")
        for one in _all(event.get(key, []))
    }
    summary = f" {' '.join(str(event.get('SUMMARY', '')).casefold().split())} "
    for found in (
        [one for one in duty.people if one.id == named],
        [one for one in duty.with_role(role) if one.mail.lower() in addresses],
        [one for one in duty.people if _is_named(one, summary)],
    ):
        if len(found) > 1:
            raise ValueError("names more than one person: " + ", ".join(one.id for one in found))
        if found and role not in found[0].roles:
            raise ValueError(f"names {found[0].id}, who has not the role {role}")
        if found:
            return found[0]
    raise ValueError("names nobody of the desk: neither an attendee's mail nor the summary does")


def _is_named(person: Person, summary: str) -> bool:
    words = "".join(letter if letter.isalnum() or letter in "@._-" else " " for letter in summary)
    spaced = f" {' '.join(words.split())} "
    return any(f" {name.casefold()} " in spaced for name in (person.name, person.mail))


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
