"""From a notice as it is stored to what it says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.config import Desk, person
from triage.duty import Duty
from triage.life import ClockKind
from triage.matters import matter_of
from triage.notify import (
    Bundle,
    CaseBrief,
    CaseNotice,
    Done,
    Envelope,
    FlagNotice,
    Line,
    ManagerNotice,
    Notice,
    NotYet,
    Safety,
    Told,
    TroubleNotice,
)
from triage.policy import Policy
from triage.store import Transaction, notices
from triage.store import case_facts as facts_store
from triage.store.case_facts import CaseFacts, case_facts
from triage.store.notices import Claimed
from triage.types import Evidence, Person, Place, Severity

_WAITS_FOR: Mapping[str, str] = {
    ClockKind.ACKNOWLEDGE: "somebody takes the case",
    ClockKind.ANSWER: "the customer has an answer",
    ClockKind.PROGRESS: "the owner goes on",
    ClockKind.OUTCOME: "the customer is told the outcome",
    ClockKind.CONFIRM: "the customer says it works",
    ClockKind.PROMISE: "a promise is due",
    ClockKind.HOLD: "the hold ends",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """``base_url`` is the page's; ``duty`` and ``policy`` give what is in force."""

    desk: Desk
    base_url: str
    duty: Callable[[], Duty]
    policy: Callable[[], Policy]

    def of(self, tx: Transaction, claimed: Claimed) -> Notice | None:
        """The notice, or ``None`` where the case it is about is gone."""
        if claimed.kind == "bundle":
            return self._bundle(tx, claimed)
        if claimed.case_id is None:
            return None
        case = case_facts(tx, claimed.case_id, claimed.flag_id)
        if case is None:
            return None
        if claimed.kind == "flag":
            return self._flag(claimed, case)
        if claimed.kind == "manager":
            return self._manager(tx, claimed, case)
        return CaseNotice(
            envelope=self._envelope(claimed),
            case=self._brief(case),
            matter=matter_of(tx, claimed, case, self._name),
            until=self._until(tx, claimed, case),
            told=tuple(
                Told(person(one).name or person(one).address, at)
                for one, at in facts_store.told_of(tx, case.case_id)
                if one != claimed.recipient
            ),
            safety=self._safety(),
        )

    def trouble(self, tx: Transaction, claimed: Claimed) -> TroubleNotice | None:
        """Tells the operator that the notice was refused."""
        case = case_facts(tx, claimed.case_id, claimed.flag_id) if claimed.case_id else None
        return TroubleNotice(
            notice_key=f"{claimed.key}.trouble",
            recipient=person(self.desk.operator),
            sender=person(self.desk.sender),
            case_id=case.case_id if case else 0,
            case_number=_numbers(case) if case else "–",
            severity=Severity(case.severity) if case else Severity.HIGH,
            not_told=person(claimed.recipient),
            answer=claimed.answer,
            link=self._link(case) if case else self.base_url,
        )

    def _flag(self, claimed: Claimed, case: CaseFacts) -> FlagNotice:
        envelope = self._envelope(claimed)
        return FlagNotice(
            notice_key=envelope.notice_key,
            recipient=envelope.recipient,
            sender=envelope.sender,
            reply_to=envelope.reply_to,
            case_id=case.case_id,
            case_number=_numbers(case),
            severity=Severity(case.severity),
            customer=Person(case.sender_name, case.sender_address),
            subject=case.subject,
            sent=case.sent,
            received=case.received,
            rule=case.rule,
            because=case.because,
            evidence=_evidence(case.evidence),
            scores=_highest(case.scores),
            link=self._link(case),
            place=_place(case),
            original=case.content or b"",
            original_size=case.size,
            safety=self._safety(),
        )

    def _manager(self, tx: Transaction, claimed: Claimed, case: CaseFacts) -> ManagerNotice:
        facts = claimed.facts
        earlier = facts_store.times_told(tx, case.case_id, "manager", claimed.id)
        standing: Done | NotYet
        if facts.get("resolved"):
            by = self._name(str(facts.get("by", "")) if facts.get("by") != "triage" else case.owner)
            standing = Done(str(facts.get("says", "")), by, claimed.created_at)
        else:
            coming = facts_store.next_clock(tx, case.case_id, list(_WAITS_FOR))
            kind, at = coming if coming else ("", None)
            standing = NotYet(_WAITS_FOR.get(kind, "nothing: the case has ended"), at)
        return ManagerNotice(
            envelope=self._envelope(claimed),
            case=self._brief(case),
            standing=standing,
            change="You were told of this case before; this is how it stands now."
            if earlier
            else "",
        )

    def _bundle(self, tx: Transaction, claimed: Claimed) -> Notice | None:
        lines = {}
        for one in notices.bundled(tx, claimed.id):
            case = case_facts(tx, one.case_id, one.flag_id) if one.case_id else None
            if case is not None:
                lines[case.case_id] = self._line(case)
        if not lines:
            return None
        return Bundle(self._envelope(claimed), tuple(lines.values()), f"{self.base_url}/")

    def _line(self, case: CaseFacts) -> Line:
        level = Severity(case.severity)
        return Line(
            case_number=_numbers(case),
            severity=Severity.HIGH if level is Severity.EMERGENCY else level,
            customer=case.customer_name or case.customer_address,
            rule=case.rule,
            sentence=next((one.text for one in _evidence(case.evidence)), ""),
            since=case.received,
            link=self._link(case),
        )

    def _until(self, tx: Transaction, claimed: Claimed, case: CaseFacts) -> datetime | None:
        """By when the reader should have acted: the next ring of the clock that told them."""
        kinds = {
            "reminder": [ClockKind.ACKNOWLEDGE],
            "escalation": [ClockKind.ACKNOWLEDGE],
            "help": [ClockKind.HELP],
            "manager_task": [ClockKind.MANAGER_ANSWER],
            "taken": [],
            "overdue": [],
        }.get(claimed.kind, [ClockKind.ANSWER, ClockKind.PROGRESS, ClockKind.OUTCOME])
        coming = facts_store.next_clock(tx, case.case_id, kinds) if kinds else None
        return coming[1] if coming else None

    def _brief(self, case: CaseFacts) -> CaseBrief:
        return CaseBrief(
            case_id=case.case_id,
            case_number=_numbers(case),
            severity=Severity(case.severity),
            status=case.status,
            customer=Person(case.customer_name, case.customer_address),
            subject=case.case_subject,
            owner=self._name(case.owner),
            opened_at=case.opened_at,
            rule=case.rule,
            because=case.because,
            link=self._link(case),
            sentence=next((one.text for one in _evidence(case.evidence)), ""),
        )

    def _envelope(self, claimed: Claimed) -> Envelope:
        operator = person(self.desk.operator) if self.desk.operator else None
        return Envelope(claimed.key, person(claimed.recipient), person(self.desk.sender), operator)

    def _safety(self) -> Safety:
        chosen = self.policy().safety
        return Safety(tuple((one.label, one.number) for one in chosen.numbers), chosen.steps)

    def _name(self, id: object) -> str:
        """Of somebody who left the desk only the id is known."""
        known = self.duty().person(str(id or ""))
        return known.name if known else str(id or "")

    def _link(self, case: CaseFacts) -> str:
        return f"{self.base_url}/cases/{case.case_id}"


def _numbers(case: CaseFacts) -> str:
    """The help desk's own number, where the mail carries one, with ours behind it."""
    return f"{case.number} ({case.reference})" if case.number else case.reference


def _evidence(rows: list[dict[str, Any]] | None) -> tuple[Evidence, ...]:
    return tuple(Evidence(**row) for row in rows or ())


def _highest(scores: dict[str, float] | None) -> tuple[tuple[str, float], ...]:
    """The signals worth showing: those more likely than not, the likeliest first."""
    likely = [(signal, p) for signal, p in (scores or {}).items() if p >= 0.5]
    return tuple(sorted(likely, key=lambda pair: -pair[1]))


def _place(case: CaseFacts) -> Place | None:
    if case.mailbox is None or case.folder is None or case.uid is None:
        return None
    return Place(case.mailbox, case.folder, case.uidvalidity or 0, case.uid)
