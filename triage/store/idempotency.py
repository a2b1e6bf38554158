"""Requests that are sent once more, and the answers they had the first time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Json, Jsonb

from triage.store.database import Transaction

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answered:
    """``digest`` is of the request that had this answer."""

    digest: bytes
    status: int
    body: Any
    headers: dict[str, str]


def begin(
    tx: Transaction, account_id: int, key: str, digest: bytes, now: datetime
) -> Answered | None:
    """``None`` where the request is new, and the key is taken until ``tx`` ends; else what was
    answered. One that is under way elsewhere is waited for."""
    tx.execute(
        """delete from idempotency where (account_id, key) in (
             select account_id, key from idempotency where made_at < %s
             limit 100 for update skip locked)""",
        [now - KEPT],
    )
    taken = tx.execute(
        """insert into idempotency (account_id, key, digest, status, made_at)
           values (%s, %s, %s, 0, %s) on conflict do nothing returning key""",
        [account_id, key, digest, now],
    ).fetchone()
    if taken is not None:
        return None
    with tx.cursor(row_factory=class_row(Answered)) as cursor:
        found = cursor.execute(
            "select digest, status, body, headers from idempotency"
            " where account_id = %s and key = %s",
            [account_id, key],
        ).fetchone()
    assert found is not None
    return found


def finish(
    tx: Transaction,
    account_id: int,
    key: str,
    *,
    status: int,
    body: object,
    headers: Mapping[str, str],
) -> None:
    """Keep the answer, with all that the request did: both or neither."""
    tx.execute(
        """update idempotency set status = %s, body = %s, headers = %s
           where account_id = %s and key = %s""",
        [status, Json(body), Jsonb(dict(headers)), account_id, key],
    )
