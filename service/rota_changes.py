"""Changes of the rota that people ask for, agree to and take back; who may do which.

A swap is asked for by one and accepted by the other. Whoever may change the rota sets what they
like at once; everybody may say that they themselves are away.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service import acts
from service.accounts.visitor import Visitor
from service.desk import Desk
from service.permissions import Act
from service.rota_told import swap_notices
from triage.duty import Duty, Role
from triage.errors import ActRefused
from triage.notify import SwapStep
from triage.rota import RotaInForce
from triage.store import Transaction, notices
from triage.store import rota as store
from triage.store.rota import ASKED, DECLINED, IN_FORCE, WITHDRAWN, NewChange, RotaChange

ASKED_FOR, SET, ANSWERED, TAKEN_BACK, IMPORTED = (
    "rota change asked for",
    "rota changed",
    "rota change answered",
    "rota change withdrawn",
    "rota imported",
)
LONGEST = timedelta(days=366)
AHEAD = timedelta(days=3 * 366)
"""How far ahead a change may begin."""
MOST_ASKED = 20
"""Swaps that one account may have asked for without an answer."""
_LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Times:
    """From ``start`` until before ``end``."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Swapping:
    """``one`` takes the turns of ``other``, and the other way round. People are ids."""

    role: Role
    one: str
    other: str
    times: Times
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """``person`` (id) has the duty of ``role``; away where there is no role."""

    role: Role | None
    person: str
    times: Times
    note: str = ""


def base_duty(desk: Desk) -> Duty:
    """The file's desk, without what people agreed on."""
    source = desk.works.caseload.duty
    return source.base() if isinstance(source, RotaInForce) else source()


def swap(tx: Transaction, desk: Desk, visitor: Visitor, wanted: Swapping) -> str:
    """The state it is in. Raises ``ActRefused``."""
    one, other, role, times = wanted.one, wanted.other, wanted.role, wanted.times
    now = desk.works.caseload.clock()
    duty = base_duty(desk)
    _person(duty, one, role, "person")
    _person(duty, other, role, "other")
    if one == other:
        raise ActRefused("other: choose somebody else", ("other",))
    _bounded(times, now)
    free = visitor.may(Act.ROTA_CHANGE)
    if not free and visitor.person != one:
        raise ActRefused("person: you may swap your own turns alone", ("person",))
    if not free and store.count_asked(tx, visitor.login, now) >= MOST_ASKED:
        raise ActRefused(f"{MOST_ASKED} of your swaps wait for an answer; withdraw one first")
    change = NewChange(
        "swap", role, one, times.start, times.end, other=other, note=_note(wanted.note)
    )
    state, step = (IN_FORCE, SwapStep.SET) if free else (ASKED, SwapStep.ASKED)
    _tell(tx, desk, visitor, _found(tx, _add(tx, desk, visitor, change, state)), step)
    return state


def override(tx: Transaction, desk: Desk, visitor: Visitor, wanted: Standing) -> None:
    """Whoever's turn it is. Raises ``ActRefused``."""
    acts.require(visitor, Act.ROTA_CHANGE)
    role, times = wanted.role or Role.POINT, wanted.times
    _person(base_duty(desk), wanted.person, role, "person")
    _bounded(times, desk.works.caseload.clock())
    note = _note(wanted.note)
    change = NewChange("override", role, wanted.person, times.start, times.end, note=note)
    _add(tx, desk, visitor, change, IN_FORCE)


def absence(tx: Transaction, desk: Desk, visitor: Visitor, wanted: Standing) -> None:
    """The next in turn stands in. Raises ``ActRefused``."""
    person, times = wanted.person, wanted.times
    if base_duty(desk).person(person) is None:
        raise ActRefused("person: choose somebody of the desk", ("person",))
    if person != visitor.person and not visitor.may(Act.ROTA_CHANGE):
        raise ActRefused("person: you may say this of yourself alone", ("person",))
    _bounded(times, desk.works.caseload.clock())
    note = _note(wanted.note)
    change = NewChange("absence", Role.POINT, person, times.start, times.end, note=note)
    _add(tx, desk, visitor, change, IN_FORCE)


def answer(tx: Transaction, desk: Desk, visitor: Visitor, change_id: int, *, accept: bool) -> None:
    """To a swap that was asked for, by the one it is asked of, or who may change the rota.

    Raises ``ActRefused``.
    """
    change = _found(tx, change_id)
    if change.state != ASKED:
        raise ActRefused(f"this is {change.state} already")
    if visitor.person != change.other and not visitor.may(Act.ROTA_CHANGE):
        raise ActRefused("this is for the other to say")
    now = desk.works.caseload.clock()
    if accept and change.ends_at <= now:
        raise ActRefused("this is over by now")
    store.settle(tx, change_id, IN_FORCE if accept else DECLINED, visitor.login, now)
    acts.note(tx, desk, visitor, ANSWERED, change=change_id, accepted=accept)
    _tell(tx, desk, visitor, change, SwapStep.ACCEPTED if accept else SwapStep.DECLINED)


def withdraw(tx: Transaction, desk: Desk, visitor: Visitor, change_id: int) -> None:
    """What one asked for or set, one's own swap or absence, or anything by who may change the
    rota. Raises ``ActRefused``."""
    change = _found(tx, change_id)
    if change.state not in {ASKED, IN_FORCE}:
        raise ActRefused(f"this is {change.state} already")
    if not may_withdraw(visitor, change):
        raise ActRefused("this is for others to take back")
    store.settle(tx, change_id, WITHDRAWN, visitor.login, desk.works.caseload.clock())
    acts.note(tx, desk, visitor, TAKEN_BACK, change=change_id)
    if change.kind == "swap":
        _tell(tx, desk, visitor, change, SwapStep.WITHDRAWN)


def may_withdraw(visitor: Visitor, change: RotaChange) -> bool:
    """A swap that was accepted is both people's: either may end it, and is told apart in the
    trail."""
    if visitor.may(Act.ROTA_CHANGE) or change.asked_by == visitor.login:
        return True
    mine = {change.person, change.other} - {""}
    return change.kind != "override" and visitor.person in mine and change.state == IN_FORCE


def bring_in(
    tx: Transaction, desk: Desk, visitor: Visitor, found: tuple[NewChange, ...], batch: str
) -> None:
    acts.require(visitor, Act.ROTA_CHANGE)
    store.add(tx, found, visitor.login, IN_FORCE, desk.works.caseload.clock())
    acts.note(tx, desk, visitor, IMPORTED, batch=batch, shifts=len(found))


def note_batch(tx: Transaction, desk: Desk, visitor: Visitor, batch: str, count: int) -> None:
    acts.note(tx, desk, visitor, TAKEN_BACK, batch=batch, shifts=count)


def take_effect(desk: Desk) -> None:
    """To be called when the transaction is through: this process follows at once, others within
    seconds."""
    source = desk.works.caseload.duty
    if isinstance(source, RotaInForce):
        source.look_again()


def _tell(
    tx: Transaction, desk: Desk, visitor: Visitor, change: RotaChange, step: SwapStep
) -> None:
    load = desk.works.caseload
    wanted = swap_notices(base_duty(desk), change, step, visitor.person or visitor.name)
    for notice_id in notices.prepare(tx, wanted, load.clock()):
        load.tell(tx, notice_id)


def _add(tx: Transaction, desk: Desk, visitor: Visitor, change: NewChange, state: str) -> int:
    """Its id."""
    (change_id,) = store.add(tx, [change], visitor.login, state, desk.works.caseload.clock())
    acts.note(
        tx,
        desk,
        visitor,
        SET if state == IN_FORCE else ASKED_FOR,
        kind=change.kind,
        role=change.role,
        person=change.person,
        other=change.other,
        since=change.starts_at.isoformat(),
        until=change.ends_at.isoformat(),
    )
    return change_id


def _found(tx: Transaction, change_id: int) -> RotaChange:
    change = store.one(tx, change_id)
    if change is None:
        raise ActRefused("there is no such change of the rota")
    return change


def _person(duty: Duty, id: str, role: Role, field: str) -> None:
    found = duty.person(id)
    if found is None:
        raise ActRefused(f"{field}: choose somebody of the desk", (field,))
    if role not in found.roles:
        raise ActRefused(f"{field}: {found.name} is no {role.value}", (field,))


def _bounded(times: Times, now: datetime) -> None:
    if times.end <= times.start:
        raise ActRefused("until: must lie after the beginning", ("until",))
    if times.end <= now:
        raise ActRefused("until: this is over by now", ("until",))
    if times.end - times.start > LONGEST:
        raise ActRefused("until: a year is the longest", ("until",))
    if times.start - now > AHEAD:
        raise ActRefused("from: this is too far ahead", ("from",))


def _note(text: str) -> str:
    said = " ".join(text.split())
    if len(said) > _LONGEST_NOTE or not said.isprintable():
        raise ActRefused(f"note: one line of at most {_LONGEST_NOTE} characters", ("note",))
    return said
