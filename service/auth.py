"""Who may: a browser that gave the access key once, or a program that sends it each time."""

import time
from typing import Annotated
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.desk import Desk, DeskOf
from service.keyring import LIFETIME
from service.render import page

_bearer = HTTPBearer(auto_error=False, description="The access key.")


class Detour(Exception):
    """The visitor is sent elsewhere instead of to the page asked for."""

    def __init__(self, response: Response) -> None:
        self.response = response


async def visitor(request: Request, desk: DeskOf) -> None:
    """Lets signed-in browsers on to a page; takes a key out of the address; else signs in."""
    if "key" in request.query_params:
        raise Detour(_by_link(request, desk))
    if signed_in(request, desk):
        return
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise Detour(_by_ourselves(request, desk))
    raise Detour(to_sign_in(_address(request)))


async def caller(
    request: Request,
    desk: DeskOf,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Lets programs with the key, and signed-in browsers, use the API."""
    if bearer is None and signed_in(request, desk):
        return
    wait = desk.attempts.wait(origin(request))
    if bearer is not None and wait:
        raise HTTPException(429, "Too many wrong keys.", {"Retry-After": f"{wait:.0f}"})
    if bearer is not None and desk.keyring.opens(bearer.credentials):
        return
    if bearer is not None:
        desk.attempts.wrong(origin(request))
    raise HTTPException(
        401, "Send the access key as “Authorization: Bearer …”.", {"WWW-Authenticate": "Bearer"}
    )


def signed_in(request: Request, desk: Desk) -> bool:
    token = request.cookies.get(cookie_name(desk))
    return token is not None and desk.keyring.honours(token, time.time())


def welcome(desk: Desk, address: str) -> Response:
    """On to ``address`` with the cookie that stands for the key."""
    response = RedirectResponse(address, 303)
    response.set_cookie(
        cookie_name(desk),
        desk.keyring.issue(time.time()),
        max_age=LIFETIME,
        secure=_secure(desk),
        httponly=True,
        samesite="strict",
    )
    return response


def farewell(desk: Desk) -> Response:
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(
        cookie_name(desk), secure=_secure(desk), httponly=True, samesite="strict"
    )
    return response


def to_sign_in(address: str, **more: str) -> Response:
    back = {"next": address} if address != "/" else {}
    query = urlencode({**back, **more})
    return RedirectResponse("/sign-in" + (f"?{query}" if query else ""), 303)


def own_address(offered: str) -> str:
    """``offered`` when it is a page of ours, else the first page: no redirect leaves the house."""
    strange = any(character in offered for character in "\\\r\n\t") or not offered.isprintable()
    if strange or not offered.startswith("/") or offered.startswith(("//", "/sign-")):
        return "/"
    parts = urlsplit(offered)
    return offered if not parts.scheme and not parts.netloc and len(offered) < 2000 else "/"


def origin(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def cookie_name(desk: Desk) -> str:
    """Its own for each port, since browsers share cookies between ports; bound to the host and
    to TLS by its prefix where there is TLS."""
    return f"{'__Host-' if _secure(desk) else ''}triage-{desk.web.port}"


def _secure(desk: Desk) -> bool:
    return desk.web.base_url.startswith("https:")


def _by_link(request: Request, desk: Desk) -> Response:
    """``?key=...`` signs in, and the address goes on without the key."""
    address = _address(request)
    if signed_in(request, desk):
        return RedirectResponse(address, 303)
    if desk.attempts.wait(origin(request)):
        return to_sign_in(address, said="wait")
    if desk.keyring.opens(request.query_params["key"]):
        return welcome(desk, address)
    desk.attempts.wrong(origin(request))
    return to_sign_in(address, said="wrong")


def _by_ourselves(request: Request, desk: Desk) -> Response:
    """A link in a mail read in the browser comes without our strict cookie: a page of ours that
    asks for the same address brings it along."""
    address = _address(request)
    return page(desk, "opening.html", address=address, headers={"Refresh": f"0; url={address}"})


def _address(request: Request) -> str:
    """The path and query asked for, without the key."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "key"]
    return own_address(quote(request.url.path) + (f"?{urlencode(query)}" if query else ""))
