"""What every notice of a case has in common."""

from dataclasses import dataclass
from datetime import datetime

from triage.types import Person, Severity


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who is told. ``notice_key`` is the notice's lasting name; the Message-ID is made from it, so
    that a repeat is known for one. Replies go to ``reply_to``, else to ``sender``."""

    notice_key: str
    recipient: Person
    sender: Person
    reply_to: Person | None = None


@dataclass(frozen=True, slots=True)
class CaseBrief:
    """A case as every notice shows it.

    ``case_number`` is what the desk calls it, ``owner`` the name of who has it or nothing,
    ``sentence`` the one that weighed most. Times of a notice are shown in the zone of
    ``opened_at``.
    """

    case_id: int
    case_number: str
    severity: Severity
    status: str
    customer: Person
    subject: str
    owner: str
    opened_at: datetime
    rule: str
    because: str
    link: str | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody else who was told of the matter, and when."""

    name: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Safety:
    """What to do where somebody may come to harm: (label, number) to call, and the steps."""

    numbers: tuple[tuple[str, str], ...] = ()
    steps: tuple[str, ...] = ()
