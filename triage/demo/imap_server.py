"""The demo's mail server: pymap over a Maildir on the loopback, in a process of its own.

Its own process, since it needs its own folder for temporary files: it renames them into the
Maildir, which fails where that is another file system than ``/tmp``.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from triage.errors import MailboxError

HOST = "127.0.0.1"
USER = "desk"
_PROGRAM = "triage.demo.imap_process"


@dataclass(frozen=True, slots=True)
class ImapAddress:
    """Where the server listens, in the clear, and how to log in; good until it stops."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)


@contextmanager
def imap_server(folder: Path) -> Iterator[ImapAddress]:
    """Run the server with its mails in ``folder``; they outlive it. Raises ``MailboxError``.

    It ends when its standard input does, so it never outlives this process, and it has a
    session of its own, so Ctrl-C reaches it only through us: after the watcher has let go.
    """
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    password = secrets.token_urlsafe(16)
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(  # noqa: S603 - our own module, fixed arguments
            [sys.executable, "-m", _PROGRAM, str(folder)],
            env={**os.environ, "TMPDIR": str(temporary), "FQDN": "localhost"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    with server:
        try:
            yield ImapAddress(HOST, _started(server, password, folder), USER, password)
        finally:
            _stop(server)


def _started(server: "subprocess.Popen[str]", password: str, folder: Path) -> int:
    """Give the server its password; the port it answers with."""
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        print(password, file=server.stdin, flush=True)
        return int(server.stdout.readline())
    except (OSError, ValueError):
        raise MailboxError(
            f"the demo's mail server did not start; see {folder / 'server.log'}"
        ) from None


def _stop(server: "subprocess.Popen[str]") -> None:
    assert server.stdin is not None
    server.stdin.close()
    try:
        server.wait(5)
    except subprocess.TimeoutExpired:
        server.kill()
