"""The first start: a code from the program's own output makes the first account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts import coming_in
from service.accounts.coming_in import FirstAccount
from service.accounts.manage import good_login, good_name, short_line
from service.accounts.visitor import roles_of
from service.auth import caller, entered, origin, require_own_page
from service.desk import Desk, DeskOf
from service.pages.form import small_form
from service.permissions import Role
from service.render import page
from triage.errors import ActRefused
from triage.store import accounts

router = APIRouter()

_WRONG_CODE = "That code is wrong, used, or older than an hour. “triage user code” prints one."
_WAIT = "Too many attempts came from your address. Please wait a moment."


@router.get("/set-up")
def form(desk: DeskOf) -> Response:
    with desk.database.transaction() as tx:
        if accounts.are_there_any(tx):
            return RedirectResponse("/sign-in", 303)
    return _form(desk, {}, {})


@router.post("/set-up")
def set_up(
    request: Request, desk: DeskOf, fields: Annotated[dict[str, str], Depends(small_form)]
) -> Response:
    """Fields: ``code``, ``login``, ``name``, ``password``, ``person`` and a role by its name."""
    require_own_page(request, desk)
    wait = desk.door.begin(origin(request))
    if wait:
        return _form(desk, fields, {"code": _WAIT}, 429, {"Retry-After": f"{wait:.0f}"})
    try:
        come = coming_in.set_up(desk.database, desk.web, _first(fields), caller(request, desk))
    except ActRefused as refused:
        desk.door.take_back(origin(request))
        return _form(desk, fields, {refused.missing[0]: str(refused)}, 422)
    if come is None:
        return _form(desk, fields, {"code": _WRONG_CODE}, 401)
    desk.door.take_back(origin(request))
    return entered(desk, come, "/")


def _first(fields: dict[str, str]) -> FirstAccount:
    """Raises ``ActRefused``, naming the field."""
    return FirstAccount(
        code=fields.get("code", ""),
        login=good_login(fields.get("login", "")),
        name=good_name(fields.get("name", "")),
        password=fields.get("password", ""),
        roles=roles_of(name for name in fields if fields[name] == "on"),
        person=short_line(fields.get("person", ""), "person"),
    )


def _form(
    desk: Desk,
    fields: dict[str, str],
    wrong: dict[str, str],
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """The form again, with all that was filled in but the password."""
    kept = {name: fields.get(name, "") for name in ("code", "login", "name", "person")}
    ticked = {role for role in Role if fields.get(role.value) == "on"}
    roles = [(role.value, role in ticked) for role in Role if role is not Role.ADMIN]
    return page(
        desk, "set_up.html", status=status, headers=headers, kept=kept, wrong=wrong, roles=roles
    )
