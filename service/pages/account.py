"""One's own account: who one is here, where one is signed in, the password."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from service import words
from service.accounts import coming_in, manage, passwords
from service.accounts.manage import By
from service.accounts.visitor import Visitor
from service.auth import allowed, caller, cookie_digest, entered, origin
from service.desk import Desk, DeskOf
from service.permissions import Act
from service.plain import one_line
from service.render import page
from service.views_tokens import open_tokens
from triage.errors import ActRefused
from triage.store import accounts, sessions, tokens

router = APIRouter()

_BROWSERS = {
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "Edg": "Edge",
    "OPR/": "Opera",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "Linux": "Linux",
}
"""What browsers and systems write of themselves -> their names; the first that is found holds,
since most also name those they are like."""

Owner = Annotated[Visitor, Depends(allowed(Act.ACCOUNT_OWN))]


@router.get("/account")
def account(request: Request, desk: DeskOf, visitor: Owner) -> Response:
    return _page(request, desk, visitor, {})


@router.post("/account/password")
def change_password(
    request: Request,
    desk: DeskOf,
    visitor: Owner,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
) -> Response:
    """Other browsers are signed out, and this one gets a new session. Who came by a link need
    not know the old one: it is what the link is for."""
    if desk.door.begin(origin(request), visitor.login):
        wait = "Too many attempts came from your address. Please wait a moment."
        field = "new" if visitor.came == "link" else "old"
        return _page(request, desk, visitor, {field: wait}, 429)
    with desk.database.transaction() as tx:
        kept = accounts.password_of(tx, visitor.account)
        found = accounts.by_id(tx, visitor.account)
    known = visitor.came == "link" or passwords.matches(kept, old)
    if not known or found is None:
        return _page(request, desk, visitor, {"old": "That is not your password."}, 422)
    desk.door.take_back(origin(request), visitor.login)
    try:
        manage.set_password(desk.database, visitor.account, new, By.visitor(visitor))
    except ActRefused as refused:
        return _page(request, desk, visitor, {"new": str(refused)}, 422)
    with desk.database.transaction() as tx:
        come = coming_in.enter(
            tx, desk.web, found, caller(request, desk), how="password", now=datetime.now(UTC)
        )
    return entered(desk, come, "/account")


@router.post("/account/tokens/{token_id}/revoke")
def revoke(desk: DeskOf, visitor: Owner, token_id: int) -> Response:
    manage.revoke_token(desk.database, token_id, By.visitor(visitor), of=visitor.account)
    return RedirectResponse("/account", 303)


def _page(
    request: Request, desk: Desk, visitor: Visitor, wrong: dict[str, str], status: int = 200
) -> Response:
    now, here = datetime.now(UTC), cookie_digest(request, desk)
    with desk.database.transaction() as tx:
        found = accounts.by_id(tx, visitor.account)
        browsers = sessions.of_account(tx, visitor.account, now, desk.web.idle)
        own = tokens.of_account(tx, visitor.account)
    return page(
        desk,
        "account.html",
        visitor=visitor,
        status=status,
        wrong=wrong,
        asks_old=visitor.came != "link",
        account=found,
        browsers=[
            {
                "agent": one_line(one.agent, 120),
                "called": _called(one.agent),
                "address": one_line(one.address, 60),
                "seen": words.moment(one.seen_at, now),
                "here": one.digest == here,
            }
            for one in browsers
        ],
        tokens=open_tokens(own, now),
    )


def _called(agent: str) -> str:
    """``Firefox on Windows``; of others what they wrote of themselves."""
    browser = next((name for sign, name in _BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), "")
    if not (browser or system):
        return one_line(agent, 120) or "Unknown browser"
    return " on ".join(filter(None, (browser or "A browser", system)))
