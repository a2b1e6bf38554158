"""Notices: who is to be told of which flag, and how the telling went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from triage.errors import DeliveryDeferred
from triage.store import cases
from triage.store.database import Transaction


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A notice with all that its mail says."""

    id: int
    key: str
    recipient: str
    state: str
    attempts: int
    answer: str
    case_id: int
    reference: str
    number: str | None
    severity: str
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


@dataclass(frozen=True, slots=True)
class NoticeRow:
    id: int
    recipient: str
    state: str
    attempts: int
    answer: str
    created_at: datetime
    changed_at: datetime


def prepare(tx: Transaction, flag_id: int, digest: str, recipients: Sequence[str]) -> list[int]:
    """One waiting notice a recipient; those that exist already are not made again. Their ids.

    The key is the mail's digest and the recipient's place, so that it is the same whoever
    makes it, and so is the Message-ID made from it.
    """
    ids = []
    for place, recipient in enumerate(recipients):
        row = tx.execute(
            """insert into notice (key, flag_id, recipient) values (%s, %s, %s)
               on conflict (key) do nothing returning id""",
            [f"{digest[:40]}.{place}", flag_id, recipient],
        ).fetchone()
        if row:
            ids.append(int(row[0]))
    return ids


def claim(tx: Transaction, notice_id: int) -> DueNotice | None:
    """The notice, locked for this transaction; ``None`` when it is out or refused.

    Raises ``DeliveryDeferred`` while another worker has it: should that one die before it is
    out, somebody must come back.
    """
    open_states = "state in ('waiting', 'deferred')"
    locked = tx.execute(
        f"select id from notice where id = %s and {open_states} for update skip locked",  # noqa: S608
        [notice_id],
    ).fetchone()
    if locked is not None:
        return _due(tx, notice_id)
    waiting = tx.execute(f"select id from notice where id = %s and {open_states}", [notice_id])  # noqa: S608
    if waiting.fetchone() is not None:
        raise DeliveryDeferred("another worker has it")
    return None


def orphans(tx: Transaction, older_than_seconds: float) -> list[int]:
    """Notices that should go out and that no job is about to take: there should be none."""
    rows = tx.execute(
        """select id from notice
           where state in ('waiting', 'deferred')
             and changed_at < now() - make_interval(secs => %s)
             and not exists (
               select from procrastinate_jobs as job
               where job.task_name = 'deliver' and job.status in ('todo', 'doing')
                 and (job.args ->> 'notice_id')::bigint = notice.id)""",
        [older_than_seconds],
    )
    return [int(row[0]) for row in rows]


def refused(tx: Transaction, notice_id: int) -> DueNotice | None:
    """The notice, when it is still one that was refused for good."""
    notice = _due(tx, notice_id)
    return notice if notice and notice.state == "refused" else None


def _due(tx: Transaction, notice_id: int) -> DueNotice | None:
    with tx.cursor(row_factory=class_row(DueNotice)) as cursor:
        return cursor.execute(_DUE, [notice_id]).fetchone()


def settle(tx: Transaction, notice: DueNotice, state: str, answer: str) -> None:
    """Note how an attempt ended: ``sent``, ``deferred`` or ``refused``, and the server's word."""
    tx.execute(
        """update notice set state = %s, answer = %s, attempts = attempts + 1, changed_at = now()
           where id = %s""",
        [state, answer[:500], notice.id],
    )
    if state == "deferred" and notice.attempts:
        return  # said once; the notice itself counts the attempts
    story = {"notice": notice.id, "to": notice.recipient, "answer": answer[:200]}
    cases.tell(tx, notice.case_id, "triage", f"notice {state}", story)
    if state == "sent":
        tx.execute(
            "update cases set status = 'notified' where id = %s and status = 'flagged'",
            [notice.case_id],
        )


def reopen_refused(tx: Transaction) -> list[int]:
    """Make refused notices wait again; their ids."""
    rows = tx.execute(
        """update notice set state = 'waiting', changed_at = now() where state = 'refused'
           returning id"""
    )
    return [int(row[0]) for row in rows]


def unsent(tx: Transaction) -> list[NoticeRow]:
    """Notices not out yet or refused for good, oldest first."""
    return _rows(tx, "where state <> 'sent' order by created_at limit 200", [])


def of_case(tx: Transaction, case_id: int) -> list[NoticeRow]:
    return _rows(
        tx,
        "where flag_id in (select id from flag where case_id = %s) order by notice.id",
        [case_id],
    )


def tally(tx: Transaction) -> dict[str, int]:
    """State -> number of notices."""
    return dict(tx.execute("select state, count(*) from notice group by state").fetchall())


def _rows(tx: Transaction, where: str, values: Sequence[Any]) -> list[NoticeRow]:
    with tx.cursor(row_factory=class_row(NoticeRow)) as cursor:
        return cursor.execute(
            f"""select id, recipient, state, attempts, answer, created_at, changed_at
                from notice {where}""",  # noqa: S608 - clauses of ours
            values,
        ).fetchall()


_DUE = """
select notice.id, notice.key, notice.recipient, notice.state, notice.attempts,
       answer, cases.id as case_id, reference,
       number, flag.severity, flag.rule, flag.because, sender_name, sender_address, mail.subject,
       mail.sent, mail.received, mail.size, scores, evidence, content,
       seen.mailbox, seen.folder,
       seen.uidvalidity, seen.uid
from notice
join flag on flag.id = notice.flag_id
join cases on cases.id = flag.case_id
join mail on mail.id = flag.mail_id
left join assessment on assessment.mail_id = mail.id
left join raw_mail on raw_mail.mail_id = mail.id
left join lateral (
    select mailbox, folder, uidvalidity, uid from ledger where ledger.mail_id = mail.id limit 1
) as seen on true
where notice.id = %s
"""
