"""What notices say of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg.rows import class_row

from triage.store.database import Transaction


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What notices say of a case; of its last flag, and of the mail that raised it."""

    case_id: int
    reference: str
    number: str | None
    status: str
    severity: str
    owner: str | None
    customer_name: str
    customer_address: str
    case_subject: str
    opened_at: datetime
    done: str
    phone: str
    flag_id: int | None
    flag_severity: str
    rule: str
    because: str
    sender_name: str
    sender_address: str
    subject: str
    sent: datetime | None
    received: datetime
    size: int
    scores: dict[str, float] | None
    evidence: list[dict[str, Any]] | None
    content: bytes | None
    mailbox: str | None
    folder: str | None
    uidvalidity: int | None
    uid: int | None


def case_facts(tx: Transaction, case_id: int, flag_id: int | None = None) -> CaseFacts | None:
    """A case by one of its flags, else by the last one."""
    with tx.cursor(row_factory=class_row(CaseFacts)) as cursor:
        return cursor.execute(_CASE_FACTS, [flag_id, case_id]).fetchone()


def last_event(tx: Transaction, case_id: int, what: str) -> tuple[str, datetime, dict[str, Any]]:
    """Who, when, and the particulars of the last event of that name; empty where there is none."""
    row = tx.execute(
        """select who, at, data from event where case_id = %s and what = %s
           order by place desc limit 1""",
        [case_id, what],
    ).fetchone()
    return (str(row[0]), row[1], row[2]) if row else ("", datetime.min.replace(tzinfo=UTC), {})


def said(tx: Transaction, case_id: int, limit: int = 50) -> list[tuple[datetime, str, str]]:
    """What people wrote in a case (when, who, text), oldest first: for whoever takes it over."""
    rows = tx.execute(
        """select at, who, coalesce(data ->> 'text', data ->> 'said', data ->> 'why',
                                    data ->> 'done', data ->> 'what', data ->> 'note') as text
           from event where case_id = %s and who <> 'triage' order by place desc limit %s""",
        [case_id, limit],
    ).fetchall()
    return [(row[0], str(row[1]), str(row[2])) for row in reversed(rows) if row[2]]


def next_clock(tx: Transaction, case_id: int, kinds: Sequence[str]) -> tuple[str, datetime] | None:
    """Which of these clocks of a case rings next, and when."""
    row = tx.execute(
        "select kind, due from clock where case_id = %s and kind = any(%s) order by due limit 1",
        [case_id, list(kinds)],
    ).fetchone()
    return (str(row[0]), row[1]) if row else None


def times_told(tx: Transaction, case_id: int, kind: str, before: int) -> int:
    """How many notices of a kind went out about a case before the one with that id."""
    row = tx.execute(
        """select count(*) from notice
           where case_id = %s and kind = %s and id < %s and state = 'sent'""",
        [case_id, kind, before],
    ).fetchone()
    assert row is not None
    return int(row[0])


def promised_by(tx: Transaction, case_id: int, number: int) -> str:
    """The id of whoever made a promise."""
    row = tx.execute(
        "select made_by from promise where case_id = %s and number = %s", [case_id, number]
    ).fetchone()
    return str(row[0]) if row else ""


def told_of(tx: Transaction, case_id: int) -> list[tuple[str, datetime]]:
    """Recipients of what went out about a case, and when, the first time each."""
    rows = tx.execute(
        """select recipient, min(changed_at) from notice
           where case_id = %s and state = 'sent' and channel = 'mail'
           group by recipient order by 2 limit 50""",
        [case_id],
    )
    return [(str(row[0]), row[1]) for row in rows]


_CASE_FACTS = """
select cases.id as case_id, reference, number, status, cases.severity, owner, customer_name,
       customer_address, cases.subject as case_subject, opened_at, done, phone,
       flag.id as flag_id, coalesce(flag.severity, cases.severity) as flag_severity,
       coalesce(flag.rule, cases.rule) as rule, coalesce(flag.because, '') as because,
       coalesce(sender_name, customer_name) as sender_name,
       coalesce(sender_address, customer_address) as sender_address,
       coalesce(mail.subject, cases.subject) as subject, mail.sent,
       coalesce(mail.received, opened_at) as received, coalesce(mail.size, 0) as size,
       scores, evidence, content, seen.mailbox, seen.folder, seen.uidvalidity, seen.uid
from cases
left join flag on flag.id = coalesce(
    %s, (select max(id) from flag as last where last.case_id = cases.id))
left join mail on mail.id = flag.mail_id
left join assessment on assessment.mail_id = mail.id
left join raw_mail on raw_mail.mail_id = mail.id
left join lateral (
    select mailbox, folder, uidvalidity, uid from ledger where ledger.mail_id = mail.id limit 1
) as seen on true
where cases.id = %s
"""
