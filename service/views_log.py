"""Rows of the complaint log as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service import words
from service.plain import one_line
from service.words import Moment
from triage.complaints.log import LogRow


@dataclass(frozen=True, slots=True)
class LogLine:
    href: str
    case_href: str
    reference: str
    opened: Moment
    customer: str
    what: str
    severity: str
    severity_word: str
    status: str
    cause: str
    fault: str
    remedy: str
    waits: bool
    owner: str
    overdue: int


def log_line(row: LogRow, names: Mapping[str, str], now: datetime) -> LogLine:
    """``waits``: the remedy is for somebody above to decide."""
    money = f" {row.amount} {row.currency}" if row.amount is not None else ""
    return LogLine(
        href=f"/cases/{row.case_id}/record",
        case_href=f"/cases/{row.case_id}",
        reference=row.reference,
        opened=words.moment(row.opened_at, now),
        customer=one_line(row.customer_name or row.customer_address, 80) or "Unknown",
        what=one_line(row.happened or row.subject, 200) or "(no subject)",
        severity=row.severity if row.severity in words.SEVERITY else "normal",
        severity_word=words.SEVERITY.get(row.severity, row.severity),
        status=words.sentence_case(row.status),
        cause=one_line(row.cause, 80),
        fault=words.sentence_case(row.fault),
        remedy=one_line(f"{row.remedy}{money}", 80) if row.remedy else "",
        waits=row.remedy_state == "deferred upward",
        owner=names.get(row.owner, one_line(row.owner, 60)),
        overdue=row.overdue,
    )
