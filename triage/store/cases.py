"""Cases as they are shown, and their history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from triage.store.database import Transaction


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as the list shows it; ``sentence`` is the one that weighed most in its last flag."""

    id: int
    reference: str
    number: str | None
    customer_name: str
    customer_address: str
    subject: str
    severity: str
    status: str
    opened_at: datetime
    changed_at: datetime
    rule: str
    sentence: str | None


@dataclass(frozen=True, slots=True)
class CaseMail:
    """A mail with what was made of it. ``because`` says why it was flagged or is unreadable."""

    id: int
    received: datetime
    sender_name: str
    sender_address: str
    subject: str
    text: str
    quoted: str
    signature: str
    kind: str
    language: str
    attachments: list[dict[str, Any]]
    remarks: list[str]
    outcome: str
    severity: str | None
    rule: str
    because: str | None
    model: str | None
    scores: dict[str, float] | None
    evidence: list[dict[str, Any]] | None
    original: bool
    case_id: int | None


@dataclass(frozen=True, slots=True)
class EventRow:
    id: int
    at: datetime
    who: str
    what: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its newest mails and events; ``earlier_mails`` counts those not among them."""

    row: CaseRow
    mails: tuple[CaseMail, ...]
    events: tuple[EventRow, ...]
    earlier_mails: int


def tell(
    tx: Transaction,
    case_id: int,
    who: str,
    what: str,
    data: Mapping[str, Any],
    *,
    at: datetime | None = None,
) -> None:
    """Add to a case's history, which nothing ever takes away from; now, unless ``at`` is given."""
    tx.execute(
        """insert into event (case_id, who, what, data, at)
           values (%s, %s, %s, %s, coalesce(%s, now()))""",
        [case_id, who, what, Jsonb(dict(data)), at],
    )


def page(tx: Transaction, limit: int = 50, before: int | None = None) -> list[CaseRow]:
    """Cases, newest first, those with an id below ``before``."""
    with tx.cursor(row_factory=class_row(CaseRow)) as cursor:
        return cursor.execute(
            f"{_ROW} where %(before)s::bigint is null or cases.id < %(before)s"
            " order by cases.id desc limit %(limit)s",
            {"before": before, "limit": limit},
        ).fetchall()


def detail(tx: Transaction, case_id: int, limit: int = 100) -> Case | None:
    """A case with its mails and its history, oldest first; ``None`` when there is none.

    At most ``limit`` mails and four times as many events, the newest: a thread has no end.
    """
    with tx.cursor(row_factory=class_row(CaseRow)) as cursor:
        row = cursor.execute(f"{_ROW} where cases.id = %s", [case_id]).fetchone()
    if row is None:
        return None
    with tx.cursor(row_factory=class_row(CaseMail)) as cursor:
        mails = cursor.execute(_MAILS_OF_CASE, [case_id, limit]).fetchall()
    with tx.cursor(row_factory=class_row(EventRow)) as cursor:
        events = cursor.execute(
            """select id, at, who, what, data from event where case_id = %s
               order by id desc limit %s""",
            [case_id, limit * 4],
        ).fetchall()
    count = tx.execute("select count(*) from mail where case_id = %s", [case_id]).fetchone()
    assert count is not None
    return Case(row, tuple(mails[::-1]), tuple(events[::-1]), int(count[0]) - len(mails))


def events_since(
    tx: Transaction, case_id: int, revision: int, limit: int = 50
) -> tuple[EventRow, ...]:
    """What happened to a case since it had that revision, oldest first; at most the newest
    ``limit``."""
    with tx.cursor(row_factory=class_row(EventRow)) as cursor:
        rows = cursor.execute(
            """select id, at, who, what, data from event where case_id = %s and place > %s
               order by place desc limit %s""",
            [case_id, revision, limit],
        ).fetchall()
    return tuple(rows[::-1])


def mail(tx: Transaction, mail_id: int) -> CaseMail | None:
    """One mail, whether it is in a case or not."""
    with tx.cursor(row_factory=class_row(CaseMail)) as cursor:
        return cursor.execute(f"{_MAIL} where mail.id = %s", [mail_id]).fetchone()


_ROW = """
select cases.id, reference, number, customer_name, customer_address, subject, cases.severity,
       status, opened_at, changed_at, last.rule, last.sentence
from cases
join lateral (
    select flag.rule, assessment.evidence -> 0 ->> 'text' as sentence
    from flag left join assessment using (mail_id)
    where flag.case_id = cases.id order by flag.id desc limit 1
) as last on true
"""

_MAIL = """
select mail.id, received, sender_name, sender_address, subject, text, quoted, signature, kind,
       language, attachments, remarks, outcome, mail.severity, mail.rule,
       coalesce(flag.because, nullif(failure, '')) as because, model,
       scores, evidence, raw_mail.mail_id is not null as original, mail.case_id
from mail
left join flag on flag.mail_id = mail.id
left join assessment on assessment.mail_id = mail.id
left join raw_mail on raw_mail.mail_id = mail.id
"""

_MAILS_OF_CASE = f"{_MAIL} where mail.case_id = %s order by received desc, mail.id desc limit %s"
