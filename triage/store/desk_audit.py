"""What people and programs did at the door of the desk: a trail that is only ever added to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from triage.store.database import Transaction

SIGNED_IN = "signed in"
SIGN_IN_FAILED = "sign-in failed"
SIGNED_OUT = "signed out"
SET_UP = "set up"
ACCOUNT_MADE = "account made"
ACCOUNT_CHANGED = "account changed"
PASSWORD_CHANGED = "password changed"  # noqa: S105 - the name of an event
TOKEN_MADE = "token made"  # noqa: S105 - the name of an event
TOKEN_REVOKED = "token revoked"  # noqa: S105 - the name of an event
CODE_MADE = "code made"
REFUSED = "refused"

EVENTS = (
    *(SIGNED_IN, SIGN_IN_FAILED, SIGNED_OUT, SET_UP, ACCOUNT_MADE, ACCOUNT_CHANGED),
    *(PASSWORD_CHANGED, TOKEN_MADE, TOKEN_REVOKED, CODE_MADE, REFUSED),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """``who`` is a login, empty where nobody is known; ``address`` where it came from."""

    id: int
    at: datetime
    who: str
    what: str
    address: str
    data: dict[str, Any]


def note(
    tx: Transaction, what: str, *, who: str, address: str, now: datetime, **data: object
) -> None:
    """Add an entry. ``data`` holds plain values and never a secret."""
    tx.execute(
        "insert into desk_audit (at, who, what, address, data) values (%s, %s, %s, %s, %s)",
        [now, who, what, address[:100], Jsonb(data)],
    )


def page(
    tx: Transaction,
    limit: int,
    before: int | None = None,
    *,
    who: str = "",
    what: str = "",
) -> list[Entry]:
    """The newest entries older than ``before``; of one login or one kind where that is given."""
    with tx.cursor(row_factory=class_row(Entry)) as cursor:
        return cursor.execute(
            """select id, at, who, what, address, data from desk_audit
               where (%(before)s::bigint is null or id < %(before)s)
                 and (%(who)s = '' or who = %(who)s) and (%(what)s = '' or what = %(what)s)
               order by id desc limit %(limit)s""",
            {"before": before, "who": who, "what": what, "limit": limit},
        ).fetchall()
