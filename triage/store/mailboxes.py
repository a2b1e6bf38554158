"""How each folder of each mailbox is doing, for the people who look after them."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from triage.store.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class FolderHealth:
    """``state``: new, reading, waiting, standby, trouble, refused or stopped."""

    mailbox: str
    folder: str
    since: datetime
    state: str
    changed_at: datetime
    seen_at: datetime | None
    uidvalidity: int | None
    trouble: str


def meet(tx: Transaction, mailbox: str, folder: str, since: datetime | None) -> datetime:
    """The folder's cut-off: ``since`` where given, else the second it was first met (servers
    count whole ones)."""
    row = tx.execute(
        """insert into mailbox (mailbox, folder, since)
           values (%(mailbox)s, %(folder)s, coalesce(%(since)s, date_trunc('second', now())))
           on conflict (mailbox, folder)
           do update set since = coalesce(%(since)s, mailbox.since)
           returning since""",
        {"mailbox": mailbox, "folder": folder, "since": since},
    ).fetchone()
    assert row is not None
    cutoff: datetime = row[0]
    return cutoff


def is_new(tx: Transaction, mailbox: str, folder: str) -> bool:
    """Whether the folder has been met and never been open."""
    row = tx.execute(
        "select seen_at is null from mailbox where mailbox = %s and folder = %s",
        [mailbox, folder],
    ).fetchone()
    return row is None or bool(row[0])


def report(
    database: Database,
    mailbox: str,
    folder: str,
    state: str,
    *,
    trouble: str = "",
    uidvalidity: int | None = None,
) -> None:
    """Note a folder's state; any but trouble and refused means that the server answered."""
    answered = state in {"reading", "waiting"}
    with database.transaction() as tx:
        tx.execute(
            """update mailbox set state = %(state)s, trouble = %(trouble)s,
                 changed_at = case when state = %(state)s then changed_at else now() end,
                 seen_at = case when %(answered)s then now() else seen_at end,
                 uidvalidity = coalesce(%(uidvalidity)s, uidvalidity)
               where mailbox = %(mailbox)s and folder = %(folder)s""",
            {
                "mailbox": mailbox,
                "folder": folder,
                "state": state,
                "trouble": trouble[:500],
                "answered": answered,
                "uidvalidity": uidvalidity,
            },
        )


def forget(tx: Transaction, mailbox: str) -> int:
    """Drop a mailbox's folders from the list; how many there were. The ledger keeps its entries."""
    return tx.execute("delete from mailbox where mailbox = %s", [mailbox]).rowcount


def everyone(tx: Transaction) -> list[FolderHealth]:
    with tx.cursor(row_factory=class_row(FolderHealth)) as cursor:
        return cursor.execute(
            """select mailbox, folder, since, state, changed_at, seen_at, uidvalidity, trouble
               from mailbox order by mailbox, folder"""
        ).fetchall()
