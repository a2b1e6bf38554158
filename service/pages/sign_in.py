"""Signing in with the access key."""

from typing import Literal
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from service.auth import origin, own_address, signed_in, welcome
from service.desk import Desk, DeskOf
from service.render import page

router = APIRouter()

LARGEST_FORM = 8192

SAID = {
    "": "",
    "wrong": "That is not the key. Take care to copy all of it.",
    "wait": "Too many wrong keys came from your address. Please wait a moment.",
}


@router.get("/sign-in")
async def form(
    request: Request, desk: DeskOf, next: str = "/", said: Literal["", "wrong", "wait"] = ""
) -> Response:
    address = own_address(next)
    if signed_in(request, desk):
        return RedirectResponse(address, 303)
    return _form(desk, address, said, 200)


@router.post("/sign-in")
async def sign_in(request: Request, desk: DeskOf) -> Response:
    """Two fields: ``key``, and ``next`` for where to go on."""
    fields = await _fields(request)
    address = own_address(fields.get("next", "/"))
    wait = desk.attempts.wait(origin(request))
    if wait:
        return _form(desk, address, "wait", 429, {"Retry-After": f"{wait:.0f}"})
    if desk.keyring.opens(fields.get("key", "").strip()):
        return welcome(desk, address)
    desk.attempts.wrong(origin(request))
    return _form(desk, address, "wrong", 401)


def _form(
    desk: Desk, address: str, said: str, status: int, headers: dict[str, str] | None = None
) -> Response:
    return page(
        desk, "sign_in.html", status=status, headers=headers, address=address, said=SAID[said]
    )


async def _fields(request: Request) -> dict[str, str]:
    """The form's fields, the first of each name; nothing where the body is no small form."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return {}
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=8)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}
