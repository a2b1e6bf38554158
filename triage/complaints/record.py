"""The complaint record, one a case: what the incident report says (P10)."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from triage.duty import Role


class How(StrEnum):
    """How the complaint reached the desk; as ``cases.source``."""

    MAIL = "mail"
    CALL = "call"
    CHAT = "chat"
    VISIT = "visit"


class Fault(StrEnum):
    OURS = "ours"
    CUSTOMER = "customer"
    THIRD_PARTY = "third party"
    NOBODY = "nobody"
    UNKNOWN = "not known yet"


class Ending(StrEnum):
    """The resolution, or the lack of one."""

    RESOLVED = "resolved"
    PARTLY = "partly resolved"
    UNRESOLVED = "not resolved"


class Side(StrEnum):
    """Who says so: the facts are had from all sides before anything is judged (P12)."""

    CUSTOMER = "customer"
    OURS = "ours"
    THIRD_PARTY = "third party"
    PAPERS = "papers"  # order, log, contract


class RemedyState(StrEnum):
    GRANTED = "within authority"
    DEFERRED = "deferred upward"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the file's choices in the words it had when it was chosen, whatever the file says
    later. ``group`` is of causes alone."""

    id: str
    name: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """``internal`` is never shown to the customer (P18)."""

    side: Side
    text: str
    told_by: str
    at: datetime
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is done for the customer. People are ids of the duty file.

    ``needs`` is the lowest role whose limit covers the amount, where the one who proposed it has
    no such role; ``decided_by`` who then approved or refused it.
    """

    kind: Choice
    amount: Decimal | None
    currency: str
    state: RemedyState
    proposed_by: str
    needs: Role | None = None
    decided_by: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """``happened`` is what happened in the customer's words, restated; ``contact`` how the
    customer is reached."""

    case_id: int
    customer_name: str
    contact: str
    reported_at: datetime | None
    how: How
    happened: str = ""
    cause: Choice | None = None
    product: Choice | None = None
    team: Choice | None = None
    fault: Fault = Fault.UNKNOWN
    facts: tuple[Fact, ...] = ()
    remedy: Remedy | None = None
    ending: Ending | None = None
    resolution: str = ""
    lesson: str = ""


WORDS = {
    "customer_name": "customer's name",
    "contact": "contact",
    "reported_at": "date and time of the report",
    "how": "how it was reported",
    "happened": "what happened",
    "cause": "cause",
    "product": "product",
    "team": "team",
    "fault": "whose fault",
    "customer_facts": "the customer's side",
    "our_facts": "our side",
    "remedy": "remedy",
    "ending": "whether it was resolved",
    "resolution": "resolution",
    "lesson": "lesson",
}
"""Field -> its words, of everything that may be required; ``missing`` answers with fields."""


def missing(record: Record, needed: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``needed`` (keys of ``WORDS``) that the record lacks, in the order given.

    A fault not known yet is lacking, and so is a remedy that somebody still has to decide on.
    """
    return tuple(name for name in needed if not _has(record, name))


def _has(record: Record, name: str) -> bool:
    match name:
        case "fault":
            return record.fault is not Fault.UNKNOWN
        case "customer_facts":
            return any(fact.side is Side.CUSTOMER for fact in record.facts)
        case "our_facts":
            return any(fact.side is not Side.CUSTOMER for fact in record.facts)
        case "remedy":
            remedy = record.remedy
            return remedy is not None and remedy.state is not RemedyState.DEFERRED
    value = getattr(record, name)
    return bool(value.strip()) if isinstance(value, str) else value is not None


def differences(before: Record, after: Record) -> dict[str, dict[str, str]]:
    """Field -> from and to, in words; for the history. Facts and remedy have their own events."""
    return {
        field.name: {"from": in_words(old), "to": in_words(new)}
        for field in fields(Record)
        if field.name not in {"facts", "remedy"}
        and (old := getattr(before, field.name)) != (new := getattr(after, field.name))
    }


def in_words(value: object) -> str:
    if isinstance(value, Choice):
        return value.name
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def remedy_in_words(remedy: Remedy | None) -> str:
    if remedy is None:
        return ""
    money = f" {remedy.amount} {remedy.currency}" if remedy.amount is not None else ""
    return f"{remedy.kind.name}{money}, {remedy.state}"
