"""The rota: who is there now, next and in the coming weeks; swaps, absences, a calendar file."""

from datetime import UTC, date, datetime, timedelta
from secrets import token_hex
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from service import asked, rota_changes, views_rota
from service.accounts.visitor import Visitor
from service.auth import allowed
from service.desk import Desk, DeskOf, PathId
from service.forms import Form, Posted, PostedOf, capital, refused_at
from service.permissions import Act
from service.render import page
from service.rota_changes import Standing, Swapping, Times
from triage import duty as rota
from triage.duty import Duty, Role
from triage.duty.ical import calendar_of
from triage.duty.ical_import import overrides_from
from triage.duty.wall import day_of
from triage.errors import ActRefused, ConfigError
from triage.rota import with_changes
from triage.store import rota as store
from triage.store.rota import NewChange

router = APIRouter()

WEEKS = 4
AHEAD = timedelta(weeks=26)
LARGEST_CALENDAR = 2**20
_FIELDS = ("person", "other", "from", "until", "note")
_SAID = {
    "asked": "The swap was asked for and the other is told. It is in force once they accept it.",
    "set": "The rota was changed. Notices follow it within seconds.",
    "accepted": "The swap is in force.",
    "declined": "The swap was declined.",
    "withdrawn": "It was taken back.",
    "imported": "The calendar was taken over. “Take them all back” below undoes it.",
}
Swapper = Annotated[Visitor, Depends(allowed(Act.ROTA_SWAP))]
Changer = Annotated[Visitor, Depends(allowed(Act.ROTA_CHANGE))]


@router.get("/rota")
def show(
    desk: DeskOf,
    visitor: Annotated[Visitor, Depends(allowed(Act.ROTA_SEE))],
    role: str = "",
    week: str = "",
    said: str = "",
) -> Response:
    """``week`` is a day of the first week shown; this one where nothing is said."""
    return _page(desk, visitor, role, week=week, said=said)


@router.post("/rota/swap")
def swap(desk: DeskOf, visitor: Swapper, form: PostedOf) -> Response:
    role = _role(form["role"])
    try:
        times = _times(desk, form)
        with desk.database.transaction() as tx:
            wanted = Swapping(role, form["person"], form["other"], times, form["note"])
            state = rota_changes.swap(tx, desk, visitor, wanted)
    except ActRefused as error:
        return _again(desk, visitor, form, "swap", error)
    rota_changes.take_effect(desk)
    return _back(role, "asked" if state == store.ASKED else "set")


@router.post("/rota/override")
def override(desk: DeskOf, visitor: Changer, form: PostedOf) -> Response:
    role = _role(form["role"])
    try:
        times = _times(desk, form)
        with desk.database.transaction() as tx:
            wanted = Standing(role, form["person"], times, form["note"])
            rota_changes.override(tx, desk, visitor, wanted)
    except ActRefused as error:
        return _again(desk, visitor, form, "override", error)
    rota_changes.take_effect(desk)
    return _back(role, "set")


@router.post("/rota/absence")
def absence(desk: DeskOf, visitor: Swapper, form: PostedOf) -> Response:
    try:
        times = _times(desk, form)
        with desk.database.transaction() as tx:
            wanted = Standing(None, form["person"], times, form["note"])
            rota_changes.absence(tx, desk, visitor, wanted)
    except ActRefused as error:
        return _again(desk, visitor, form, "absence", error)
    rota_changes.take_effect(desk)
    return _back(_role(form["role"]), "set")


@router.post("/rota/changes/{change_id}")
def settle(desk: DeskOf, visitor: Swapper, change_id: PathId, form: PostedOf) -> Response:
    """Field ``do``: accept, decline or withdraw."""
    do = form["do"]
    try:
        with desk.database.transaction() as tx:
            if do == "withdraw":
                rota_changes.withdraw(tx, desk, visitor, change_id)
            elif do in {"accept", "decline"}:
                rota_changes.answer(tx, desk, visitor, change_id, accept=do == "accept")
            else:
                raise ActRefused("choose what is to be done with it")
    except ActRefused as error:
        return _again(desk, visitor, form, "changes", error)
    rota_changes.take_effect(desk)
    said = {"accept": "accepted", "decline": "declined", "withdraw": "withdrawn"}[do]
    return _back(_role(form["role"]), said)


@router.get("/rota/{role}.ics", dependencies=[Depends(allowed(Act.ROTA_SEE))])
def calendar(desk: DeskOf, role: Role) -> Response:
    """The coming half year, for people's own calendars."""
    now = datetime.now(UTC)
    content = calendar_of(_duty(desk, now), role, now, now + AHEAD, now)
    return Response(
        content,
        media_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="on-duty-{role}.ics"'},
    )


@router.post("/rota/import")
def bring_in(desk: DeskOf, visitor: Changer, form: PostedOf) -> Response:
    """A calendar's shifts of the coming half year, all of them or none."""
    role, now = _role(form["role"]), datetime.now(UTC)
    content, batch = form.files.get("calendar", b""), token_hex(8)
    try:
        if not content:
            raise ActRefused("choose a calendar file (.ics)")
        if len(content) > LARGEST_CALENDAR:
            raise ActRefused("a calendar of more than a megabyte is not taken")
        duty = rota_changes.base_duty(desk)
        found = overrides_from(content, duty, role, now, now + AHEAD, source="the file")
        if not found:
            raise ActRefused("the file holds no shift of the coming half year")
        wanted = tuple(
            NewChange("override", role, one.person, one.start, one.until, batch=batch)
            for one in found
        )
        with desk.database.transaction() as tx:
            rota_changes.bring_in(tx, desk, visitor, wanted, batch)
    except (ActRefused, ConfigError) as error:
        return _page(desk, visitor, role, forms={"import": Form({}, {"": capital(str(error))})})
    rota_changes.take_effect(desk)
    return _back(role, "imported")


@router.post("/rota/import/{batch}/withdraw")
def take_out(desk: DeskOf, visitor: Changer, batch: str, form: PostedOf) -> Response:
    with desk.database.transaction() as tx:
        count = store.withdraw_batch(tx, batch[:40], visitor.login, datetime.now(UTC))
        if count:
            rota_changes.note_batch(tx, desk, visitor, batch[:40], count)
    rota_changes.take_effect(desk)
    return _back(_role(form["role"]), "withdrawn")


def _role(text: str) -> Role:
    """Point where it is none."""
    return Role(text) if text in set(Role) else Role.POINT


def _times(desk: Desk, form: Posted) -> Times:
    """Raises ``ActRefused``, naming every field that is wrong."""
    zone, found, wrong = asked.zone_of(desk), {}, {}
    for name in ("from", "until"):
        try:
            found[name] = asked.wall_moment(form[name], zone)
        except asked.Wrong as error:
            wrong[name] = str(error)
        else:
            if found[name] is None:
                wrong[name] = "Say when."
    start, end = found.get("from"), found.get("until")
    if wrong or start is None or end is None:
        said = "; ".join(f"{name}: {reason}" for name, reason in wrong.items())
        raise ActRefused(said, tuple(wrong))
    return Times(start, end)


def _duty(desk: Desk, now: datetime) -> Duty:
    """As the database says this moment, not as it was some seconds ago."""
    with desk.database.transaction() as tx:
        changes = store.in_force(tx, now - timedelta(days=60))
    return with_changes(rota_changes.base_duty(desk), changes)


def _again(desk: Desk, visitor: Visitor, form: Posted, which: str, error: ActRefused) -> Response:
    again = Form(form.values, refused_at(error, _FIELDS))
    return _page(desk, visitor, form["role"], forms={which: again})


def _back(role: Role, said: str) -> Response:
    return RedirectResponse(f"/rota?role={role}&said={said}", 303)


def _page(
    desk: Desk,
    visitor: Visitor,
    role: str,
    *,
    week: str = "",
    said: str = "",
    forms: dict[str, Form] | None = None,
) -> Response:
    now, zone, chosen, wrong = datetime.now(UTC), asked.zone_of(desk), _role(role), ""
    try:
        first = asked.day(week) or day_of(now, zone)
    except asked.Wrong as error:
        first, wrong = day_of(now, zone), str(error)
    monday = first - timedelta(days=first.weekday())
    base, duty = rota_changes.base_duty(desk), _duty(desk, now)
    with desk.database.transaction() as tx:
        changes = store.current(tx, now, chosen)
    start = asked.begin_of(monday, zone)
    laid_out = rota.shifts(duty, chosen, start, start + timedelta(weeks=WEEKS, days=1))
    holes = rota.holes(duty, chosen, now, now + timedelta(weeks=WEEKS))
    shown = forms or {}
    usual = Form({"person": visitor.person, "role": chosen.value})
    return page(
        desk,
        "rota.html",
        visitor=visitor,
        status=422 if wrong or forms else 200,
        said=_SAID.get(said, ""),
        role=chosen.value,
        roles=_roles(base),
        now_next=_now_next(duty, chosen, now),
        weeks=views_rota.weeks(laid_out, monday, WEEKS, zone, now),
        legend=views_rota.legend(laid_out),
        holes=[views_rota.hole_line(one, zone) for one in holes],
        changes=[views_rota.change_line(one, base, visitor, zone, now) for one in changes],
        of_file=views_rota.file_lines(base, chosen, zone, now),
        source=base.source,
        forms={name: shown.get(name, usual) for name in ("swap", "override", "absence")},
        failed=next(iter(shown), ""),
        faults={name: shown[name] for name in ("changes", "import") if name in shown},
        people=[(one.id, one.name) for one in base.with_role(chosen)],
        everybody=[(one.id, one.name) for one in base.people],
        week_form=Form({"week": week[:40] or monday.isoformat()}, {"week": wrong} if wrong else {}),
        turning=_turning(chosen, monday),
        zone=zone.key,
    )


def _roles(duty: Duty) -> list[str]:
    """Roles that somebody has."""
    return [role.value for role in Role if duty.with_role(role)]


def _now_next(duty: Duty, role: Role, now: datetime) -> dict[str, Any]:
    zone = duty.hours.zone
    shift, following = rota.on_duty(duty, role, now), rota.next_on_duty(duty, role, now)
    endless = shift.until - now > timedelta(days=365)
    return {
        "who": shift.person.name,
        "phone": shift.person.office_phone,
        "until": "" if endless else views_rota.wall(shift.until, zone),
        "fallback": shift.covered_by_fallback,
        "next": following.person.name if following else "",
        "since": views_rota.wall(following.since, zone) if following else "",
        "ladder": [one.name for one in rota.ladder(duty, now)],
    }


def _turning(role: Role, monday: date) -> dict[str, str]:
    """Addresses of the weeks before and after."""
    step = timedelta(weeks=WEEKS)
    return {
        "before": f"/rota?role={role}&week={monday - step}",
        "after": f"/rota?role={role}&week={monday + step}",
    }
