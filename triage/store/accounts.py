"""Who may use the desk. An account is never deleted, only disabled: the trail names it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.errors import UniqueViolation
from psycopg.rows import dict_row

from triage.errors import ActRefused
from triage.store.database import Transaction

_LOCK = 7_217_415_302
"""Held while it is seen to that an admin is left, and that there is one first account."""
_COLUMNS = (
    "account.id, login, name, person, roles, mail, password <> '' as has_password, disabled_at,"
    " account.made_at, made_by"
)


@dataclass(frozen=True, slots=True)
class Account:
    """``person`` is who they act as in the duty file, empty for those who act on no case."""

    id: int
    login: str
    name: str
    person: str
    roles: tuple[str, ...]
    mail: str
    has_password: bool
    disabled_at: datetime | None
    made_at: datetime
    made_by: str


def create(
    tx: Transaction,
    login: str,
    name: str,
    *,
    roles: Iterable[str],
    person: str = "",
    mail: str = "",
    password: str = "",
    made_by: str,
    now: datetime,
) -> Account:
    """A new account; ``password`` is its argon2id hash. Raises ``ActRefused`` for a login that
    is taken."""
    try:
        with tx.transaction(), tx.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(
                f"""insert into account
                      (login, name, person, roles, mail, password, made_at, made_by)
                    values (%s, %s, %s, %s, %s, %s, %s, %s) returning {_COLUMNS}""",  # noqa: S608
                [login, name, person, sorted(set(roles)), mail, password, now, made_by],
            ).fetchone()
    except UniqueViolation:
        raise ActRefused(f"login: {login} is taken", ("login",)) from None
    assert row is not None
    return _account(row)


def by_id(tx: Transaction, account_id: int) -> Account | None:
    return _one(tx, "id = %s", account_id)


def by_login(tx: Transaction, login: str) -> Account | None:
    return _one(tx, "login = %s", login)


def by_mail(tx: Transaction, mail: str) -> Account | None:
    """The account with this address, small letters; ``None`` where several have it."""
    with tx.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            f"select {_COLUMNS} from account where lower(mail) = %s limit 2",  # noqa: S608
            [mail],
        ).fetchall()
    return _account(rows[0]) if len(rows) == 1 else None


def everyone(tx: Transaction) -> list[Account]:
    with tx.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(f"select {_COLUMNS} from account order by login").fetchall()  # noqa: S608
    return [_account(row) for row in rows]


def are_there_any(tx: Transaction) -> bool:
    return tx.execute("select 1 from account limit 1").fetchone() is not None


def lock(tx: Transaction) -> None:
    """One at a time until ``tx`` ends: what is seen of the accounts stays true."""
    tx.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


def password_of(tx: Transaction, account_id: int) -> str:
    row = tx.execute("select password from account where id = %s", [account_id]).fetchone()
    return str(row[0]) if row else ""


def set_password(tx: Transaction, account_id: int, password: str) -> None:
    tx.execute("update account set password = %s where id = %s", [password, account_id])


def change(
    tx: Transaction, account_id: int, *, name: str, person: str, mail: str, roles: Iterable[str]
) -> None:
    """Raises ``ActRefused`` where no admin would be left."""
    lock(tx)
    tx.execute(
        "update account set name = %s, person = %s, mail = %s, roles = %s where id = %s",
        [name, person, mail, sorted(set(roles)), account_id],
    )
    _require_an_admin(tx)


def set_disabled(tx: Transaction, account_id: int, at: datetime | None) -> None:
    """Raises ``ActRefused`` where no admin would be left."""
    lock(tx)
    tx.execute("update account set disabled_at = %s where id = %s", [at, account_id])
    _require_an_admin(tx)


def bound(tx: Transaction, issuer: str, subject: str) -> Account | None:
    """The account that this subject of an OpenID provider signs in to."""
    with tx.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            f"""select {_COLUMNS} from account join identity on account_id = account.id
                where issuer = %s and subject = %s""",  # noqa: S608 - our own columns
            [issuer, subject],
        ).fetchone()
    return _account(row) if row else None


def bind(tx: Transaction, account_id: int, issuer: str, subject: str, now: datetime) -> None:
    tx.execute(
        "insert into identity (issuer, subject, account_id, made_at) values (%s, %s, %s, %s)",
        [issuer, subject, account_id, now],
    )


def bound_issuers(tx: Transaction, account_id: int) -> list[str]:
    rows = tx.execute("select issuer from identity where account_id = %s", [account_id]).fetchall()
    return [str(row[0]) for row in rows]


def _require_an_admin(tx: Transaction) -> None:
    admin = tx.execute(
        "select 1 from account where 'admin' = any(roles) and disabled_at is null limit 1"
    ).fetchone()
    if admin is None:
        raise ActRefused("roles: nobody would be left who may manage accounts", ("roles",))


def _one(tx: Transaction, where: str, value: object) -> Account | None:
    with tx.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            f"select {_COLUMNS} from account where {where}",  # noqa: S608 - our own conditions
            [value],
        ).fetchone()
    return _account(row) if row else None


def _account(row: Mapping[str, Any]) -> Account:
    return Account(**{**row, "roles": tuple(row["roles"])})
