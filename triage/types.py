"""One mail as data: the frozen records that rooms hand to each other, and nothing else."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

SIGNALS = (
    "upset",
    "angry",
    "irate",
    "complaint",
    "supervisor",
    "threat_leave",
    "threat_legal",
    "threat_public",
    "threat_safety",
    "abusive",
    "urgent",
)
"""What the classifier reads, in the order of its outputs (``docs/labels.md``).

``upset``, ``angry`` and ``irate`` are the anger level reaching 1, 2 and 3.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies. A server's UID means something only with its UIDVALIDITY.

    Sources without UIDs (Maildir, mbox, files) use ``uidvalidity`` 0 and a 63-bit digest of the
    mail's lasting name as ``uid``.
    """

    mailbox: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail as its source gave it. ``content`` is a prefix when ``size`` is larger."""

    place: Place
    received: datetime
    content: bytes
    size: int

    @property
    def truncated(self) -> bool:
        return len(self.content) < self.size

    @property
    def digest(self) -> str:
        """Identity of the mail: SHA-256 (hex) of its bytes, whatever Message-ID it claims."""
        return sha256(self.content).hexdigest()


class MailKind(StrEnum):
    CUSTOMER = "customer"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    BULK = "bulk"
    FEEDBACK = "feedback"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Email:
    """A mail as a person would read it.

    ``text`` is what the customer wrote in this mail and all that is ever scored, with the
    subject; ``quoted`` and ``signature`` were cut from it and are only shown. ``remarks`` say
    what stood in the way of reading it whole ("encrypted", "truncated", "nested too deep").
    """

    digest: str
    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    sent: datetime | None
    sender: Person
    reply_to: tuple[Person, ...]
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    subject: str
    text: str
    quoted: str
    signature: str
    kind: MailKind
    kind_reason: str
    language: str
    case_number: str | None
    attachments: tuple[Attachment, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities, one a signal, each in 0 to 1."""

    upset: float
    angry: float
    irate: float
    complaint: float
    supervisor: float
    threat_leave: float
    threat_legal: float
    threat_public: float
    threat_safety: float
    abusive: float
    urgent: float

    def __getitem__(self, signal: str) -> float:
        return float(getattr(self, signal))

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that moved a score. ``start`` and ``end`` are character offsets into
    ``Assessment.read``; ``score`` is how far the signal falls without the sentence."""

    text: str
    start: int
    end: int
    signal: str
    score: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the classifier made of one mail. ``read`` is the exact text it was given."""

    read: str
    scores: Scores
    evidence: tuple[Evidence, ...]
    model: str


class Outcome(StrEnum):
    """What becomes of a mail."""

    FLAG = "flag"
    PASS = "pass"  # noqa: S105 - not a password
    UNSCORED = "unscored"  # not read by the model: for a person
    AUTOMATIC = "automatic"  # written by a machine or by ourselves
    FAILED = "failed"  # could not be read as mail: for a person


class Severity(StrEnum):
    EMERGENCY = "emergency"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Decision:
    """What policy says of a mail; ``rule`` is the name of the rule that decided."""

    outcome: Outcome
    severity: Severity | None
    rule: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that reading one mail came to. ``email`` is ``None`` for a mail that cannot be read;
    ``because`` says in words why the decision fell as it did."""

    raw: RawMail
    email: Email | None
    assessment: Assessment | None
    decision: Decision
    because: str
