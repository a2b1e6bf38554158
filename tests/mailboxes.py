"""What the tests of mail sources share."""

from pathlib import Path
from typing import Any

from tests.servers.dovecot import Dovecot
from tests.waiting import PATIENCE
from triage.mailbox import ImapSettings, ImapSource


def mail(subject: str, lines: int = 3) -> bytes:
    body = "".join(f"line {number} of {subject}\r\n" for number in range(lines))
    return f"From: ann@example.com\r\nSubject: {subject}\r\n\r\n{body}".encode()


def imap_settings(server: Dovecot, user: str = "desk", **changes: Any) -> ImapSettings:
    """Settings for a plain connection to a test server; ``changes`` override any of them."""
    chosen: dict[str, Any] = {
        "name": "support",
        "host": server.address,
        "port": server.port,
        "security": "plain",
        "user": user,
        "secret": lambda: server.password(user),
        "timeout": PATIENCE,
    }
    return ImapSettings(**(chosen | changes))


def imap_source(server: Dovecot, user: str = "desk", **changes: Any) -> ImapSource:
    """An open source; see ``imap_settings``."""
    source = ImapSource(imap_settings(server, user, **changes))
    source.open()
    return source


def maildir(path: Path, *parts: str) -> Path:
    """An empty Maildir."""
    for part in parts or ("cur", "new", "tmp"):
        (path / part).mkdir(parents=True)
    return path
