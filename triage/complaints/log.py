"""The complaint log: what a row of it says, and what it is narrowed down by."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Everything given must hold; several values of one field are alternatives.

    ``text`` is as one types into a search page: words all of which must be there, "a phrase",
    ``or``, and ``-word`` for one that must not be. ``since`` and ``until`` (not included) bound the
    time a case was opened. ``customer`` is a mail address. ``cause``, ``product`` and ``team`` are
    ids, ``owner`` a person's. ``overdue``: a promise to the customer is past its date, unkept.
    """

    text: str = ""
    status: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    cause: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    fault: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    customer: str = ""
    since: datetime | None = None
    until: datetime | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class LogRow:
    """A case with its record; empty where nothing was written yet. ``promises`` counts all made,
    ``overdue`` those past their date and unkept."""

    case_id: int
    reference: str
    number: str
    opened_at: datetime
    status: str
    severity: str
    source: str
    owner: str
    customer_name: str
    customer_address: str
    subject: str
    happened: str
    cause: str
    cause_group: str
    product: str
    team: str
    fault: str
    remedy: str
    amount: Decimal | None
    currency: str
    remedy_state: str
    ending: str
    resolution: str
    lesson: str
    acknowledged_at: datetime | None
    answered_at: datetime | None
    told_at: datetime | None
    ended_at: datetime | None
    promises: int
    overdue: int


TITLES = {
    "reference": "Case",
    "number": "Own number",
    "opened_at": "Opened",
    "status": "Status",
    "severity": "Severity",
    "source": "By",
    "owner": "Owner",
    "customer_name": "Customer",
    "customer_address": "Address",
    "subject": "Subject",
    "happened": "What happened",
    "cause": "Cause",
    "cause_group": "Group of cause",
    "product": "Product",
    "team": "Team",
    "fault": "Whose fault",
    "remedy": "Remedy",
    "amount": "Amount",
    "currency": "Currency",
    "remedy_state": "Remedy is",
    "ending": "Outcome",
    "resolution": "Resolution",
    "lesson": "Lesson",
    "acknowledged_at": "Acknowledged",
    "answered_at": "Answered",
    "told_at": "Customer told",
    "ended_at": "Ended",
    "promises": "Promises",
    "overdue": "Overdue promises",
}
"""Field of ``LogRow`` -> head of its column, in the order of an export."""
