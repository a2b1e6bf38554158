"""Signing in with an OpenID provider: to it, and back from it."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from service.accounts import by_provider
from service.accounts.by_provider import Answer, Away, Back
from service.accounts.oidc import BACK, Provider
from service.auth import caller, cookie_name, origin, own_address, secure, set_session, to_sign_in
from service.desk import Desk, DeskOf
from service.render import page

router = APIRouter()


@router.get("/sign-in/provider")
def to_provider(request: Request, desk: DeskOf, next: str = "/") -> Response:
    provider = _provider(request)
    if desk.door.begin(origin(request)):
        return to_sign_in(own_address(next), said="wait")
    desk.door.take_back(origin(request))
    sent = by_provider.send(desk.database, provider, own_address(next))
    if not isinstance(sent, Away):
        return to_sign_in(own_address(next), said=sent)
    response = RedirectResponse(sent.address, 303)
    response.set_cookie(
        _cookie(desk),
        sent.secret,
        max_age=int(by_provider.LASTS.total_seconds()),
        secure=secure(desk),
        httponly=True,
        samesite="lax",  # it must come along when the provider sends the browser back
    )
    return response


@router.get(BACK)
def back(
    request: Request,
    desk: DeskOf,
    *,
    state: str = "",
    code: str = "",
    error: str = "",
    iss: str = "",
) -> Response:
    provider = _provider(request)
    if desk.door.begin(origin(request)):
        return to_sign_in("/", said="wait")
    answer = Answer(state, code, error, iss, request.cookies.get(_cookie(desk), ""))
    come = by_provider.receive(desk.database, desk.web, provider, answer, caller(request, desk))
    if not isinstance(come, Back):
        return to_sign_in("/", said=come)
    desk.door.take_back(origin(request))
    # A redirect from here would come without our strict cookie: this page asks for it itself.
    headers = {"Refresh": f"0; url={come.address}"}
    response = page(desk, "opening.html", address=come.address, headers=headers)
    set_session(desk, response, come.entered)
    response.delete_cookie(_cookie(desk), secure=secure(desk), httponly=True, samesite="lax")
    return response


def _provider(request: Request) -> Provider:
    provider = request.app.state.provider
    if not isinstance(provider, Provider):
        raise HTTPException(404)
    return provider


def _cookie(desk: Desk) -> str:
    return f"{cookie_name(desk)}-provider"
