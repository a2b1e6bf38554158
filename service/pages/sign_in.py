"""Signing in: by password, or by a link that works once."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts import coming_in
from service.auth import (
    SignedIn,
    caller,
    entered,
    origin,
    own_address,
    require_own_page,
    to_sign_in,
)
from service.desk import Desk, DeskOf
from service.pages.form import small_form
from service.render import page
from triage.store import accounts

router = APIRouter()

SAID = {
    "": "",
    "wrong": "Login and password do not fit each other.",
    "wait": "Too many attempts came from your address. Please wait a moment.",
    "link": "That link was used already, or is too old. Sign in, or ask for another.",
    "refused": "The provider did not let you in.",
    "unknown": "You are known there, and have no account here. Ask an administrator for one.",
    "down": "The provider cannot be reached at the moment. Try again, or sign in with a password.",
    "again": "That took too long, or began in another browser. Please sign in again.",
}
"""What the address may make the page say, and nothing else."""

Fields = Annotated[dict[str, str], Depends(small_form)]


@router.get("/sign-in")
def form(
    request: Request, desk: DeskOf, inside: SignedIn, next: str = "/", said: str = ""
) -> Response:
    address = own_address(next)
    if inside is not None:
        return RedirectResponse(address, 303)
    if not said:
        with desk.database.transaction() as tx:
            if not accounts.are_there_any(tx):
                return RedirectResponse("/set-up", 303)
    return _form(desk, address, said, 200)


@router.post("/sign-in")
def sign_in(request: Request, desk: DeskOf, fields: Fields) -> Response:
    """Three fields: ``login``, ``password``, and ``next`` for where to go on."""
    require_own_page(request, desk)
    address = own_address(fields.get("next", "/"))
    login = fields.get("login", "").strip().lower()[:200]
    wait = desk.door.begin(origin(request), login)
    if wait:
        headers = {"Retry-After": f"{wait:.0f}"}
        return _form(desk, address, "wait", 429, login=login, headers=headers)
    come = coming_in.by_password(
        desk.database, desk.web, login, fields.get("password", ""), caller(request, desk)
    )
    if come is None:
        return _form(desk, address, "wrong", 401, login=login)
    desk.door.take_back(origin(request), login)
    return entered(desk, come, address)


@router.get("/sign-in/link")
def by_link(
    request: Request, desk: DeskOf, inside: SignedIn, code: str, next: str = "/"
) -> Response:
    """A browser that is in already goes on, and leaves the code as it is; so does one that only
    looks ahead."""
    address = own_address(next)
    if "prefetch" in request.headers.get("sec-purpose", ""):
        return Response(status_code=204)
    if inside is not None:
        return RedirectResponse(address, 303)
    if desk.door.begin(origin(request)):
        return to_sign_in(address, said="wait")
    come = coming_in.by_link(desk.database, desk.web, code, caller(request, desk))
    if come is None:
        return to_sign_in(address, said="link")
    desk.door.take_back(origin(request))
    return entered(desk, come, address)


def _form(
    desk: Desk,
    address: str,
    said: str,
    status: int,
    *,
    login: str = "",
    headers: dict[str, str] | None = None,
) -> Response:
    return page(
        desk,
        "sign_in.html",
        status=status,
        headers=headers,
        address=address,
        said=SAID.get(said, ""),
        login=login,
        provider=desk.web.oidc.name if desk.web.oidc else "",
    )
