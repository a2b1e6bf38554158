"""Who takes which turn: the records of a rota."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from triage.duty.holiday import NO_HOLIDAYS, Calendar
from triage.duty.people import Person, Role
from triage.duty.week import Span


class OnHolidays(StrEnum):
    """What public holidays are to a layer."""

    AS_USUAL = "as usual"
    NEVER = "never"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Turns:
    """Hand-overs: the first on ``first`` at ``minutes`` past midnight by the wall clock, then
    every ``days`` days at the same wall time."""

    first: date
    minutes: int
    days: int


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns over some hours of the week.

    ``people`` are ids, the first in turn first. Without ``turns`` the first always has it and the
    others stand in. An empty ``week`` is all hours. ``start`` and ``until`` (excluded) bound the
    layer, ``None`` where it is open.
    """

    name: str
    role: Role
    people: tuple[str, ...]
    zone: ZoneInfo
    turns: Turns | None = None
    week: tuple[Span, ...] = ()
    on_holidays: OnHolidays = OnHolidays.AS_USUAL
    calendar: Calendar = NO_HOLIDAYS
    start: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """``person`` (id) has the duty from ``start`` until ``until``, whoever's turn it is. Of two
    that overlap, the one given later holds."""

    person: str
    role: Role
    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Swap:
    """While it lasts ``one`` takes the turns of ``other``, and ``other`` those of ``one``."""

    one: str
    other: str
    role: Role
    start: datetime
    until: datetime


Change: TypeAlias = Override | Swap


@dataclass(frozen=True, slots=True)
class Absence:
    """``person`` (id) is away, from every role and every channel of it."""

    person: str
    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Rota:
    """``layers`` in order: of those that cover a moment, the first with somebody there holds."""

    zone: ZoneInfo
    layers: tuple[Layer, ...] = ()
    changes: tuple[Change, ...] = ()
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """``person`` has the duty from ``since`` until ``until`` (excluded; both UTC) by ``layer``.

    A hand-over ends a shift, also one to the same person. ``covered_by_fallback``: by the rota
    nobody has it, and the fallback person stands in.
    """

    person: Person
    since: datetime
    until: datetime
    layer: str
    covered_by_fallback: bool = False


@dataclass(frozen=True, slots=True)
class Hole:
    """From ``since`` until ``until`` (excluded; both UTC) the rota names nobody, ``because``;
    ``covered_by`` stands in."""

    since: datetime
    until: datetime
    covered_by: Person
    because: str


OVERRIDE = "override"
FALLBACK = "fallback"
"""What stands for the layer's name where none decided."""

Overrides: TypeAlias = Sequence[Change]
Absences: TypeAlias = Sequence[Absence]
