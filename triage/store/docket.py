"""Open cases by what runs out first, and mail that may have to be flagged by hand."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from triage.store.database import Transaction


@dataclass(frozen=True, slots=True)
class OpenCase:
    """``clock`` rings next, at ``due``; both empty for a case that no worker has seen yet."""

    id: int
    reference: str
    severity: str
    status: str
    owner: str | None
    customer_name: str
    customer_address: str
    subject: str
    clock: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class RecentMail:
    id: int
    received: datetime
    source: str
    sender_name: str
    sender_address: str
    subject: str
    outcome: str
    reference: str | None


def open_cases(
    tx: Transaction, limit: int = 50, owner: str | None = None, severity: str | None = None
) -> list[OpenCase]:
    """What runs out first comes first."""
    with tx.cursor(row_factory=class_row(OpenCase)) as cursor:
        return cursor.execute(
            """select cases.id, reference, severity, status, owner, customer_name,
                      customer_address, subject, coalesce(next.kind, '') as clock, next.due
               from cases left join lateral (
                   select kind, due from clock where case_id = cases.id order by due limit 1
               ) as next on true
               where ended_at is null
                 and (%(owner)s::text is null or owner = %(owner)s)
                 and (%(severity)s::text is null or severity = %(severity)s)
               order by next.due nulls first, cases.id limit %(limit)s""",
            {"owner": owner, "severity": severity, "limit": limit},
        ).fetchall()


def recent_mails(tx: Transaction, sender: str = "", limit: int = 30) -> list[RecentMail]:
    """The newest mails first, those of one sender's address where given."""
    with tx.cursor(row_factory=class_row(RecentMail)) as cursor:
        return cursor.execute(
            """select mail.id, received, mail.source, sender_name, sender_address, mail.subject,
                      outcome, reference
               from mail left join cases on cases.id = mail.case_id
               where %(sender)s = '' or lower(sender_address) = lower(%(sender)s)
               order by mail.id desc limit %(limit)s""",
            {"sender": sender, "limit": limit},
        ).fetchall()
