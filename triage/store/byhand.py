"""What people ask for by hand: of a mail that is kept, and in place of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from triage.store import placing
from triage.store.database import Transaction
from triage.types import (
    Assessment,
    Attachment,
    Email,
    Evidence,
    MailKind,
    Person,
    Scores,
    Severity,
)

UNKNOWN_SENDER = Person("unknown sender", "")
"""Of a mail that could not be read."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept mail, locked for this transaction. ``flag_id`` is that of the flag it raised."""

    id: int
    email: Email
    received: datetime
    size: int
    assessment: Assessment | None
    case_id: int | None
    flag_id: int | None


def kept(tx: Transaction, mail_id: int) -> Kept | None:
    """The mail, or ``None`` where there is none."""
    sender = tx.execute("select sender_address from mail where id = %s", [mail_id]).fetchone()
    if sender is None:
        return None
    placing.one_at_a_time(tx, str(sender[0]))  # before the mail's row: a mail that comes in does so
    with tx.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_KEPT, [mail_id]).fetchone()
    return _as_kept(row) if row else None


def granted(tx: Transaction, mail_id: int, wish: str) -> int | None:
    """The case in which this was done for the mail before."""
    row = tx.execute(
        "select case_id from wish where mail_id = %s and wish = %s", [mail_id, wish]
    ).fetchone()
    return int(row[0]) if row else None


def granted_places(
    tx: Transaction, mailbox: str, folder: str, uidvalidity: int, wish: str
) -> set[int]:
    """UIDs of a folder's mail for which this was done before."""
    rows = tx.execute(
        """select uid from wish join ledger using (mail_id)
           where mailbox = %s and folder = %s and uidvalidity = %s and wish = %s""",
        [mailbox, folder, uidvalidity, wish],
    )
    return {int(row[0]) for row in rows}


def mails_at(
    tx: Transaction, mailbox: str, folder: str, uidvalidity: int, uids: Iterable[int]
) -> list[int]:
    """Mails that were read from these places."""
    rows = tx.execute(
        """select mail_id from ledger where mailbox = %s and folder = %s and uidvalidity = %s
           and uid = any(%s) and mail_id is not null order by uid""",
        [mailbox, folder, uidvalidity, list(uids)],
    )
    return [int(row[0]) for row in rows]


def grant(tx: Transaction, kept: Kept, wish: str, who: str, now: datetime) -> None:
    """Keep that this was done for the mail, which is in its case by now."""
    tx.execute(
        """insert into wish (mail_id, wish, who, case_id, at)
           select id, %s, %s, case_id, %s from mail where id = %s""",
        [wish, who, now, kept.id],
    )


def flag_mail(tx: Transaction, mail_id: int, severity: Severity, rule: str) -> None:
    """A person's word goes over the policy's; what the model read in it stays."""
    tx.execute(
        "update mail set outcome = 'flag', severity = %s, rule = %s where id = %s",
        [severity, rule, mail_id],
    )


def keep_bytes(tx: Transaction, mail_id: int, content: bytes) -> None:
    """The original of a mail that a person will want to open."""
    if content:
        tx.execute(
            "insert into raw_mail values (%s, %s) on conflict (mail_id) do nothing",
            [mail_id, content],
        )


def set_aside(tx: Transaction, mail_id: int, rule: str, content: bytes) -> None:
    """Leave a mail for a person to see, with the reason."""
    tx.execute("update mail set outcome = 'unscored', rule = %s where id = %s", [rule, mail_id])
    keep_bytes(tx, mail_id, content)


def set_source(tx: Transaction, mail_id: int, source: str) -> None:
    tx.execute("update mail set source = %s where id = %s", [source, mail_id])


def by_message_id(tx: Transaction, message_id: str, sender: str) -> int | None:
    """The newest mail with a Message-ID, which is its sender's to choose: of that sender alone."""
    row = tx.execute(
        """select id from mail where message_id = %s and lower(sender_address) = lower(%s)
           order by id desc limit 1""",
        [message_id, sender],
    ).fetchone()
    return int(row[0]) if row else None


def by_digest(tx: Transaction, digest: str) -> int | None:
    row = tx.execute("select id from mail where digest = %s", [digest]).fetchone()
    return int(row[0]) if row else None


def written_by(tx: Transaction, sender: str, limit: int = 100) -> list[tuple[int, str, str]]:
    """The newest mails of a sender: id, subject, text."""
    rows = tx.execute(
        """select id, subject, text from mail where lower(sender_address) = lower(%s)
           order by id desc limit %s""",
        [sender, limit],
    )
    return [(int(row[0]), str(row[1]), str(row[2])) for row in rows]


def newest_in(tx: Transaction, number: str) -> int | None:
    """The customer's newest mail in the case of that reference or number."""
    row = tx.execute(
        """select mail.id from mail join cases on cases.id = mail.case_id
           where (cases.reference = %(number)s or cases.number = %(number)s)
             and mail.kind <> 'own' order by mail.id desc limit 1""",
        {"number": number},
    ).fetchone()
    return int(row[0]) if row else None


def case_of(tx: Transaction, number: str, address: str, phone: str) -> int | None:
    """The case that somebody calls about: the one of that reference or number, else the newest
    open one of the customer's address, else of their phone where no address is known."""
    if number:
        row = tx.execute(
            """select id from cases where reference = %(number)s or number = %(number)s
               order by id desc limit 1""",
            {"number": number},
        ).fetchone()
        return int(row[0]) if row else None
    row = tx.execute(_OPEN, {"address": address.lower(), "phone": digits(phone)}).fetchone()
    return int(row[0]) if row else None


def note_phone(tx: Transaction, case_id: int, phone: str) -> None:
    """How the customer can be called, where it is not known yet."""
    tx.execute("update cases set phone = %s where id = %s and phone = ''", [phone, case_id])


def digits(phone: str) -> str:
    """The last nine digits of a number, or nothing of a shorter one: however it is written."""
    found = "".join(letter for letter in phone if letter.isascii() and letter.isdigit())
    return found[-9:] if len(found) >= 6 else ""


_OPEN = r"""
select id from cases where ended_at is null
  and ((%(address)s <> '' and lower(customer_address) = %(address)s)
    or (%(phone)s <> '' and customer_address = ''
        and right(regexp_replace(phone, '\D', '', 'g'), 9) = %(phone)s))
order by lower(customer_address) = %(address)s desc, id desc limit 1
"""
_KEPT = """
select mail.*, assessment.model, assessment.scores, assessment.evidence, flag.id as flag_id
from mail
left join assessment on assessment.mail_id = mail.id
left join flag on flag.mail_id = mail.id
where mail.id = %s for update of mail
"""


def _as_kept(row: dict[str, Any]) -> Kept:
    return Kept(
        id=row["id"],
        email=_as_email(row),
        received=row["received"],
        size=row["size"],
        assessment=_as_assessment(row),
        case_id=row["case_id"],
        flag_id=row["flag_id"],
    )


def _as_email(row: dict[str, Any]) -> Email:
    sender = Person(row["sender_name"], row["sender_address"])
    reply_to = (Person("", row["reply_to"]),) if row["reply_to"] else ()
    known = row["kind"] in set(MailKind)
    return Email(
        digest=row["digest"],
        message_id=row["message_id"],
        in_reply_to=None,
        references=tuple(row["earlier"]),
        sent=row["sent"],
        sender=sender if sender.name or sender.address else UNKNOWN_SENDER,
        reply_to=reply_to,
        to=(),
        cc=(),
        subject=row["subject"],
        text=row["text"],
        quoted=row["quoted"],
        signature=row["signature"],
        kind=MailKind(row["kind"]) if known else MailKind.CUSTOMER,
        kind_reason=row["kind_reason"],
        language=row["language"],
        case_number=row["case_number"],
        attachments=tuple(Attachment(**one) for one in row["attachments"]),
        remarks=tuple(row["remarks"]),
    )


def _as_assessment(row: dict[str, Any]) -> Assessment | None:
    if row["scores"] is None:
        return None
    evidence = tuple(Evidence(**one) for one in row["evidence"])
    return Assessment("", Scores(**row["scores"]), evidence, row["model"])
