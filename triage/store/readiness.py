"""Whether the database answers, asked by whoever sends us work."""

import psycopg
from psycopg_pool import PoolTimeout

from triage.errors import StoreError
from triage.store.database import Database


def must_answer(database: Database, seconds: float = 2.0) -> None:
    """Raises ``StoreError`` unless the database answers within about ``seconds``."""
    try:
        with database.pool.connection(timeout=seconds) as tx:
            tx.execute("select set_config('statement_timeout', %s, true)", [f"{seconds}s"])
            tx.execute("select 1 from mailbox limit 1")
    except PoolTimeout:
        raise StoreError("database: no connection in time") from None
    except psycopg.Error as error:
        raise StoreError(f"database: {type(error).__name__}") from error
