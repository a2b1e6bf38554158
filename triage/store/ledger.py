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
    """Enter places once; what is in the ledger already stays as it is."""
    with tx.cursor() as cursor:
        cursor.executemany(
            """insert into ledger (mailbox, folder, uidvalidity, uid, outcome, mail_id, received)
               values (%(mailbox)s, %(folder)s, %(uidvalidity)s, %(uid)s,
                       %(outcome)s, %(mail_id)s, %(received)s)
               on conflict do nothing""",
            [_row(entry) for entry in entries],
        )


def promote(tx: Transaction, entry: Entry) -> None:
    """Replace the entry of a mail that was too old once and has been read since."""
    tx.execute(
        """update ledger set outcome = %(outcome)s, mail_id = %(mail_id)s, recorded_at = now()
           where mailbox = %(mailbox)s and folder = %(folder)s
             and uidvalidity = %(uidvalidity)s and uid = %(uid)s and outcome = %(too_old)s""",
        _row(entry) | {"too_old": TOO_OLD},
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


def highest(tx: Transaction, mailbox: str, folder: str, uidvalidity: int) -> int:
    """The cursor: the highest UID entered, 0 when there is none."""
    row = tx.execute(
        """select coalesce(max(uid), 0) from ledger
           where mailbox = %s and folder = %s and uidvalidity = %s""",
        [mailbox, folder, uidvalidity],
    ).fetchone()
    assert row is not None
    return int(row[0])
