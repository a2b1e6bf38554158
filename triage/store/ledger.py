"""The ledger: what became of every place a mail was seen at."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from triage.store.database import Transaction
from triage.types import Place

REPEAT = "repeat"
"""The same mail was read before, at another place."""
TOO_OLD = "too_old"
"""Received before the mailbox's cut-off; ``triage backfill`` reads it."""
VANISHED = "vanished"
"""Listed by the server, gone before it could be fetched."""


@dataclass(frozen=True, slots=True)
class Entry:
    """``received`` is ``None`` for a mail that vanished."""

    place: Place
    outcome: str
    mail_id: int | None = None
    received: datetime | None = None


def record(tx: Transaction, entries: Iterable[Entry]) -> None:
    """Enter places once; what is in the ledger stays as it is, but for mail that was too old
    to be read then and has been read now."""
    with tx.cursor() as cursor:
        cursor.executemany(
            """insert into ledger (mailbox, folder, uidvalidity, uid, outcome, mail_id, received)
               values (%(mailbox)s, %(folder)s, %(uidvalidity)s, %(uid)s,
                       %(outcome)s, %(mail_id)s, %(received)s)
               on conflict (mailbox, folder, uidvalidity, uid) do update
                 set outcome = excluded.outcome, mail_id = excluded.mail_id, recorded_at = now()
                 where ledger.outcome = 'too_old'""",
            [_row(entry) for entry in entries],
        )


def _row(entry: Entry) -> dict[str, Any]:
    own = {"outcome": entry.outcome, "mail_id": entry.mail_id, "received": entry.received}
    return asdict(entry.place) | own


def entered(tx: Transaction, mailbox: str, folder: str, uidvalidity: int) -> dict[int, str]:
    """UID -> outcome of everything entered for a folder under one UIDVALIDITY."""
    rows = tx.execute(
        "select uid, outcome from ledger where mailbox = %s and folder = %s and uidvalidity = %s",
        [mailbox, folder, uidvalidity],
    )
    return dict(rows.fetchall())


def tally(tx: Transaction) -> dict[tuple[str, str], dict[str, int]]:
    """Mailbox and folder -> outcome -> places."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    rows = tx.execute(
        "select mailbox, folder, outcome, count(*) from ledger group by mailbox, folder, outcome"
    )
    for mailbox, folder, outcome, count in rows:
        found.setdefault((mailbox, folder), {})[outcome] = count
    return found


def under_other_uidvalidity(tx: Transaction, mailbox: str, folder: str, uidvalidity: int) -> int:
    """How many places of a folder were entered before its UIDs changed their meaning."""
    row = tx.execute(
        """select count(*) from ledger
           where mailbox = %s and folder = %s and uidvalidity <> %s""",
        [mailbox, folder, uidvalidity],
    ).fetchone()
    assert row is not None
    return int(row[0])
