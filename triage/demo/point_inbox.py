"""The Point Person's inbox: an SMTP server on the loopback that keeps mails in a Maildir."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path
from threading import Thread
from typing import Any, Self

from aiosmtpd.smtp import SMTP

HOST = "127.0.0.1"
_NAME = re.compile(r"(\d+)\.M(\d+)P")


@dataclass(frozen=True, slots=True)
class Received:
    """A mail in the inbox; ``name`` is its lasting name there."""

    name: str
    sent: datetime | None
    sender: str
    subject: str
    severity: str
    text: str
    html: str
    attachments: tuple[str, ...]


class PointInbox:
    """A context that takes in mail while it is open; ``arrived`` is called with each."""

    def __init__(self, folder: Path, arrived: Callable[[Received], None]) -> None:
        self.port = 0
        self._maildir = Maildir(folder, create=True)
        self._arrived = arrived
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="point inbox", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        def session() -> asyncio.Protocol:
            smtp: asyncio.Protocol = SMTP(self, hostname="localhost", loop=self._loop)
            return smtp

        return await self._loop.create_server(session, HOST, 0)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        """aiosmtpd's hook: only what is kept is answered with 250."""
        name = self._maildir.add(envelope.content)
        self._arrived(_read(name, envelope.content))
        return "250 kept"


def newest(folder: Path, limit: int = 100) -> list[Received]:
    """The latest mails of an inbox, newest first."""
    maildir = Maildir(folder)
    names = sorted(maildir.keys(), key=_arrival, reverse=True)
    return [_read(name, maildir.get_bytes(name)) for name in names[:limit]]


def _arrival(name: str) -> tuple[int, ...]:
    """Maildir names begin with the second of delivery, then ``M`` and the microsecond."""
    begin = _NAME.match(name)
    return tuple(map(int, begin.groups())) if begin else ()


def one(folder: Path, name: str) -> Received | None:
    """The mail with this name, if there is one."""
    try:
        return _read(name, Maildir(folder).get_bytes(name))
    except KeyError:
        return None


def _read(name: str, content: bytes) -> Received:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return Received(
        name=name,
        sent=message["Date"].datetime if message["Date"] else None,
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        severity=str(message.get("X-Triage-Severity", "")),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(
            part.get_filename() or part.get_content_type() for part in message.iter_attachments()
        ),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
