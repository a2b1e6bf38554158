"""What changes, as it changes: the database's own announcements, by ids alone."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg

from triage.errors import StoreError
from triage.store.database import Transaction

CHANNEL = "triage"
MOST = 500
"""Events that one who comes back is told of; after more they look at everything anew."""
_OVERLAP = 64
"""Ids are given out before a transaction commits: some below the last one heard may come late."""
_KEEPALIVE: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}

Kind = Literal["case", "mail", "mailbox"]


@dataclass(frozen=True, slots=True)
class News:
    """``id`` is that of the event of a case, or of the mail, 0 where there is none; ``what`` the
    event's name, the mail's outcome, or the folder's state."""

    kind: Kind
    what: str
    id: int = 0
    case: int | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a session or a token, as that is now."""

    digest: bytes
    roles: tuple[str, ...]


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[AsyncIterator[News]]:
    """News from the moment on that this is entered, on a connection of its own.

    Raises ``StoreError`` when the connection fails, now or later.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(
            url, autocommit=True, application_name="triage live", **_KEEPALIVE
        )
        async with connection:
            await connection.execute(f"listen {CHANNEL}")
            yield _news(connection)
    except psycopg.Error as error:
        raise StoreError(f"database: {type(error).__name__}") from error


async def _news(connection: psycopg.AsyncConnection[Any]) -> AsyncIterator[News]:
    async for notice in connection.notifies():
        yield News(**json.loads(notice.payload))


def events_after(tx: Transaction, last: int) -> list[News] | None:
    """What happened to cases after the event ``last``, and shortly before; ``None`` where that is
    more than ``MOST``."""
    rows = tx.execute(
        "select id, case_id, what from event where id > %s order by id limit %s",
        [max(0, last - _OVERLAP), MOST + _OVERLAP + 1],
    ).fetchall()
    if len(rows) > MOST + _OVERLAP:
        return None
    return [News("case", what, id, case) for id, case, what in rows]


def still_in(
    tx: Transaction,
    sessions: Iterable[bytes],
    tokens: Iterable[bytes],
    now: datetime,
    idle: timedelta,
) -> list[Holder]:
    """Those of the digests that are still good; looking at them is no use of them."""
    rows = tx.execute(
        """select digest, roles from session join account on account.id = account_id
           where digest = any(%(sessions)s) and expires_at > %(now)s and seen_at > %(seen)s
             and disabled_at is null
           union all
           select digest, roles from api_token join account on account.id = account_id
           where digest = any(%(tokens)s) and expires_at > %(now)s and revoked_at is null
             and disabled_at is null""",
        {"sessions": list(sessions), "tokens": list(tokens), "now": now, "seen": now - idle},
    ).fetchall()
    return [Holder(bytes(digest), tuple(roles)) for digest, roles in rows]
