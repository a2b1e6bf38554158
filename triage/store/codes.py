"""Codes that work once and not for long; only their digests are kept."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from triage.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Code:
    """What a code was made for; ``account_id`` is ``None`` where that is nobody yet."""

    account_id: int | None
    data: dict[str, Any] = field(default_factory=dict)


def make(
    tx: Transaction, digest: bytes, purpose: str, code: Code, *, now: datetime, until: datetime
) -> None:
    tx.execute("delete from one_time_code where expires_at < %s", [now])
    tx.execute(
        """insert into one_time_code (digest, purpose, account_id, data, expires_at)
           values (%s, %s, %s, %s, %s)""",
        [digest, purpose, code.account_id, Jsonb(code.data), until],
    )


def take(tx: Transaction, digest: bytes, purpose: str, now: datetime) -> Code | None:
    """The code, used up; ``None`` when there is none, or no more."""
    row = tx.execute(
        """delete from one_time_code where digest = %s and purpose = %s
           returning account_id, data, expires_at""",
        [digest, purpose],
    ).fetchone()
    if row is None or row[2] <= now:
        return None
    return Code(row[0], row[1])


def drop(tx: Transaction, purpose: str) -> None:
    """None of this purpose works any more."""
    tx.execute("delete from one_time_code where purpose = %s", [purpose])
