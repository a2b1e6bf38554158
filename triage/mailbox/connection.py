"""From settings to a logged-in connection, and from what went wrong to who can mend it."""

import re
import socket
import ssl
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    LoginError,
)

from triage.errors import MailboxError, MailboxRefused, TriageError
from triage.mailbox.settings import ImapSettings
from triage.mailbox.wire import Wire

BATCH_BYTES = 8 * 2**20
"""Mail asked for in one command; a larger mail goes alone."""

# RFC 5530: answers to a login or SELECT that another try may change.
_PASSING = re.compile(
    r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|too many|try again|temporar", re.IGNORECASE
)


class Connection(IMAPClient):  # type: ignore[misc]  # imapclient carries no types
    """imapclient over a ``Wire``, silent in logs, with IDLE that loses nothing."""

    def __init__(self, settings: ImapSettings, context: ssl.SSLContext | None) -> None:
        # Twice the batch: servers' idea of a size is an estimate on some (Exchange).
        self._allowance = 2 * (BATCH_BYTES + settings.max_bytes) + 2**20
        direct = settings.security == "tls"
        super().__init__(
            settings.host,
            settings.port,
            ssl=direct,
            ssl_context=context if direct else None,
            timeout=settings.timeout,
        )
        # imapclient turns imaplib's debugging on: it formats every line, mail and all, for a
        # logger that may print it. Off is also half the time of a fetch.
        self._imap.debug = 0
        self.normalise_times = False

    def _create_IMAP4(self) -> Wire:  # noqa: N802 - imapclient's name
        timeout = self._timeout.connect
        return Wire(self.host, self.port, self.ssl_context, timeout, self._allowance)

    @property
    def wire(self) -> Wire:
        wire: Wire = self._imap
        return wire

    def heard_of_mail(self) -> bool:
        """Whether an EXISTS came with any answer since this was last asked.

        A server that told us in passing, say during a FETCH, does not repeat it in IDLE.
        """
        _, data = self.wire.response("EXISTS")
        return data != [None]

    def heard_of_flags(self) -> bool:
        """Whether a FETCH came by itself since this was last asked: flags of a mail changed."""
        _, data = self.wire.response("FETCH")
        return data != [None]

    def forget_answers(self) -> None:
        """Drop mails left over from a FETCH that ended in NO."""
        self.wire.response("FETCH")

    def start_idle(self) -> None:
        """Begin IDLE; unlike imapclient's, takes news that comes before the "+"."""
        tag = self._imap._command("IDLE")
        while self._imap._get_response() is not None:
            if self._imap.tagged_commands.get(tag):
                raise IMAPClientError("the server refused IDLE")
        self._idle_tag = tag

    def leave_folder(self, uid: int, target: str) -> None:
        """Move one mail; by copying where the server lacks MOVE."""
        if self.has_capability("MOVE"):
            self.move([uid], target)
            return
        self.copy([uid], target)
        self.delete_messages([uid], silent=True)
        if self.has_capability("UIDPLUS"):  # a bare EXPUNGE would remove others' mail too
            self.uid_expunge([uid])


def connect(settings: ImapSettings) -> Connection:
    """A logged-in connection. Raises MailboxError, or MailboxRefused saying what to do."""
    secret = _ask_secret(settings)
    client = None
    try:
        client = _reach(settings)
        _login(client, settings, secret)
    except BaseException as exc:
        if client is not None:
            hang_up(client)
        if isinstance(exc, MailboxError) or not isinstance(exc, Exception):
            raise
        raise explain(exc, settings, "cannot connect") from None
    return client


def hang_up(client: Connection) -> None:
    """Close the socket without a word; never raises."""
    try:
        client.shutdown()
    except Exception:  # the connection is being thrown away, in whatever state it is
        return


def _ask_secret(settings: ImapSettings) -> str:
    try:
        secret = settings.secret()
    except MailboxError:
        raise
    except TriageError as exc:  # ours say what is missing, and no secret
        raise MailboxRefused(f"{settings.label}: {exc}") from exc
    except Exception as exc:  # the supplier may read a file or call a token service
        kind = type(exc).__name__
        raise MailboxError(f"{settings.label}: the secret could not be had ({kind})") from exc
    if not secret or any(char in secret for char in "\r\n\0"):
        raise MailboxRefused(f"{settings.label}: the secret is empty or has a line break in it")
    return secret


def _reach(settings: ImapSettings) -> Connection:
    context = None if settings.security == "plain" else _trust(settings)
    client = Connection(settings, context)
    if settings.security == "starttls":
        try:
            client.starttls(context)
        except BaseException:
            hang_up(client)
            raise
    return client


def _trust(settings: ImapSettings) -> ssl.SSLContext:
    """Certificates are always checked; ``ca_file`` replaces the system's authorities."""
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as exc:
        raise MailboxRefused(
            f"{settings.label}: ca_file {settings.ca_file} cannot be read: {tidy(exc)}"
        ) from exc


def _login(client: Connection, settings: ImapSettings, secret: str) -> None:
    try:
        if settings.auth == "xoauth2":
            client.sasl_login("XOAUTH2", _xoauth2(settings.user, secret))
        elif (settings.user + secret).isascii():
            client.login(settings.user, secret)
        else:  # LOGIN is ASCII only
            client.plain_login(settings.user, secret)
    except LoginError as exc:
        # From here on nothing may quote the server: it has the secret and might repeat it.
        said = tidy(exc).replace(secret, "***")
        if isinstance(exc.__context__, IMAPClientAbortError) or _PASSING.search(said):
            raise MailboxError(f"{settings.label}: cannot log in now: {said}") from None
        raise MailboxRefused(_login_advice(settings, said)) from None


def _login_advice(settings: ImapSettings, said: str) -> str:
    what = "password"
    advice = "check user and password; many providers want an app password or OAuth"
    if settings.auth == "xoauth2":
        what, advice = "token", "renew the OAuth token and check that it may read mail (IMAP)"
    if settings.security == "plain" and re.search("disabled|privacy|tls|ssl", said, re.IGNORECASE):
        advice = 'the server wants encryption: set security = "tls" or "starttls"'
    return f"{settings.label}: the server refused user and {what}: {said}; {advice}"


def _xoauth2(user: str, token: str) -> Any:
    """Answers the first challenge with the token and an error report with nothing, as asked."""
    answers = iter([f"user={user}\1auth=Bearer {token}\1\1".encode()])
    return lambda _challenge: next(answers, b"")


def explain(exc: Exception, settings: ImapSettings, doing: str) -> MailboxError:
    """The same trouble as MailboxError or MailboxRefused, in words for the operator."""
    about = f"{settings.label}: {doing}: "
    advice = _advice(exc)
    if advice is not None:
        return MailboxRefused(about + advice)
    if isinstance(exc, socket.gaierror):
        return MailboxError(about + f"no address for {settings.host}: {exc.strerror}")
    if isinstance(exc, TimeoutError):
        return MailboxError(about + f"no answer within {settings.timeout:g} s")
    if isinstance(exc, OSError | IMAPClientError):
        return MailboxError(about + tidy(exc))
    # imapclient's parser trips over garbage with whatever exception comes first.
    return MailboxError(about + f"the server's answer makes no sense ({type(exc).__name__})")


def _advice(exc: Exception) -> str | None:
    """What the operator must change; None where trying again may do."""
    if isinstance(exc, ssl.SSLCertVerificationError):
        return (
            f"the certificate is not trusted: {exc.verify_message}; set host to the name in the "
            "certificate, or ca_file to the authority that signed it"
        )
    if isinstance(exc, ssl.SSLError) and exc.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        return 'no TLS on this port; try security = "starttls" with port 143, or port 993'
    if isinstance(exc, CapabilityError):
        return f"{tidy(exc)}; try another security setting"
    return None


def is_passing(exc: Exception) -> bool:
    """Whether a server's NO sounds like another try may succeed."""
    return bool(_PASSING.search(str(exc)))


def tidy(exc: Exception) -> str:
    """One printable line of at most 200 characters."""
    text = re.sub(r"[^\x20-\x7e\xa0-\uffff]+", " ", str(exc)).strip()
    return text if len(text) <= 200 else text[:200] + "..."
