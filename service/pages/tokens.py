"""Tokens of one's own programs: made here, their secret shown once, revoked here."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from service.accounts import manage
from service.accounts.manage import By
from service.accounts.visitor import Visitor, scopes_of
from service.auth import allowed
from service.desk import Desk, DeskOf, PathId
from service.forms import Form, PostedOf, refused_at
from service.permissions import TABLE, Act, Scope
from service.render import page
from service.views_tokens import token_views
from triage.errors import ActRefused
from triage.store import tokens

router = APIRouter()

Owner = Annotated[Visitor, Depends(allowed(Act.TOKENS_OWN))]
_DAYS = ((7, "A week"), (30, "A month"), (90, "Three months"), (365, "A year"))


@router.get("/me", dependencies=[Depends(allowed(Act.ACCOUNT_OWN))])
def me() -> Response:
    return RedirectResponse("/account", 303)


@router.get("/me/tokens")
def show(desk: DeskOf, visitor: Owner) -> Response:
    return _page(desk, visitor, Form({"days": "90"}))


@router.post("/me/tokens")
def make(desk: DeskOf, visitor: Owner, form: PostedOf) -> Response:
    """Fields: ``name``, ``days`` and ``scopes``, several of them."""
    ticked = form.several.get("scopes", ())
    days = form.whole_number("days")
    wrong = {} if days in dict(_DAYS) else {"days": "Choose how long it is good."}
    try:
        manage.good_name(form["name"])
        if wrong:
            return _page(desk, visitor, Form(form.values, wrong), 422, ticked=ticked)
        _, secret = manage.make_token(
            desk.database,
            visitor.account,
            form["name"],
            scopes_of(ticked),
            lasts=timedelta(days=days),
            by=By.visitor(visitor),
        )
    except ActRefused as error:
        found = wrong | refused_at(error, ("name", "scopes"))
        return _page(desk, visitor, Form(form.values, found), 422, ticked=ticked)
    return _page(desk, visitor, Form({"days": "90"}), secret=secret)


@router.post("/me/tokens/{token_id}/revoke")
def revoke(desk: DeskOf, visitor: Owner, token_id: PathId) -> Response:
    manage.revoke_token(desk.database, token_id, By.visitor(visitor), of=visitor.account)
    return RedirectResponse("/me/tokens", 303)


def _page(
    desk: Desk,
    visitor: Visitor,
    form: Form,
    status: int = 200,
    *,
    secret: str = "",
    ticked: tuple[str, ...] = (),
) -> Response:
    now = datetime.now(UTC)
    with desk.database.transaction() as tx:
        own = tokens.of_account(tx, visitor.account)
    return page(
        desk,
        "tokens.html",
        visitor=visitor,
        status=status,
        secret=secret,
        form=form,
        scopes=[(one.value, _for(one, visitor), one.value in ticked) for one in Scope],
        days=[(str(number), said) for number, said in _DAYS],
        tokens=token_views(own[:100], now),
    )


def _for(scope: Scope, visitor: Visitor) -> str:
    """What it lets a program do, of what the visitor may."""
    found = [act.value for act, rule in TABLE.items() if rule.scope is scope and visitor.may(act)]
    if len(found) > 4:
        return f"{', '.join(found[:3])} and {len(found) - 3} more"
    return ", ".join(found) or "nothing that you may do"
