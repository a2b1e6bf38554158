"""A real SMTP server in a thread, whose answers a test sets.

    with SmtpServer() as server:
        server.defer(2)                                   # 451 to the next two RCPTs, then accept
        server.refuse("gone@example.org")                 # 550 to this recipient, always
        ...
        [mail] = server.wait_for(1)
        mail.message["Subject"], mail.sender, mail.recipients, mail.arrived

Options: ``security`` ("plain", "starttls", "tls"), ``login`` (user and password, then needed),
``eight_bit`` and ``smtputf8`` (what is offered), ``size`` (the largest mail, in bytes). The
certificate is for ``localhost`` and signed by ``server.authority``, whose file a client is given as
``server.ca_file``. The server listens on 127.0.0.1; name it by ``server.host``.
"""

import asyncio
import email
import logging
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Literal, Self

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.waiting import PATIENCE

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd speaks of every login

Security = Literal["plain", "starttls", "tls"]


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as it came. ``arrived`` is ``time.time()`` when its last byte was there;
    ``options`` are those of the MAIL command; ``user`` is who logged in, ``""`` for nobody."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    arrived: float
    options: tuple[str, ...]
    user: str
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.content, policy=default)


@dataclass
class _Turn:
    """What is done with the next ``times`` mails; ``at`` is the step at which it is done."""

    times: int
    at: Literal["RCPT", "DATA"]
    answer: str = ""
    act: Literal["answer", "hang", "drop"] = "answer"
    keep: bool = False


@dataclass
class _Handler:
    login: tuple[str, str] | None
    eight_bit: bool
    received: list[Received] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    turns: list[_Turn] = field(default_factory=list)
    objection: Callable[[bytes], str | None] = lambda content: None
    came: threading.Condition = field(default_factory=threading.Condition)
    attempts: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        return [line for line in answers if self.eight_bit or "8BITMIME" not in line]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.attempts += 1
        if address in self.refused:
            return self.refused[address]
        turn = self._turn("RCPT")
        if turn:
            return await self._play(turn, server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        content = envelope.content
        objection = self.objection(content)
        if objection:
            return objection
        turn = self._turn("DATA")
        if turn is None or turn.keep:
            self._keep(server, session, envelope, content)
        if turn:
            return await self._play(turn, server)
        return f"250 2.0.0 OK queued as {len(self.received)}"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert self.login is not None
        wanted = LoginPassword(*(text.encode() for text in self.login))
        return AuthResult(success=data == wanted, handled=False, auth_data=self.login[0])

    def _turn(self, at: str) -> _Turn | None:
        turn = next((turn for turn in self.turns if turn.at == at and turn.times), None)
        if turn:
            turn.times -= 1
        return turn

    async def _play(self, turn: _Turn, server: SMTP) -> str:
        if turn.act == "hang":
            await asyncio.sleep(3600)
        if turn.act == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return turn.answer

    def _keep(self, server: SMTP, session: Session, envelope: Envelope, content: bytes) -> None:
        assert server.transport is not None
        mail = Received(
            sender=envelope.mail_from or "",
            recipients=tuple(str(address) for address in envelope.rcpt_tos),
            content=content,
            arrived=time.time(),
            options=tuple(envelope.mail_options),
            user=str(session.auth_data or ""),
            encrypted=server.transport.get_extra_info("ssl_object") is not None,
        )
        with self.came:
            self.received.append(mail)
            self.came.notify_all()


class _Controller(Controller):
    """Takes the port that the system gives it, and says which."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class SmtpServer:
    """See the head of the file. Scripts set while it runs hold from the next command on."""

    host = "localhost"

    def __init__(
        self,
        *,
        security: Security = "plain",
        login: tuple[str, str] | None = None,
        eight_bit: bool = True,
        smtputf8: bool = True,
        size: int = 33_554_432,
    ) -> None:
        self.security = security
        self.authority = trustme.CA()
        self._folder = TemporaryDirectory(prefix="smtp-")
        self.ca_file = Path(self._folder.name) / "ca.pem"
        self.authority.cert_pem.write_to_path(str(self.ca_file))
        self._handler = _Handler(login=login, eight_bit=eight_bit)
        context = self._context() if security != "plain" else None
        self._controller = _Controller(
            self._handler,
            hostname="127.0.0.1",
            port=0,
            ready_timeout=PATIENCE,
            ssl_context=context if security == "tls" else None,
            tls_context=context if security == "starttls" else None,
            require_starttls=security == "starttls",
            enable_SMTPUTF8=smtputf8,
            data_size_limit=size,
            auth_required=login is not None,
            auth_require_tls=security == "starttls",
            auth_exclude_mechanism=() if login else ("LOGIN", "PLAIN"),
            authenticator=self._handler.authenticate if login else None,
            ident="test",
        )

    @property
    def port(self) -> int:
        return int(self._controller.port)

    @property
    def received(self) -> tuple[Received, ...]:
        return tuple(self._handler.received)

    @property
    def attempts(self) -> int:
        """RCPT commands so far, answered or not."""
        return self._handler.attempts

    def wait_for(self, count: int, seconds: float = PATIENCE) -> tuple[Received, ...]:
        """Block until ``count`` mails are there. Raises ``TimeoutError``."""
        handler = self._handler
        with handler.came:
            if not handler.came.wait_for(lambda: len(handler.received) >= count, seconds):
                raise TimeoutError(f"{len(handler.received)} of {count} mails in {seconds} s")
        return self.received

    def clear(self) -> None:
        """Forget mails and scripts."""
        self._handler.received.clear()
        self._handler.refused.clear()
        self._handler.turns.clear()
        self._handler.objection = lambda content: None

    def defer(
        self,
        times: int,
        answer: str = "451 4.3.0 try again later",
        at: Literal["RCPT", "DATA"] = "RCPT",
    ) -> None:
        """Answer ``times`` times so, at this step; then go on as before."""
        self._handler.turns.append(_Turn(times, at, answer))

    def refuse(self, address: str, answer: str = "550 5.1.1 no such user") -> None:
        """Always answer so to this recipient."""
        self._handler.refused[address] = answer

    def accept(self, address: str) -> None:
        """Take mail for this recipient again."""
        self._handler.refused.pop(address, None)

    def object_to(self, objection: Callable[[bytes], str | None]) -> None:
        """Ask ``objection`` of each mail's bytes; where it gives an answer, that is given."""
        self._handler.objection = objection

    def hang(self, times: int, at: Literal["RCPT", "DATA"] = "DATA") -> None:
        """Never answer, ``times`` times."""
        self._handler.turns.append(_Turn(times, at, act="hang"))

    def drop(self, times: int, at: Literal["RCPT", "DATA"] = "DATA", keep: bool = True) -> None:
        """End the connection instead of answering. At DATA, with ``keep``, the mail was taken:
        the case in which a sender cannot know and sends it again."""
        self._handler.turns.append(_Turn(times, at, act="drop", keep=keep))

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority.issue_cert("localhost").configure_cert(context)
        return context

    def start(self) -> Self:
        self._controller.start()
        return self

    def stop(self) -> None:
        self._controller.stop()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
