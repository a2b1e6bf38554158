"""What is counted for those who run the program: numbers only, nobody's name."""

from dataclasses import dataclass

from psycopg.rows import class_row

from triage.store import mails, notices
from triage.store.database import Transaction


@dataclass(frozen=True, slots=True)
class FolderFigures:
    """``unseen_seconds``: since the server last answered; ``None`` when it never did."""

    mailbox: str
    folder: str
    state: str
    unseen_seconds: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of all that is stored, each by the value it is named after."""

    mails_by_outcome: dict[str, int]
    flags_by_severity: dict[str, int]
    cases_by_status: dict[str, int]
    notices_by_state: dict[str, int]
    oldest_unsent_seconds: float
    folders: tuple[FolderFigures, ...]


def count(tx: Transaction) -> Figures:
    return Figures(
        mails_by_outcome=mails.tally(tx),
        flags_by_severity=dict(
            tx.execute("select severity, count(*) from flag group by severity").fetchall()
        ),
        cases_by_status=dict(
            tx.execute("select status, count(*) from cases group by status").fetchall()
        ),
        notices_by_state=notices.tally(tx),
        oldest_unsent_seconds=_oldest_unsent(tx),
        folders=_folders(tx),
    )


def judged(tx: Transaction, model: str) -> list[tuple[str, int, int]]:
    """Signal, and how often people found right and wrong what ``model`` read."""
    rows = tx.execute(
        """select signal, (count(*) filter (where is_right))::int,
                  (count(*) filter (where not is_right))::int
           from verdict where model = %s group by signal order by signal""",
        [model],
    )
    return [(str(signal), int(right), int(wrong)) for signal, right, wrong in rows]


def _oldest_unsent(tx: Transaction) -> float:
    """Age of the notice that has waited longest, 0 when none waits; one refused waits too. One
    held for a bundle waits from the moment at which that is due, and then the bundle itself."""
    row = tx.execute(
        """select greatest(0, extract(epoch from now() - min(
             case state when 'held' then held_until else created_at end)))::float
           from notice where state not in ('sent', 'dropped', 'bundled')"""
    ).fetchone()
    assert row is not None
    return float(row[0])


def _folders(tx: Transaction) -> tuple[FolderFigures, ...]:
    with tx.cursor(row_factory=class_row(FolderFigures)) as cursor:
        rows = cursor.execute(
            """select mailbox, folder, state,
                      extract(epoch from now() - seen_at)::float as unseen_seconds
               from mailbox order by mailbox, folder"""
        ).fetchall()
    return tuple(rows)
