"""Changes as they happen, as server-sent events."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse

from service import keyring
from service.accounts.visitor import Visitor
from service.auth import allowed, cookie_digest
from service.desk import LARGEST_ID, Desk, DeskOf
from service.permissions import Act

router = APIRouter(tags=["events"])

_EXAMPLE = """retry: 2000
event: open
data: {}

id: 4711
event: case
data: {"kind": "case", "what": "acknowledged", "id": 4711, "case": 1001}

event: mail
data: {"kind": "mail", "what": "pass", "id": 90210, "case": null}
"""
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events without end: `case`, `mail` and `mailbox` with ids and names alone; "
        "`lost` when something may have been missed, so that all must be looked at anew; `over` "
        "when the session has ended; `beat` is a sign of life.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}
HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses=_STREAM,
    operation_id="follow_events",
)
async def follow_events(
    request: Request,
    desk: DeskOf,
    visitor: Annotated[Visitor, Depends(allowed(Act.EVENTS_STREAM))],
    last_event_id: Annotated[
        str | None, Header(max_length=40, description="`id` of the last event that was heard.")
    ] = None,
) -> StreamingResponse:
    """Follow changes as they happen, a sign of life every 15 seconds. What happened to cases since
    `Last-Event-ID` comes first; some of it perhaps once more."""
    stream = desk.live.follow(visitor, _digest(request, desk, visitor), _last(last_event_id))
    return StreamingResponse(stream, media_type="text/event-stream", headers=HEADERS)


def _digest(request: Request, desk: Desk, visitor: Visitor) -> bytes:
    """Of the session or the token that the visitor came with."""
    if visitor.how == "token":
        return keyring.digest(request.headers.get("authorization", "")[len("bearer ") :].strip())
    return cookie_digest(request, desk) or b""


def _last(given: str | None) -> int | None:
    """What is no id of ours is as good as none."""
    if given is None or not (given.isascii() and given.isdecimal()):
        return None
    return min(int(given), LARGEST_ID)
