"""What a notice says, before it is a mail."""

from dataclasses import dataclass
from datetime import datetime

from triage.notify.brief import Safety
from triage.types import Evidence, Person, Place, Severity


@dataclass(frozen=True, slots=True)
class FlagNotice:
    """Tells one person of one flag.

    ``notice_key`` is the notice's lasting name; the Message-ID is made from it, so that a repeat
    is known for one. ``case_number`` is what the desk calls the case. ``scores`` are the signals
    worth showing, with their probabilities. ``original`` is the customer's mail, or as much of it
    as was kept of ``original_size`` bytes; ``place`` is where it lies in the mailbox. Times are
    shown in the zone of ``received``. Replies go to ``reply_to``, else to ``sender``.
    ``safety`` is shown with an emergency alone.
    """

    notice_key: str
    recipient: Person
    sender: Person
    reply_to: Person | None
    case_id: int
    case_number: str
    severity: Severity
    customer: Person
    subject: str
    sent: datetime | None
    received: datetime
    rule: str
    because: str
    evidence: tuple[Evidence, ...]
    scores: tuple[tuple[str, float], ...]
    link: str | None
    place: Place | None
    original: bytes
    original_size: int
    safety: Safety | None = None


@dataclass(frozen=True, slots=True)
class TroubleNotice:
    """Tells the operator that a notice was refused for good. ``answer`` is the server's word;
    ``not_told`` is the person who therefore does not know of the flag."""

    notice_key: str
    recipient: Person
    sender: Person
    case_id: int
    case_number: str
    severity: Severity
    not_told: Person
    answer: str
    link: str | None
