"""Fills a store with readings made by hand, saved as the watcher saves them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from tests import readings
from tests.caseloads import caseload
from triage.classifier import mail_text
from triage.pipeline import Saver
from triage.store import Database
from triage.types import Assessment, Decision, Email, Evidence, Outcome, Person, Reading, Severity

MODEL = "mood-1.2"
POINT = ("Pat Point <pat@desk.example>",)
DANA = Person("Dana Reyes", "dana@customer.example")

_numbers = count(1)


def reading(
    text: str,
    decision: Decision,
    because: str = "",
    raised: dict[str, float] | None = None,
    decisive: Sequence[tuple[str, str]] = (),
    **changes: object,
) -> Reading:
    """A mail as read. ``decisive`` are sentences of it, each with the signal that it moved;
    ``changes`` name fields of its ``Email``; unscored where ``raised`` is ``None``."""
    raw = readings.raw_mail(next(_numbers))
    mail = readings.email(
        raw, **({"text": text, "subject": "Order 5512", "sender": DANA} | changes)
    )
    assessment = None
    if raised is not None:
        read = mail_text(mail.subject, mail.text)
        found = [(said, read.index(said), signal) for said, signal in decisive]
        evidence = tuple(Evidence(s, at, at + len(s), signal, 0.5) for s, at, signal in found)
        assessment = Assessment(read, readings.scores(**raised), evidence, MODEL)
    return Reading(raw, mail, assessment, decision, because)


def angry(text: str = "I waited. This is a disgrace. Do better.", **changes: object) -> Reading:
    """A flagged mail; its sentence "This is a disgrace." decided, where it has it."""
    sentence = "This is a disgrace."
    return reading(
        text,
        Decision(Outcome.FLAG, Severity.HIGH, "angry"),
        "The customer is angry with us. (angry 93 %, enough from 60 %)",
        {"upset": 0.97, "angry": 0.93, "urgent": 0.3},
        [(sentence, "angry")] if sentence in text else [],
        **changes,
    )


def unscored(text: str = "Wo bleibt meine Bestellung?", **changes: object) -> Reading:
    decision = Decision(Outcome.UNSCORED, None, "not scored: language de")
    return reading(text, decision, **({"language": "de"} | changes))


def unreadable() -> Reading:
    raw = readings.raw_mail(next(_numbers))
    return Reading(raw, None, None, Decision(Outcome.FAILED, None, "unreadable"), "no header")


def answering(earlier: Reading, later: Reading) -> Reading:
    """``later`` as a reply in the thread of ``earlier``."""
    assert isinstance(earlier.email, Email)
    assert isinstance(later.email, Email)
    return replace(later, email=replace(later.email, in_reply_to=earlier.email.message_id))


def save(database: Database, *saved: Reading, told: tuple[str, ...] = POINT) -> None:
    """Save readings; their notices stay waiting, as when no worker runs."""
    saver = Saver(caseload(*told))
    with database.transaction() as tx:
        saver.save(tx, saved)
