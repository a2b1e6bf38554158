"""Where a mail belongs: its case, an old one or a new one, and the flag it raises there."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from triage.policy.timetable import Timetable
from triage.store.database import Transaction
from triage.types import Decision, Email, Person, Reading


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new case begins with: its clocks, how the customer came to us, and when."""

    timetable: Timetable
    now: datetime
    source: str = "mail"


def of_thread(tx: Transaction, email: Email) -> int | None:
    """The case a mail belongs to: by what it answers, else by its number and its sender.

    A number alone is not enough: customers quote order numbers and each other's.
    """
    answered = [*email.references, *([email.in_reply_to] if email.in_reply_to else [])]
    row = None
    if answered:
        row = tx.execute(
            """select case_id from mail where message_id = any(%s) and case_id is not null
               order by id desc limit 1""",
            [answered],
        ).fetchone()
    if row is None and email.case_number:
        row = tx.execute(
            """select id from cases where number = %(number)s or reference = %(number)s
               intersect select id from cases where customer_address = %(address)s
               order by id desc limit 1""",
            {"number": email.case_number, "address": email.sender.address},
        ).fetchone()
    return int(row[0]) if row else None


def attach(tx: Transaction, case_id: int, mail_id: int) -> None:
    """Put a mail into a case."""
    tx.execute("update mail set case_id = %s where id = %s", [case_id, mail_id])


def place(tx: Transaction, mail_id: int, reading: Reading, opening: Opening) -> tuple[int, bool]:
    """Put a flagged mail into its case, or a new one; the case's id, and whether it is new."""
    email = reading.email
    assert email is not None
    one_at_a_time(tx, email.sender.address)
    found = _in_one_already(tx, mail_id) or of_thread(tx, email)
    case_id = _open(tx, email, reading.decision, opening) if found is None else found
    if found is None:
        _gather_thread(tx, case_id, email)
    attach(tx, case_id, mail_id)
    return case_id, found is None


def one_at_a_time(tx: Transaction, address: str) -> None:
    """Two mails of one customer at once must not open two cases: the second waits."""
    tx.execute("select pg_advisory_xact_lock(hashtextextended(%s, 1))", [address])


def _in_one_already(tx: Transaction, mail_id: int) -> int | None:
    row = tx.execute("select case_id from mail where id = %s", [mail_id]).fetchone()
    return row[0] if row else None


def flag(tx: Transaction, case_id: int, mail_id: int, reading: Reading, now: datetime) -> int:
    """Raise a flag in a case; its id."""
    decision = reading.decision
    assert decision.severity is not None
    tx.execute("update cases set rule = %s where id = %s", [decision.rule, case_id])
    row = tx.execute(
        """insert into flag (case_id, mail_id, severity, rule, because, at)
           values (%s, %s, %s, %s, %s, %s) returning id""",
        [case_id, mail_id, decision.severity, decision.rule, reading.because, now],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _open(tx: Transaction, email: Email, decision: Decision, opening: Opening) -> int:
    customer = _customer(email)
    row = tx.execute(
        """insert into cases (number, customer_name, customer_address, subject, severity, rule,
                              source, timetable, opened_at, changed_at)
           values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning id""",
        [
            email.case_number,
            customer.name,
            email.sender.address,
            email.subject,
            decision.severity,
            decision.rule,
            opening.source,
            Jsonb(opening.timetable.as_dict()),
            opening.now,
            opening.now,
        ],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _customer(email: Email) -> Person:
    return Person(email.sender.name or email.sender.address, email.sender.address)


def _gather_thread(tx: Transaction, case_id: int, email: Email) -> None:
    """Take in what this customer and we wrote before in the same thread."""
    answered = [*email.references, *([email.in_reply_to] if email.in_reply_to else [])]
    if answered:
        tx.execute(
            """update mail set case_id = %s where message_id = any(%s) and case_id is null
               and (sender_address = %s or kind = 'own')""",
            [case_id, answered, email.sender.address],
        )
