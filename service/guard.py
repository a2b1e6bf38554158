"""What holds for every answer: hosts we answer to, and what a browser may do with a page."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with less, browsers hide from us that a form is ours
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


LARGEST_BODY = 2 * 2**20
LARGEST_IMPORT = 64 * 2**20
_IMPORTS = ("/api/v1/import", "/api/v1/score")
"""Where whole mails are sent to."""


class Guard:
    """Answers only where we are meant: a page elsewhere that points its own name at our address
    (DNS rebinding) gets nothing. Bare addresses are no names and need no such care."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self.app = app
        self.names = {"localhost", urlsplit(base_url).hostname or ""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-cache")  # asked again, by its ETag
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if not self._known(Headers(scope=scope).get("host", "")):
            refusal = PlainTextResponse("This is not the host you asked for.\n", 421)
            await refusal(scope, receive, send_guarded)
            return
        body = _Bounded(receive, _largest(scope["path"]))
        await self.app(scope, body.receive, send_guarded)

    def _known(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self.names or _is_address(name)


class _Bounded:
    """A body of which no more than ``most`` bytes are taken in. Raises 413 inside the app."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413, "This is more than is taken in at once.")
        return message


def _largest(path: str) -> int:
    return LARGEST_IMPORT if path.startswith(_IMPORTS) else LARGEST_BODY


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
