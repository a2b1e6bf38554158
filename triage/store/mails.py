"""Mails as they were read: text, scores, decision, and the bytes where a person may need them."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from triage.store.database import Transaction
from triage.types import Assessment, Email, Outcome, RawMail, Reading

KEPT_WHOLE = frozenset({Outcome.FLAG, Outcome.UNSCORED, Outcome.FAILED})
"""Outcomes whose bytes are kept: a person must be able to open the mail."""


@dataclass(frozen=True, slots=True)
class UnscoredMail:
    """A mail waiting for a person because the model or the parser could not read it."""

    id: int
    received: datetime
    sender_name: str
    sender_address: str
    subject: str
    language: str
    outcome: str
    rule: str


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail as a list shows it."""

    id: int
    case_id: int | None
    received: datetime
    sender_name: str
    sender_address: str
    subject: str
    kind: str
    language: str
    outcome: str
    severity: str | None
    rule: str


def page(
    tx: Transaction,
    limit: int,
    before: int | None = None,
    *,
    outcome: str | None = None,
    case_id: int | None = None,
    sender: str = "",
) -> list[MailRow]:
    """Mails with an id below ``before``, newest first; those of which all that is given holds."""
    clauses: dict[LiteralString, object] = {
        "id < %s": before,
        "outcome = %s": outcome,
        "case_id = %s": case_id,
        "lower(sender_address) = lower(%s)": sender or None,
    }
    given = {clause: value for clause, value in clauses.items() if value is not None}
    where = "".join(f" and {clause}" for clause in given)
    with tx.cursor(row_factory=class_row(MailRow)) as cursor:
        return cursor.execute(
            f"""select id, case_id, received, sender_name, sender_address, subject, kind, language,
                       outcome, severity, rule
                from mail where true {where} order by id desc limit %s""",  # noqa: S608 - of ours
            [*given.values(), limit],
        ).fetchall()


def earlier_copy(tx: Transaction, raw: RawMail, email: Email | None) -> int | None:
    """The id of the same mail read before: same bytes, or the same writing delivered twice.

    A Message-ID is its sender's to choose, so alone it proves nothing: sender, date, subject
    and text must agree too.
    """
    row = tx.execute(
        _COPY if email and email.message_id and email.sent else _SAME_BYTES,
        {
            "digest": raw.digest,
            "message_id": email.message_id if email else None,
            "sent": email.sent if email else None,
            "sender": email.sender.address if email else "",
            "subject": email.subject if email else "",
            "text": email.text if email else "",
        },
    ).fetchone()
    return int(row[0]) if row else None


_SAME_BYTES = "select id from mail where digest = %(digest)s"
_COPY = f"""
{_SAME_BYTES} union all
(select id from mail where message_id = %(message_id)s and sent = %(sent)s
   and sender_address = %(sender)s and subject = %(subject)s and text = %(text)s limit 1)
limit 1
"""  # noqa: S608 - of our own parts


def keep(tx: Transaction, reading: Reading) -> int | None:
    """Keep a mail with its assessment; its id, or ``None`` when another watcher just kept it."""
    row = tx.execute(_INSERT, _mail_row(reading)).fetchone()
    if row is None:
        return None
    mail_id = int(row[0])
    if reading.decision.outcome in KEPT_WHOLE:
        tx.execute("insert into raw_mail values (%s, %s)", [mail_id, reading.raw.content])
    if reading.assessment is not None:
        _keep_assessment(tx, mail_id, reading.assessment)
    return mail_id


def _keep_assessment(tx: Transaction, mail_id: int, assessment: Assessment) -> None:
    scores = {signal: round(p, 4) for signal, p in assessment.scores.as_dict().items()}
    evidence = [asdict(sentence) for sentence in assessment.evidence]
    tx.execute(
        "insert into assessment (mail_id, model, scores, evidence) values (%s, %s, %s, %s)",
        [mail_id, assessment.model, Jsonb(scores), Jsonb(evidence)],
    )


def _mail_row(reading: Reading) -> dict[str, Any]:
    raw, email, decision = reading.raw, reading.email, reading.decision
    row: dict[str, Any] = dict.fromkeys(_COLUMNS)
    row |= {
        "digest": raw.digest,
        "received": raw.received,
        "size": raw.size,
        "outcome": decision.outcome,
        "severity": decision.severity,
        "rule": decision.rule,
        "failure": reading.because if email is None else "",
    }
    return row | (_email_columns(email) if email else _UNREAD)


_UNREAD: dict[str, Any] = {
    "earlier": [],
    "sender_name": "",
    "sender_address": "",
    "reply_to": "",
    "subject": "",
    "text": "",
    "quoted": "",
    "signature": "",
    "kind": "unknown",
    "kind_reason": "",
    "language": "und",
    "attachments": Jsonb([]),
    "remarks": [],
}


def _email_columns(email: Email) -> dict[str, Any]:
    answered = [email.in_reply_to] if email.in_reply_to else []
    return {
        "message_id": email.message_id,
        "earlier": list(dict.fromkeys([*email.references, *answered])),
        "sent": email.sent,
        "sender_name": email.sender.name,
        "sender_address": email.sender.address,
        "reply_to": email.reply_to[0].address if email.reply_to else "",
        "subject": email.subject,
        "text": email.text,
        "quoted": email.quoted,
        "signature": email.signature,
        "kind": email.kind,
        "kind_reason": email.kind_reason,
        "language": email.language,
        "case_number": email.case_number,
        "attachments": Jsonb([asdict(attachment) for attachment in email.attachments]),
        "remarks": list(email.remarks),
    }


_COLUMNS = (
    *("digest", "received", "size", "message_id", "earlier", "sent", "sender_name"),
    *("sender_address", "reply_to", "subject", "text", "quoted", "signature", "kind"),
    *("kind_reason", "language", "case_number", "attachments", "remarks", "outcome"),
    *("severity", "rule", "failure"),
)
_INSERT = f"""
insert into mail ({", ".join(_COLUMNS)})
values ({", ".join(f"%({column})s" for column in _COLUMNS)})
on conflict (digest) do nothing returning id
"""  # noqa: S608 - column names of ours


def waiting_for_a_person(
    tx: Transaction, limit: int = 100, before: int | None = None
) -> list[UnscoredMail]:
    """The newest mails that no model or parser could read; those older than mail ``before``."""
    with tx.cursor(row_factory=class_row(UnscoredMail)) as cursor:
        return cursor.execute(
            """select id, received, sender_name, sender_address, subject, language, outcome, rule
               from mail where outcome in ('unscored', 'failed')
               and (%(before)s::bigint is null or (received, id)
                    < (select received, id from mail where id = %(before)s))
               order by received desc, id desc limit %(limit)s""",
            {"before": before, "limit": limit},
        ).fetchall()


def count_for_a_person(tx: Transaction) -> int:
    row = tx.execute("select count(*) from mail where outcome in ('unscored', 'failed')").fetchone()
    assert row is not None
    return int(row[0])


def original(tx: Transaction, mail_id: int) -> bytes | None:
    """The mail's bytes as fetched, where they were kept."""
    row = tx.execute("select content from raw_mail where mail_id = %s", [mail_id]).fetchone()
    return bytes(row[0]) if row else None


def tally(tx: Transaction) -> dict[str, int]:
    """Outcome -> number of mails."""
    return dict(tx.execute("select outcome, count(*) from mail group by outcome").fetchall())
