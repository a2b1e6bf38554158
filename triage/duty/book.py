"""One role's duty, made ready to be asked: who has it at a moment, and where that may change."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from triage.duty.desk import Duty
from triage.duty.layers import covers, edges, in_turn, turn
from triage.duty.people import Role
from triage.duty.rota import FALLBACK, OVERRIDE, Absence, Absences, Layer, Override, Overrides, Swap


class Post(NamedTuple):
    """Who has the duty and by what; equal posts next to each other are one shift. ``because`` is
    empty unless the fallback person had to be called."""

    person: str
    layer: str
    turn: int
    because: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """``overrides`` newest first, ``absences`` by person."""

    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...]
    swaps: tuple[Swap, ...]
    absences: dict[str, tuple[Absence, ...]]
    fallback: tuple[str, ...]

    def post(self, moment: datetime) -> Post:
        """An override of somebody who is there, else the first covering layer with somebody
        there, else the fallback."""
        for override in self.overrides:
            if _lasts(override, moment) and self.is_there(override.person, moment):
                return Post(override.person, OVERRIDE, 0)
        because = "no layer covers these hours"
        for layer in self.layers:
            if covers(layer, moment):
                for person in in_turn(layer, moment):
                    swapped = self._swapped(person, moment)
                    if self.is_there(swapped, moment):
                        return Post(swapped, layer.name, turn(layer, moment))
                because = "everyone in turn is away"
        there = (one for one in self.fallback if self.is_there(one, moment))
        return Post(next(there, self.fallback[0]), FALLBACK, 0, because)

    def is_there(self, person: str, moment: datetime) -> bool:
        return not any(_lasts(one, moment) for one in self.absences.get(person, ()))

    def edges(self, start: datetime, end: datetime) -> list[datetime]:
        """Moments after ``start``, up to and with ``end``, between which nothing changes."""
        found = {edge for layer in self.layers for edge in edges(layer, start, end)}
        lasting: tuple[Override | Swap | Absence, ...] = (
            *self.overrides,
            *self.swaps,
            *(a for of in self.absences.values() for a in of),
        )
        for one in lasting:
            found.update(edge for edge in (one.start, one.until) if start < edge <= end)
        return sorted(found)

    def _swapped(self, person: str, moment: datetime) -> str:
        for swap in self.swaps:
            if _lasts(swap, moment) and person in (swap.one, swap.other):
                person = swap.other if person == swap.one else swap.one
        return person


def book_of(duty: Duty, role: Role, overrides: Overrides, absences: Absences) -> Book:
    """A role without layers is a standing one: the first of its people in the file who is there.
    Changes that name people who are no longer on the desk are left out."""
    known = {person.id for person in duty.people}
    layers = tuple(layer for layer in duty.rota.layers if layer.role is role)
    standing = tuple(person.id for person in duty.with_role(role))
    if not layers and standing:
        layers = (Layer("standing", role, standing, duty.rota.zone),)
    changes = [one for one in (*duty.rota.changes, *overrides) if one.role is role]
    away: dict[str, tuple[Absence, ...]] = {}
    for one in (*duty.rota.absences, *absences):
        away[one.person] = (*away.get(one.person, ()), one)
    return Book(
        layers,
        tuple(c for c in reversed(changes) if isinstance(c, Override) and c.person in known),
        tuple(c for c in changes if isinstance(c, Swap) and {c.one, c.other} <= known),
        away,
        tuple(person.id for person in duty.fallback),
    )


def _lasts(one: Override | Swap | Absence, moment: datetime) -> bool:
    return one.start <= moment < one.until
