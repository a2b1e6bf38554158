"""Accounts, for those who look after them: who may come in, and as what."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import RedirectResponse, Response

from service import words
from service.accounts import coming_in, manage
from service.accounts.manage import By, Wanted
from service.accounts.visitor import Visitor, roles_of
from service.auth import allowed
from service.desk import Desk, DeskOf, PathId
from service.forms import Form, Posted, PostedOf, refused_at
from service.permissions import Act, Role
from service.plain import one_line
from service.render import page
from service.views_tokens import open_tokens
from triage.errors import ActRefused
from triage.store import accounts, tokens
from triage.store.accounts import Account

router = APIRouter()

Admin = Annotated[Visitor, Depends(allowed(Act.ACCOUNTS_MANAGE))]
_FIELDS = ("login", "name", "person", "mail", "password", "roles")
_SAID = {
    "added": "The account was made.",
    "changed": "Saved. Where rights changed, they are signed out and sign in anew.",
    "off": "The account is disabled, and signed out everywhere.",
    "on": "The account may sign in again.",
    "revoked": "The token is good for nothing now.",
}


@router.get("/people")
def show(desk: DeskOf, visitor: Admin, said: str = "") -> Response:
    return _list(desk, visitor, Form(), said=_SAID.get(said, ""))


@router.post("/people")
def add(desk: DeskOf, visitor: Admin, form: PostedOf) -> Response:
    """Without a password they come in by a link, which their page gives out."""
    try:
        made = manage.add(
            desk.database, form["login"], _wanted(form), form["password"], By.visitor(visitor)
        )
    except ActRefused as error:
        return _list(desk, visitor, _again(form, error), 422, ticked=_ticked(form))
    return RedirectResponse(f"/people/{made.id}?said=added", 303)


@router.get("/people/{account_id}")
def one(desk: DeskOf, account_id: PathId, visitor: Admin, said: str = "") -> Response:
    return _one(desk, visitor, account_id, said=_SAID.get(said, ""))


@router.post("/people/{account_id}")
def change(desk: DeskOf, account_id: PathId, visitor: Admin, form: PostedOf) -> Response:
    _found(desk, account_id)
    try:
        manage.change(desk.database, account_id, _wanted(form), By.visitor(visitor))
    except ActRefused as error:
        again = _again(form, error)
        return _one(desk, visitor, account_id, form=again, ticked=_ticked(form), status=422)
    return RedirectResponse(f"/people/{account_id}?said=changed", 303)


@router.post("/people/{account_id}/able")
def set_able(desk: DeskOf, account_id: PathId, visitor: Admin, form: PostedOf) -> Response:
    """Field ``do``: disable or enable."""
    _found(desk, account_id)
    off = form["do"] == "disable"
    try:
        manage.set_disabled(desk.database, account_id, By.visitor(visitor), disabled=off)
    except ActRefused as error:
        wrong = {"able": refused_at(error, ()).get("", str(error))}
        return _one(desk, visitor, account_id, faults=wrong, status=409)
    return RedirectResponse(f"/people/{account_id}?said={'off' if off else 'on'}", 303)


@router.post("/people/{account_id}/link")
def make_link(desk: DeskOf, account_id: PathId, visitor: Admin) -> Response:
    """A link that signs them in once, shown this once; for who has no password, or forgot it."""
    account = _found(desk, account_id)
    try:
        code = coming_in.link_code(desk.database, account.login, by=visitor.login)
    except ActRefused as error:
        wrong = {"link": refused_at(error, ()).get("", str(error))}
        return _one(desk, visitor, account_id, faults=wrong, status=409)
    link = f"{desk.web.base_url}/sign-in/link?{urlencode({'code': code, 'next': '/account'})}"
    return _one(desk, visitor, account_id, link=link)


@router.post("/people/{account_id}/tokens/{token_id}/revoke")
def revoke(desk: DeskOf, account_id: PathId, token_id: PathId, visitor: Admin) -> Response:
    manage.revoke_token(desk.database, token_id, By.visitor(visitor), of=account_id)
    return RedirectResponse(f"/people/{account_id}?said=revoked", 303)


def _wanted(form: Posted) -> Wanted:
    person = form["person"].strip()
    return Wanted(form["name"], roles_of(_ticked(form)), person, form["mail"].strip())


def _ticked(form: Posted) -> tuple[str, ...]:
    return form.several.get("roles", ())


def _again(form: Posted, error: ActRefused) -> Form:
    """All that was filled in but the password."""
    kept = {name: text for name, text in form.values.items() if name != "password"}
    return Form(kept, refused_at(error, _FIELDS))


def _found(desk: Desk, account_id: int) -> Account:
    with desk.database.transaction() as tx:
        found = accounts.by_id(tx, account_id)
    if found is None:
        raise HTTPException(404)
    return found


def _people(desk: Desk, but: str = "") -> list[tuple[str, str]]:
    """The duty file's, and an id that is no longer among them."""
    found = [(one.id, f"{one.name} ({one.id})") for one in desk.works.caseload.duty().people]
    return found + ([(but, f"{but} (not in the duty file)")] if but not in dict(found) else [])


def _roles(ticked: tuple[str, ...]) -> list[tuple[str, str, bool]]:
    return [(role.value, role.value.capitalize(), role.value in ticked) for role in Role]


def _list(
    desk: Desk,
    visitor: Visitor,
    form: Form,
    status: int = 200,
    *,
    said: str = "",
    ticked: tuple[str, ...] = (),
) -> Response:
    now = datetime.now(UTC)
    with desk.database.transaction() as tx:
        found = accounts.everyone(tx)
    people = dict(_people(desk))
    return page(
        desk,
        "people.html",
        visitor=visitor,
        status=status,
        said=said,
        form=form,
        roles=_roles(ticked),
        persons=[pair for pair in people.items() if pair[0]],
        accounts=[
            {
                "href": f"/people/{one.id}",
                "name": one_line(one.name, 100),
                "login": one_line(one.login, 100),
                "roles": ", ".join(one.roles) or "none",
                "person": people.get(one.person, one_line(one.person, 80)) if one.person else "",
                "disabled": one.disabled_at is not None,
                "made": words.moment(one.made_at, now),
            }
            for one in found
        ],
    )


def _one(
    desk: Desk,
    visitor: Visitor,
    account_id: int,
    *,
    form: Form | None = None,
    ticked: tuple[str, ...] | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
    said: str = "",
    link: str = "",
) -> Response:
    now, account = datetime.now(UTC), _found(desk, account_id)
    with desk.database.transaction() as tx:
        owned = tokens.of_account(tx, account_id)
        issuers = accounts.bound_issuers(tx, account_id)
    kept = Form({"name": account.name, "person": account.person, "mail": account.mail})
    return page(
        desk,
        "person.html",
        visitor=visitor,
        status=status,
        said=said,
        link=link,
        faults=faults or {},
        form=form or kept,
        account=account,
        made=words.moment(account.made_at, now),
        disabled=words.moment(account.disabled_at, now) if account.disabled_at else None,
        ways=[*(["a password"] if account.has_password else []), *issuers],
        roles=_roles(ticked if ticked is not None else account.roles),
        persons=_people(desk, account.person) if account.person else _people(desk),
        tokens=open_tokens(owned, now),
    )
