"""Whom a flag goes to when nobody answers it (P7, P8)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from triage.duty.book import book_of
from triage.duty.desk import Duty
from triage.duty.people import Person, Role
from triage.duty.rota import Absence, Absences, Overrides
from triage.duty.shifts import on_duty
from triage.duty.wall import aware

FOREVER = datetime.max.replace(tzinfo=UTC)


def ladder(
    duty: Duty, moment: datetime, *, overrides: Overrides = (), absences: Absences = ()
) -> tuple[Person, ...]:
    """Point now; backup Point; supervisor, else specialist; manager. Nobody twice, nobody who is
    away, and a step that has nobody is left out; there is always a first.

    The backup Point is who would be Point if the one now were away.
    """
    point = on_duty(duty, Role.POINT, moment, overrides=overrides, absences=absences).person
    away = Absence(point.id, aware(moment), FOREVER)
    without = (*absences, away)
    steps = (
        (Role.POINT, without),
        (Role.SUPERVISOR, absences),
        (Role.MANAGER, absences),
    )
    found = [point]
    for role, gone in steps:
        roles = (role, Role.SPECIALIST) if role is Role.SUPERVISOR else (role,)
        candidates = (one for each in roles for one in _who(duty, each, moment, overrides, gone))
        found += _first_new(candidates, found)
    return tuple(found)


def _who(
    duty: Duty, role: Role, moment: datetime, overrides: Overrides, absences: Absences
) -> Iterable[Person]:
    """Whoever has that duty by the rota, then others of that role who are there."""
    shift = on_duty(duty, role, moment, overrides=overrides, absences=absences)
    if not shift.covered_by_fallback:
        yield shift.person
    book = book_of(duty, role, overrides, absences)
    yield from (one for one in duty.with_role(role) if book.is_there(one.id, aware(moment)))


def _first_new(candidates: Iterable[Person], found: list[Person]) -> list[Person]:
    return next(([one] for one in candidates if one not in found), [])
