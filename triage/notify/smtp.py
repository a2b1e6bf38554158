"""Handing a mail to the desk's SMTP server."""

import base64
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import getaddresses
from functools import lru_cache
from pathlib import Path
from threading import Timer
from typing import Literal

from triage.errors import DeliveryError, DeliveryRefused
from triage.notify.original import as_seven_bit
from triage.notify.refusal import ContentRefused, in_words, refusal, translated


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """A mail server and how to talk to it.

    ``secret`` is asked for the password at each login, so that a renewed one is taken up.
    ``timeout`` bounds each step and ``deadline`` all of a delivery, in seconds. The wait for the
    last answer is bounded by the deadline alone: who hangs up sooner and sends again makes
    doubles (RFC 5321, 4.5.3.2.6).
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "plain"] = "starttls"
    user: str = ""
    secret: Callable[[], str] = str
    ca_file: Path | None = None
    timeout: float = 30.0
    deadline: float = 300.0
    local_hostname: str | None = None


class Smtp:
    """A way to one mail server. Every delivery has a connection of its own; threads may share."""

    def __init__(self, settings: SmtpSettings) -> None:
        self.settings = settings
        self._name = f"{settings.host}:{settings.port}"
        self._context: ssl.SSLContext | None = None

    def send(self, message: EmailMessage) -> str:
        """Hand a mail over to all its recipients or none; the server's answer.

        Raises ``DeliveryDeferred`` when it is worth trying again (``NeedsOperator`` when somebody
        must mend login, certificate or settings first), and ``DeliveryRefused`` when it is not
        (``ContentRefused`` when the content was the reason). A connection lost after the content
        went out is deferred too: the server may have taken it, and the repeat bears the same
        Message-ID.
        """
        with translated(self._name), self._session() as client:
            return self._transfer(client, message)

    def probe(self) -> str:
        """Connect and log in without sending; what was found, in words. Raises as ``send``."""
        with translated(self._name), self._session() as client:
            code, answer = client.noop()
            if code != 250:
                raise refusal("NOOP", code, answer)
            login = f"logged in as {self.settings.user}" if self.settings.user else "no login"
            return f"{self._name} answers ({_secrecy(client)}, {login})"

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """A connection, secured and logged in, that lasts no longer than the deadline."""
        client = self._connected()
        watchdog = Timer(self.settings.deadline, _cut, [client])
        watchdog.daemon = True
        watchdog.start()
        try:
            client.ehlo_or_helo_if_needed()
            if self.settings.security == "starttls":
                self._start_tls(client)
            if self.settings.user:
                _log_in(client, self.settings.user, self.settings.secret())
            yield client
            _say_goodbye(client)
        except DeliveryError:
            _say_goodbye(client)
            raise
        finally:
            watchdog.cancel()
            client.close()

    def _connected(self) -> smtplib.SMTP:
        chosen = self.settings
        name = chosen.local_hostname or _own_name()
        if chosen.security != "tls":
            return smtplib.SMTP(chosen.host, chosen.port, name, chosen.timeout)
        with self._trust() as context:
            return smtplib.SMTP_SSL(
                chosen.host, chosen.port, name, timeout=chosen.timeout, context=context
            )

    def _start_tls(self, client: smtplib.SMTP) -> None:
        with self._trust() as context:
            client.starttls(context=context)
        client.ehlo_or_helo_if_needed()

    @contextmanager
    def _trust(self) -> Iterator[ssl.SSLContext]:
        """Whom to trust: read once, since that takes longer than a delivery, and again after a
        certificate was not trusted, since the operator mends that on disk."""
        context = self._context or ssl.create_default_context(cafile=self.settings.ca_file)
        self._context = context
        try:
            yield context
        except ssl.SSLCertVerificationError:
            self._context = None
            raise

    def _transfer(self, client: smtplib.SMTP, message: EmailMessage) -> str:
        sender, recipients = _envelope(message)
        content, options = _content(client, message, "".join([sender, *recipients]).isascii())
        code, answer = client.mail(sender, options)
        if code != 250:
            raise refusal("MAIL", code, answer)
        for recipient in recipients:
            code, answer = client.rcpt(recipient)
            if code not in {250, 251}:
                raise refusal("RCPT", code, answer)
        _wait(client, self.settings.deadline)
        try:
            code, answer = client.data(content)
        except smtplib.SMTPDataError as error:
            raise refusal("DATA", error.smtp_code, _bytes(error.smtp_error)) from error
        if code != 250:
            raise refusal("DATA", code, answer)
        _wait(client, min(5.0, self.settings.timeout))
        return in_words(code, answer)


def _envelope(message: EmailMessage) -> tuple[str, list[str]]:
    """The sender, who gets the mail back if it bounces, and the recipients."""
    sender, *recipients = (address for _, address in getaddresses([message["From"], message["To"]]))
    if not sender or not recipients or not all(recipients):
        raise DeliveryRefused("the mail has no sender or no recipient")
    return sender, recipients


def _content(
    client: smtplib.SMTP, message: EmailMessage, ascii_only: bool
) -> tuple[bytes, list[str]]:
    """The mail's bytes as this server can take them, and the options to announce."""
    if not ascii_only and not client.has_extn("smtputf8"):
        raise DeliveryRefused("the mail server takes no addresses beyond ASCII (SMTPUTF8)")
    if not client.has_extn("8bitmime"):
        message = as_seven_bit(message)
    content = message.as_bytes(policy=SMTP if ascii_only else SMTPUTF8)
    options = [] if ascii_only else ["SMTPUTF8"]
    if not content.isascii():
        options.append("BODY=8BITMIME")
    if client.has_extn("size"):
        options.append(f"SIZE={len(content)}")
        limit = client.esmtp_features["size"]
        if limit.isdecimal() and 0 < int(limit) < len(content):
            raise ContentRefused(f"the mail has {len(content)} bytes, the server takes {limit}")
    return content, options


def _log_in(client: smtplib.SMTP, user: str, password: str) -> None:
    if (user + password).isascii():
        client.login(user, password)
        return
    # smtplib knows ASCII alone; RFC 4616 says UTF-8
    credentials = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, answer = client.docmd("AUTH", f"PLAIN {credentials}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _wait(client: smtplib.SMTP, seconds: float) -> None:
    if client.sock is not None:
        client.sock.settimeout(seconds)


def _say_goodbye(client: smtplib.SMTP) -> None:
    """The mail is over; a rude good-bye changes nothing."""
    with suppress(OSError):
        client.quit()


def _cut(client: smtplib.SMTP) -> None:
    """End a connection that another thread waits on."""
    if client.sock is not None:
        with suppress(OSError):
            socket.socket.shutdown(client.sock, socket.SHUT_RDWR)


def _secrecy(client: smtplib.SMTP) -> str:
    version = client.sock.version() if isinstance(client.sock, ssl.SSLSocket) else None
    return version or "not encrypted"


def _bytes(answer: bytes | str) -> bytes:
    return answer.encode() if isinstance(answer, str) else answer


@lru_cache(maxsize=1)
def _own_name() -> str:
    """Our name for EHLO; asked once, since a resolver out of order takes seconds to say so."""
    name = socket.getfqdn()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
