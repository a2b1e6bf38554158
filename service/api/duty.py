"""The desk: who has the duty, who is who, what the policy says. Nothing private of anybody."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, Field

from service.api.models import Model
from service.auth import allowed
from service.desk import DeskOf
from service.permissions import Act
from triage import duty
from triage.duty import Hole, Role, Shift

router = APIRouter(tags=["desk"])
_USUAL, _LONGEST = timedelta(days=14), timedelta(days=400)
Sees = Depends(allowed(Act.ROTA_SEE))


class PersonOut(Model):
    """What a customer may be told of a person, and what they do."""

    id: str
    name: str
    roles: list[Role]
    mail: str
    office_phone: str


class People(Model):
    items: list[PersonOut]


class ShiftOut(Model):
    """`hole` says why the rota names nobody, where somebody stands in; empty for a shift."""

    role: Role
    person: str
    since: datetime
    until: datetime
    layer: str
    hole: str


class NowOut(Model):
    """`next` is the first shift that is somebody else's; `ladder` are ids, from Point upward."""

    role: Role
    now: ShiftOut
    next: ShiftOut | None


class DutyNow(Model):
    at: datetime
    open: bool
    opens_at: datetime | None = Field(description="Null while it is open, or if it never does.")
    zone: str
    roles: list[NowOut]
    ladder: list[str]


class Shifts(Model):
    items: list[ShiftOut]


@router.get("/people", dependencies=[Sees], operation_id="list_people")
def list_people(desk: DeskOf) -> People:
    """Everyone of the desk."""
    people = desk.works.caseload.duty().people
    return People(items=[PersonOut.model_validate(one) for one in people])


@router.get("/duty", dependencies=[Sees], operation_id="show_duty")
def show_duty(desk: DeskOf) -> DutyNow:
    """Who has the duty now and next, and whether the desk is open."""
    load = desk.works.caseload
    roster, now = load.duty(), load.clock()
    is_open = duty.is_open(roster.hours, now)
    roles = [role for role in Role if role is Role.POINT or roster.with_role(role)]
    found = []
    for role in roles:
        after = duty.next_on_duty(roster, role, now)
        shift = _shift(role, duty.on_duty(roster, role, now))
        found.append(NowOut(role=role, now=shift, next=_shift(role, after) if after else None))
    return DutyNow(
        at=now,
        open=is_open,
        opens_at=None if is_open else _opening(roster, now),
        zone=roster.hours.zone.key,
        roles=found,
        ladder=[one.id for one in duty.ladder(roster, now)],
    )


@router.get("/duty/shifts", dependencies=[Sees], operation_id="list_shifts")
def list_shifts(
    desk: DeskOf,
    role: Role = Role.POINT,
    since: Annotated[AwareDatetime | None, Query(description="By default now.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="By default 14 days on.")] = None,
) -> Shifts:
    """The rota of a role, hole after shift, without gap or overlap; 400 days at most."""
    load = desk.works.caseload
    start, end = _span(since or load.clock(), until)
    laid_out = duty.shifts(load.duty(), role, start, end)
    return Shifts(items=[_shift(role, one) for one in laid_out])


def _span(start: datetime, until: datetime | None) -> tuple[datetime, datetime]:
    try:
        end = until or start + _USUAL
        near = 1990 <= start.year <= 2200 and 1990 <= end.year <= 2200
        if near and timedelta(0) < end - start <= _LONGEST:
            return start, end
    except OverflowError:
        pass
    wrong = {"loc": ("query", "until"), "msg": "must lie after since, by 400 days at most"}
    raise RequestValidationError([wrong])


def _opening(roster: duty.Duty, now: datetime) -> datetime | None:
    try:
        return duty.next_opening(roster.hours, now)
    except ValueError:
        return None


def _shift(role: Role, one: Shift | Hole) -> ShiftOut:
    if isinstance(one, Hole):
        return ShiftOut(
            role=role,
            person=one.covered_by.id,
            since=one.since,
            until=one.until,
            layer="fallback",
            hole=one.because,
        )
    hole = "the rota names nobody" if one.covered_by_fallback else ""
    return ShiftOut(
        role=role,
        person=one.person.id,
        since=one.since,
        until=one.until,
        layer=one.layer,
        hole=hole,
    )
