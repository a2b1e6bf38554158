"""Mail that was sent in to be read, and how far its reading is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from triage.store.database import Transaction

MOST_WRONG = 100
"""Places that could not be read of which it is kept why."""


@dataclass(frozen=True, slots=True)
class Batch:
    """``found`` counts the mails that were dealt with already."""

    id: int
    made_at: datetime
    format: str
    opens_cases: bool
    content: bytes
    found: int


@dataclass(frozen=True, slots=True)
class BatchRow:
    """``state``: waiting, running, done or failed; ``wrong`` are the first places that could not
    be read, and why."""

    id: int
    who: str
    made_at: datetime
    changed_at: datetime
    format: str
    opens_cases: bool
    state: str
    found: int
    kept: int
    repeated: int
    flagged: int
    wrong: list[str]
    wrong_count: int


def make(
    tx: Transaction,
    account_id: int,
    who: str,
    content: bytes,
    *,
    format: str,
    opens_cases: bool,
    now: datetime,
) -> BatchRow:
    row = tx.execute(
        """insert into import_batch
             (account_id, who, made_at, format, opens_cases, content, changed_at)
           values (%s, %s, %s, %s, %s, %s, %s) returning id""",
        [account_id, who, now, format, opens_cases, content, now],
    ).fetchone()
    assert row is not None
    made = by_id(tx, int(row[0]))
    assert made is not None
    return made


def begin(tx: Transaction, batch_id: int, now: datetime) -> Batch | None:
    """The batch, unless it is done."""
    with tx.cursor(row_factory=class_row(Batch)) as cursor:
        return cursor.execute(
            """update import_batch set state = 'running', changed_at = %s
               where id = %s and content is not null
               returning id, made_at, format, opens_cases, content, found""",
            [now, batch_id],
        ).fetchone()


def went_on(
    tx: Transaction,
    batch_id: int,
    *,
    found: int,
    kept: int,
    repeated: int,
    flagged: int,
    wrong: Sequence[str],
    now: datetime,
) -> None:
    """So many more were dealt with."""
    tx.execute(
        """update import_batch set found = found + %(found)s, kept = kept + %(kept)s,
             repeated = repeated + %(repeated)s, flagged = flagged + %(flagged)s,
             wrong = case when jsonb_array_length(wrong) < %(most)s then wrong || %(wrong)s
                          else wrong end,
             wrong_count = wrong_count + %(wrong_count)s, changed_at = %(now)s
           where id = %(id)s""",
        {
            "found": found,
            "kept": kept,
            "repeated": repeated,
            "flagged": flagged,
            "wrong": Jsonb(list(wrong)),
            "wrong_count": len(wrong),
            "most": MOST_WRONG,
            "now": now,
            "id": batch_id,
        },
    )


def finish(tx: Transaction, batch_id: int, now: datetime) -> None:
    """It is done, and its bytes are kept no longer: the mails are."""
    tx.execute(
        """update import_batch set state = 'done', content = null, changed_at = %s
           where id = %s""",
        [now, batch_id],
    )


def by_id(tx: Transaction, batch_id: int) -> BatchRow | None:
    with tx.cursor(row_factory=class_row(BatchRow)) as cursor:
        return cursor.execute(f"{_ROW} where id = %s", [batch_id]).fetchone()


def newest(tx: Transaction, limit: int, before: int | None = None) -> list[BatchRow]:
    with tx.cursor(row_factory=class_row(BatchRow)) as cursor:
        return cursor.execute(
            f"""{_ROW} where %(before)s::bigint is null or id < %(before)s
                order by id desc limit %(limit)s""",
            {"before": before, "limit": limit},
        ).fetchall()


_ROW = """
select id, who, made_at, changed_at, format, opens_cases, state, found, kept, repeated, flagged,
       wrong, wrong_count
from import_batch
"""
