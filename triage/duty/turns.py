"""The rota in the file -> its records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NoReturn, Protocol
from zoneinfo import ZoneInfo

from triage.duty import file as toml
from triage.duty.holiday import Calendar, checked
from triage.duty.people import Person, Role
from triage.duty.rota import Absence, Layer, OnHolidays, Override, Rota, Swap, Turns
from triage.duty.wall import DAY, aware, moment_of
from triage.duty.week import DAYS, minutes_of, week_of, weekday_of


class Wrong(Protocol):
    def __call__(self, path: Sequence[str | int], reason: str) -> NoReturn: ...


@dataclass(frozen=True, slots=True)
class Rotas:
    """``people`` by id; ``wrong`` refuses the file for what stands at a path."""

    read: toml.File
    people: Mapping[str, Person]
    calendar: Calendar
    wrong: Wrong

    def rota(self) -> Rota:
        names = [one.name for one in self.read.layers]
        for at, name in enumerate(names):
            if name in names[:at]:
                self.wrong(("layers", at, "name"), f"{name!r} is taken")
        return Rota(
            zone=self.read.zone,
            layers=tuple(self.layer(at, one) for at, one in enumerate(self.read.layers)),
            changes=(
                *(self.override(at, one) for at, one in enumerate(self.read.overrides)),
                *(self.swap(at, one) for at, one in enumerate(self.read.swaps)),
            ),
            absences=tuple(self.absence(at, one) for at, one in enumerate(self.read.absences)),
        )

    def layer(self, at: int, one: toml.Layer) -> Layer:
        path = ("layers", at)
        for place, id in enumerate(one.people):
            self.has_role((*path, "people", place), id, one.role)
        if len(set(one.people)) < len(one.people) and one.every is None:
            self.wrong((*path, "people"), "names somebody twice, and nobody hands over")
        zone = one.zone or self.read.zone
        turns = self.turns(path, one)
        start = None if one.from_ is None else _begin(one.from_, zone)
        if turns:
            start = moment_of(turns.first, turns.minutes, zone)
        until = None if one.until is None else _end(one.until, zone)
        if start and until and start >= until:
            self.wrong((*path, "until"), "is not after from")
        return Layer(
            name=one.name,
            role=one.role,
            people=one.people,
            zone=zone,
            turns=turns,
            week=week_of(one.hours),
            on_holidays=one.holidays,
            calendar=self.holidays(path, one),
            start=start,
            until=until,
        )

    def turns(self, path: tuple[str, int], one: toml.Layer) -> Turns | None:
        """The first turn begins on ``from`` at the hand-over, so ``from`` must be such a day."""
        if one.every is None:
            if one.hand_over is not None:
                self.wrong((*path, "hand_over"), "needs every, as '1 week'")
            return None
        if type(one.from_) is not date:
            self.wrong((*path, "from"), "must be the date on which the first in turn begins")
        if one.hand_over is None:
            self.wrong((*path, "hand_over"), "must say when, as 'mon 09:00'")
        number, unit = one.every.split()
        weekly = unit.startswith("week")
        try:
            weekday, minutes = _hand_over(one.hand_over, weekly)
        except ValueError as error:
            self.wrong((*path, "hand_over"), str(error))
        if weekday is not None and one.from_.weekday() != weekday:
            fell, want = DAYS[one.from_.weekday()], DAYS[weekday]
            self.wrong((*path, "from"), f"{one.from_} is a {fell}, and the hand-over is on {want}")
        return Turns(one.from_, minutes, int(number) * (7 if weekly else 1))

    def holidays(self, path: tuple[str, int], one: toml.Layer) -> Calendar:
        """The layer's own calendar, else that of the opening hours."""
        calendar = self.calendar
        if one.country is not None or one.subdivision is not None:
            try:
                calendar = checked(one.country or "", one.subdivision or "")
            except ValueError as error:
                self.wrong((*path, "country"), str(error))
        if one.holidays is not OnHolidays.AS_USUAL and not calendar.country:
            self.wrong((*path, "holidays"), "needs a country, here or in [hours]")
        return calendar

    def override(self, at: int, one: toml.Override) -> Override:
        self.has_role(("overrides", at, "person"), one.person, one.role)
        return Override(one.person, one.role, *self.lasting(("overrides", at), one))

    def swap(self, at: int, one: toml.Swap) -> Swap:
        for place, id in enumerate(one.people):
            self.has_role(("swaps", at, "people", place), id, one.role)
        if one.people[0] == one.people[1]:
            self.wrong(("swaps", at, "people"), "names one person twice")
        return Swap(*one.people, one.role, *self.lasting(("swaps", at), one))

    def absence(self, at: int, one: toml.Absence) -> Absence:
        if one.person not in self.people:
            self.wrong(("absences", at, "person"), f"there is nobody with the id {one.person!r}")
        return Absence(one.person, *self.lasting(("absences", at), one))

    def lasting(
        self, path: tuple[str, int], one: toml.Override | toml.Swap | toml.Absence
    ) -> tuple[datetime, datetime]:
        start, until = _begin(one.from_, self.read.zone), _end(one.until, self.read.zone)
        if start >= until:
            self.wrong((*path, "until"), "is not after from")
        return start, until

    def has_role(self, path: tuple[str | int, ...], id: str, role: Role) -> None:
        if id not in self.people:
            self.wrong(path, f"there is nobody with the id {id!r}")
        if role not in self.people[id].roles:
            self.wrong(path, f"{id} has not the role {role}")


def _hand_over(text: str, weekly: bool) -> tuple[int | None, int]:
    """Weekday, ``None`` where turns are counted in days, and minutes past midnight."""
    day, space, clock = text.strip().rpartition(" ")
    if bool(space) is not weekly:
        raise ValueError("is 'mon 09:00' where turns last weeks, '09:00' where they last days")
    minutes = minutes_of(clock)
    if minutes == DAY:
        raise ValueError("'24:00' is '00:00' of the next day")
    return (weekday_of(day) if weekly else None), minutes


def _begin(given: date, zone: ZoneInfo) -> datetime:
    if not isinstance(given, datetime):
        return moment_of(given, 0, zone)
    if given.utcoffset() is not None:
        return aware(given)
    seconds = timedelta(seconds=given.second, microseconds=given.microsecond)
    return moment_of(given.date(), given.hour * 60 + given.minute, zone) + seconds


def _end(given: date, zone: ZoneInfo) -> datetime:
    return _begin(given if isinstance(given, datetime) else given + timedelta(days=1), zone)
