"""Tokens of programs: an account's rights, or some of them, for a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import dict_row

from triage.store.database import Transaction

_NOTED = timedelta(minutes=1)
_COLUMNS = (
    "api_token.id, account_id, login, api_token.name, scopes, hint, api_token.made_at,"
    " expires_at, used_at, revoked_at"
)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """``hint`` is how the secret begins; the secret itself is known to its holder alone."""

    id: int
    account_id: int
    login: str
    name: str
    scopes: tuple[str, ...]
    hint: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that is good now, with its account as that is now."""

    token_id: int
    account_id: int
    login: str
    name: str
    person: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]


def create(
    tx: Transaction,
    account_id: int,
    name: str,
    scopes: Iterable[str],
    *,
    digest: bytes,
    hint: str,
    now: datetime,
    expires_at: datetime,
) -> TokenRow:
    row = tx.execute(
        """insert into api_token (account_id, name, scopes, digest, hint, made_at, expires_at)
           values (%s, %s, %s, %s, %s, %s, %s) returning id""",
        [account_id, name, sorted(set(scopes)), digest, hint, now, expires_at],
    ).fetchone()
    assert row is not None
    made = by_id(tx, row[0])
    assert made is not None
    return made


def bearer(tx: Transaction, digest: bytes, now: datetime) -> Bearer | None:
    """Whose token this is, noted as used; ``None`` when it is no good (any more)."""
    with tx.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """select api_token.id as token_id, account_id, login, account.name, person, roles,
                      scopes, used_at
               from api_token join account on account.id = account_id
               where digest = %s and expires_at > %s and revoked_at is null
                 and disabled_at is null""",
            [digest, now],
        ).fetchone()
    if row is None:
        return None
    used_at = row.pop("used_at")
    if used_at is None or used_at < now - _NOTED:
        tx.execute("update api_token set used_at = %s where id = %s", [now, row["token_id"]])
    return Bearer(**{**row, "roles": tuple(row["roles"]), "scopes": tuple(row["scopes"])})


def by_id(tx: Transaction, token_id: int) -> TokenRow | None:
    found = _select(tx, "api_token.id = %s", token_id)
    return found[0] if found else None


def of_account(tx: Transaction, account_id: int) -> list[TokenRow]:
    """Newest first, those revoked and run out too."""
    return _select(tx, "account_id = %s", account_id)


def everyone(tx: Transaction) -> list[TokenRow]:
    return _select(tx, "%s", True)


def revoke(tx: Transaction, token_id: int, now: datetime) -> bool:
    """Whether it was still good for anything."""
    changed = tx.execute(
        "update api_token set revoked_at = %s where id = %s and revoked_at is null",
        [now, token_id],
    )
    return changed.rowcount == 1


def _select(tx: Transaction, where: str, value: object) -> list[TokenRow]:
    with tx.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            f"""select {_COLUMNS} from api_token join account on account.id = account_id
                where {where} order by api_token.id desc limit 1000""",  # noqa: S608 - our own
            [value],
        ).fetchall()
    return [_token(row) for row in rows]


def _token(row: Mapping[str, Any]) -> TokenRow:
    return TokenRow(**{**row, "scopes": tuple(row["scopes"])})
