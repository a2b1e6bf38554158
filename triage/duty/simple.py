"""A desk without a duty file: the people of the settings, always on duty, always open."""

from collections.abc import Sequence
from hashlib import sha256
from zoneinfo import ZoneInfo

from triage import types
from triage.duty.answer import Answer
from triage.duty.desk import Duty
from triage.duty.opening import Opening
from triage.duty.people import Person, Role
from triage.duty.rota import Rota
from triage.duty.week import week_of
from triage.errors import ConfigError

MOST = 3
"""People that the settings can put in order: for more a duty file says who is what."""


def simple(points: Sequence[types.Person], manager: types.Person | None = None) -> Duty:
    """The first of ``points`` is Point, the second the back-up, the third the supervisor; without
    a ``manager`` the first of them is told what a Manager would be.

    Raises ``ConfigError`` where there is nobody, or a fourth, whom nothing would ever reach.
    """
    if not points:
        raise ConfigError("desk.point: nobody would be told of a flag; name the Point Person")
    ids = list(_by_id(points))
    if len(ids) > MOST:
        reason = f"takes {MOST} people, Point first; a duty file takes more (triage duty init)"
        raise ConfigError(f"desk.point: {reason}")
    roles = dict.fromkeys(ids, (Role.REP, Role.POINT))
    roles |= dict.fromkeys(ids[2:], (Role.REP, Role.SUPERVISOR))
    if manager is not None:
        id = _id(manager)
        roles[id] = (*roles.get(id, ()), Role.MANAGER)
    known = _by_id([*points, *([manager] if manager else [])])
    people = tuple(
        Person(id, one.name or one.address, roles[id], one.address) for id, one in known.items()
    )
    zone = ZoneInfo("UTC")
    return Duty(
        source="the settings",
        digest=sha256(repr(people).encode()).hexdigest(),
        people=people,
        rota=Rota(zone),
        hours=Opening(zone, week_of(["mon-sun 00:00-24:00"])),
        fallback=people,
        answers=(Answer("mail"),),
    )


def _by_id(people: Sequence[types.Person]) -> dict[str, types.Person]:
    return {_id(one): one for one in people}


def _id(person: types.Person) -> str:
    """Their address: nothing else of them is known to last."""
    return person.address.lower()
