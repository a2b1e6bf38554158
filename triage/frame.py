"""What the words of every notice are set in: whose they are, where they lead, whose clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.config import Desk, person
from triage.duty import Duty
from triage.notify import Envelope, Line, Safety
from triage.policy import Policy
from triage.store.case_facts import CaseFacts
from triage.store.notices import Claimed
from triage.types import Evidence, Severity


@dataclass(frozen=True, slots=True)
class Frame:
    """``base_url`` is the page's; ``duty`` and ``policy`` give what is in force."""

    desk: Desk
    base_url: str
    duty: Callable[[], Duty]
    policy: Callable[[], Policy]

    def envelope(self, claimed: Claimed) -> Envelope:
        operator = person(self.desk.operator) if self.desk.operator else None
        return Envelope(claimed.key, person(claimed.recipient), person(self.desk.sender), operator)

    def safety(self) -> Safety:
        chosen = self.policy().safety
        return Safety(tuple((one.label, one.number) for one in chosen.numbers), chosen.steps)

    def name(self, id: object) -> str:
        """Of somebody who left the desk only the id is known."""
        known = self.duty().person(str(id or ""))
        return known.name if known else str(id or "")

    def local(self, moment: datetime) -> datetime:
        """By the desk's own clock."""
        return moment.astimezone(self.duty().hours.zone)

    def link(self, case: CaseFacts) -> str:
        return f"{self.base_url}/cases/{case.case_id}"

    def line(self, case: CaseFacts, says: str = "") -> Line:
        """A case in a list; ``says`` in place of the sentence that weighed most."""
        return Line(
            case_number=numbers(case),
            severity=Severity(case.severity),
            customer=case.customer_name or case.customer_address,
            rule=case.rule,
            sentence=says or sentence(case),
            since=self.local(case.received),
            link=self.link(case),
        )


def numbers(case: CaseFacts) -> str:
    """The help desk's own number, where the mail carries one, with ours behind it."""
    return f"{case.number} ({case.reference})" if case.number else case.reference


def evidence(rows: list[dict[str, Any]] | None) -> tuple[Evidence, ...]:
    return tuple(Evidence(**row) for row in rows or ())


def sentence(case: CaseFacts) -> str:
    """The one that weighed most, or nothing."""
    return next((one.text for one in evidence(case.evidence)), "")
