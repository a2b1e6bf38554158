"""Records made by hand, for tests that start behind the parser and the model."""

from dataclasses import replace
from datetime import UTC, datetime

from triage.types import (
    SIGNALS,
    Assessment,
    Decision,
    Email,
    Evidence,
    MailKind,
    Outcome,
    Person,
    Place,
    RawMail,
    Reading,
    Scores,
    Severity,
)

JANE = Person("Jane Doe", "jane@customer.example")
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def raw_mail(uid: int = 1, content: bytes = b"", *, received: datetime = NOON) -> RawMail:
    content = content or f"Message-ID: <{uid}@customer.example>\n\nmail {uid}\n".encode()
    return RawMail(Place("support", "INBOX", 7, uid), received, content, len(content))


def email(raw: RawMail, **changes: object) -> Email:
    """A customer's mail; ``changes`` name fields of ``Email``."""
    plain = Email(
        digest=raw.digest,
        message_id=f"{raw.place.uid}@customer.example",
        in_reply_to=None,
        references=(),
        sent=NOON,
        sender=JANE,
        reply_to=(),
        to=(Person("", "support@desk.example"),),
        cc=(),
        subject="Router",
        text="Nobody answers. I want your manager.",
        quoted="",
        signature="",
        kind=MailKind.CUSTOMER,
        kind_reason="",
        language="en",
        case_number=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def scores(**raised: float) -> Scores:
    return Scores(**(dict.fromkeys(SIGNALS, 0.02) | raised))


def flagged(uid: int = 1, *, severity: Severity = Severity.HIGH, **changes: object) -> Reading:
    """A flagged mail; ``changes`` name fields of its ``Email``."""
    raw = raw_mail(uid)
    mail = email(raw, **changes)
    read = f"{mail.subject}\n\n{mail.text}"
    start = read.index(mail.text)
    evidence = Evidence(mail.text, start, start + len(mail.text), "supervisor", 0.6)
    assessment = Assessment(read, scores(supervisor=0.9), (evidence,), "model-1")
    decision = Decision(Outcome.FLAG, severity, "supervisor")
    return Reading(raw, mail, assessment, decision, "Asks for someone higher.")


def calm(uid: int = 1, **changes: object) -> Reading:
    """A mail that passes; ``changes`` name fields of its ``Email``."""
    raw = raw_mail(uid)
    mail = email(raw, **({"text": "Thank you, it works now."} | changes))
    assessment = Assessment("Router\n\nThank you, it works now.", scores(), (), "model-1")
    return Reading(raw, mail, assessment, Decision(Outcome.PASS, None, "none"), "No rule holds.")
