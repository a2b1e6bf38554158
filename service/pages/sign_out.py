"""Signing out of this browser, or of all."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from service.accounts import coming_in
from service.accounts.visitor import Visitor
from service.auth import allowed, cookie_digest, farewell
from service.desk import DeskOf
from service.permissions import Act

router = APIRouter()


@router.post("/sign-out")
def sign_out(
    request: Request,
    desk: DeskOf,
    visitor: Annotated[Visitor, Depends(allowed(Act.ACCOUNT_OWN))],
    everywhere: Annotated[bool, Form()] = False,
) -> Response:
    """``everywhere``: in every browser that this account is signed in with."""
    cookie = cookie_digest(request, desk) or b""
    coming_in.leave(desk.database, visitor, cookie, everywhere=everywhere)
    return farewell(desk)
