"""Mails as the API speaks of them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from service.api.models import Customer, Model
from triage.store.cases import CaseMail
from triage.store.life import warmth
from triage.store.mails import UnscoredMail
from triage.types import Outcome, Severity

LONGEST = 100_000
"""Characters of one text in an answer."""


class EvidenceOut(Model):
    """A sentence that moved a signal. Offsets count characters of the scored text: the subject
    without reply marks, an empty line, the mail's own text."""

    text: str
    start: int
    end: int
    signal: str
    score: float


class AttachmentOut(Model):
    name: str
    content_type: str
    size: int


class MailOut(Model):
    """A mail. Texts are cut after 100,000 characters; `cut` says so. `tone` is how angry it reads,
    0 (calm) to 3 (irate); `original` whether its bytes were kept."""

    id: int
    case: int | None
    received: datetime
    sender: Customer
    subject: str
    text: str
    quoted: str
    signature: str
    cut: bool
    kind: str
    language: str
    attachments: list[AttachmentOut]
    remarks: list[str]
    outcome: Outcome
    severity: Severity | None
    rule: str
    because: str | None
    model: str | None
    scores: dict[str, Annotated[float, Field(ge=0, le=1)]] | None
    tone: float | None
    evidence: list[EvidenceOut]
    original: bool

    @classmethod
    def of(cls, mail: CaseMail) -> Self:
        texts = {name: getattr(mail, name)[:LONGEST] for name in ("text", "quoted", "signature")}
        special = {"sender", "cut", "evidence", "case", "tone", *texts}
        return cls.model_validate(
            {name: getattr(mail, name) for name in cls.model_fields if name not in special}
            | texts
            | {
                "case": mail.case_id,
                "sender": Customer(name=mail.sender_name, address=mail.sender_address),
                "cut": any(len(getattr(mail, name)) > LONGEST for name in texts),
                "tone": warmth(mail.scores) if mail.scores else None,
                "evidence": mail.evidence or [],
            }
        )


class UnscoredOut(Model):
    """A mail that nothing could read, waiting for a person; `rule` says why."""

    id: int
    received: datetime
    sender: Customer
    subject: str
    language: str
    outcome: Outcome
    rule: str

    @classmethod
    def of(cls, row: UnscoredMail) -> Self:
        return cls.model_validate(
            {name: getattr(row, name) for name in cls.model_fields if name != "sender"}
            | {"sender": Customer(name=row.sender_name, address=row.sender_address)}
        )


class UnscoredPage(Model):
    """Newest first; `waiting` counts all there are."""

    items: list[UnscoredOut]
    waiting: int
    next: str | None
