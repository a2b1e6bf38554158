"""What the API speaks: each model is a promise kept from version to version."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from triage.types import Outcome, Severity


class Model(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)


class Wrong(Model):
    """One thing wrong with a request."""

    where: str
    what: str


class Problem(Model):
    """An error (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Wrong] = []


class Customer(Model):
    name: str
    address: str


class CaseSummary(Model):
    """A case; `number` is the help desk's own, `sentence` weighed most in its last flag."""

    id: int
    reference: str
    number: str | None
    customer: Customer
    subject: str
    severity: Severity
    status: str
    opened_at: datetime
    changed_at: datetime
    rule: str
    sentence: str | None


class CasePage(Model):
    """Newest first; `next` is the cursor of the page that follows, null on the last."""

    items: list[CaseSummary]
    next: str | None


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
    """A mail of a case. Texts are cut after 100,000 characters; `cut` says so."""

    id: int
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
    evidence: list[EvidenceOut]


class NoticeOut(Model):
    id: int
    recipient: str
    state: str
    attempts: int
    answer: str
    created_at: datetime
    changed_at: datetime


class EventOut(Model):
    id: int
    at: datetime
    who: str
    what: str
    data: dict[str, object]


class CaseDetail(CaseSummary):
    """`earlier_mails` counts those too old to be listed; mails and events are oldest first."""

    mails: list[MailOut]
    earlier_mails: int
    notices: list[NoticeOut]
    events: list[EventOut]


class UnscoredOut(Model):
    """A mail that nothing could read, waiting for a person; `rule` says why."""

    id: int
    received: datetime
    sender: Customer
    subject: str
    language: str
    outcome: Outcome
    rule: str


class UnscoredPage(Model):
    """Newest first; `waiting` counts all there are."""

    items: list[UnscoredOut]
    waiting: int
    next: str | None


class MailboxOut(Model):
    """A folder and how watching it goes; `seen_at` is when its server last answered."""

    mailbox: str
    folder: str
    since: datetime
    state: str
    changed_at: datetime
    seen_at: datetime | None
    trouble: str


class Mailboxes(Model):
    items: list[MailboxOut]
