"""What is stuck and needs a person to look."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.rows import class_row

from triage.store.database import Transaction


@dataclass(frozen=True, slots=True)
class StuckNotice:
    """A notice that did not reach its recipient; ``answer`` says why, in the mail server's last
    word or our own. One of no case, such as a digest, has no ``case_id``."""

    id: int
    kind: str
    case_id: int | None
    reference: str
    recipient: str
    state: str
    attempts: int
    answer: str
    created_at: datetime


def stuck_notices(tx: Transaction, patience: timedelta, limit: int = 50) -> list[StuckNotice]:
    """Notices refused, put off, or still waiting after ``patience``; oldest first."""
    with tx.cursor(row_factory=class_row(StuckNotice)) as cursor:
        return cursor.execute(
            """select notice.id, kind, case_id, coalesce(reference, '') as reference, recipient,
                      state, attempts, answer, created_at
               from notice left join cases on cases.id = notice.case_id
               where state not in ('sent', 'dropped', 'held', 'bundled')
                 and (state <> 'waiting' or created_at < now() - %s)
               order by created_at limit %s""",
            [patience, limit],
        ).fetchall()
