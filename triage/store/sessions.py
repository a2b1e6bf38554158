"""Browsers that are signed in. Only a digest of what a cookie holds is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import class_row, dict_row

from triage.store.database import Transaction

_AFTERLIFE = timedelta(days=7)
"""A session that ran out is kept so long: who signs in again in the same browser may send the
form that was open."""
_NOTED = timedelta(minutes=1)
"""That a session is used is written down this often at most."""


@dataclass(frozen=True, slots=True)
class Session:
    """A live session with its account as that is now."""

    account_id: int
    login: str
    name: str
    person: str
    roles: tuple[str, ...]
    form_token: str
    how: str
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One of an account's sessions, for its owner to look at."""

    how: str
    made_at: datetime
    seen_at: datetime
    address: str
    agent: str
    digest: bytes


def begin(
    tx: Transaction,
    digest: bytes,
    account_id: int,
    *,
    form_token: str,
    how: str,
    address: str,
    agent: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    tx.execute("delete from session where expires_at < %s", [now - _AFTERLIFE])
    tx.execute(
        """insert into session
             (digest, account_id, form_token, how, made_at, seen_at, expires_at, address, agent)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        [digest, account_id, form_token, how, now, now, expires_at, address, agent],
    )


def live(tx: Transaction, digest: bytes, now: datetime, idle: timedelta) -> Session | None:
    """The session, noted as used; ``None`` when it ended, was idle for longer than ``idle``, or
    its account is disabled."""
    with tx.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """select account_id, login, name, person, roles, form_token, how, session.made_at,
                      expires_at, seen_at
               from session join account on account.id = account_id
               where digest = %s and expires_at > %s and seen_at > %s and disabled_at is null""",
            [digest, now, now - idle],
        ).fetchone()
    if row is None:
        return None
    if row.pop("seen_at") < now - _NOTED:
        tx.execute("update session set seen_at = %s where digest = %s", [now, digest])
    return _session(row)


def form_token_of(tx: Transaction, digest: bytes, account_id: int) -> str | None:
    """What the forms of a session carry, though it ran out; only to the account it was of."""
    row = tx.execute(
        "select form_token from session where digest = %s and account_id = %s",
        [digest, account_id],
    ).fetchone()
    return str(row[0]) if row else None


def end(tx: Transaction, digest: bytes) -> None:
    tx.execute("delete from session where digest = %s", [digest])


def end_all(tx: Transaction, account_id: int, but: bytes = b"") -> int:
    """How many were ended; ``but`` is one that stays."""
    return tx.execute(
        "delete from session where account_id = %s and digest <> %s", [account_id, but]
    ).rowcount


def of_account(
    tx: Transaction, account_id: int, now: datetime, idle: timedelta
) -> list[SessionRow]:
    """Those that are live, the one used last first."""
    with tx.cursor(row_factory=class_row(SessionRow)) as cursor:
        return cursor.execute(
            """select how, made_at, seen_at, address, agent, digest from session
               where account_id = %s and expires_at > %s and seen_at > %s
               order by seen_at desc, made_at desc limit 100""",
            [account_id, now, now - idle],
        ).fetchall()


def _session(row: Mapping[str, Any]) -> Session:
    return Session(**{**row, "roles": tuple(row["roles"])})
