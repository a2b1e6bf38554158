"""From a notice as it is stored to what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage import summaries
from triage.config import person
from triage.frame import Frame, evidence, numbers, sentence
from triage.life import ClockKind
from triage.matters import matter_of
from triage.notify import (
    CaseBrief,
    CaseNotice,
    Done,
    FlagNotice,
    ManagerNotice,
    Notice,
    NotYet,
    Told,
    TroubleNotice,
)
from triage.store import Transaction
from triage.store import case_facts as facts_store
from triage.store.case_facts import CaseFacts, case_facts
from triage.store.notices import Claimed
from triage.types import Person, Place, Severity

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
class Wording(Frame):
    """From a notice as it is stored to what it says."""

    def of(
        self, tx: Transaction, claimed: Claimed, carried: Sequence[Claimed] = ()
    ) -> Notice | None:
        """The notice, or ``None`` where there is nothing left to tell of: a case that is gone, a
        bundle of nothing. ``carried`` is what a bundle tells of."""
        if claimed.kind == "bundle":
            return summaries.bundle(self, tx, claimed, carried)
        if claimed.kind == "digest":
            return summaries.digest(self, tx, claimed)
        if claimed.kind == "hole":
            return summaries.hole(self, claimed)
        if claimed.kind == "swap":
            return summaries.swap(self, claimed)
        case = case_facts(tx, claimed.case_id, claimed.flag_id) if claimed.case_id else None
        return self._of_case(tx, claimed, case) if case else None

    def _of_case(self, tx: Transaction, claimed: Claimed, case: CaseFacts) -> Notice:
        if claimed.kind == "flag":
            return self._flag(claimed, case)
        if claimed.kind == "manager":
            return self._manager(tx, claimed, case)
        return self._matter(tx, claimed, case)

    def _matter(self, tx: Transaction, claimed: Claimed, case: CaseFacts) -> CaseNotice:
        return CaseNotice(
            envelope=self.envelope(claimed),
            case=self._brief(case),
            matter=matter_of(tx, claimed, case, self.name),
            until=self._until(tx, claimed, case),
            told=tuple(
                Told(person(one).name or person(one).address, at)
                for one, at in facts_store.told_of(tx, case.case_id)
                if one != claimed.recipient
            ),
            safety=self.safety(),
        )

    def trouble(self, tx: Transaction, claimed: Claimed) -> TroubleNotice:
        """Tells the operator that the notice was refused."""
        case = case_facts(tx, claimed.case_id, claimed.flag_id) if claimed.case_id else None
        return self.bare_trouble(claimed, case)

    def bare_trouble(self, claimed: Claimed, case: CaseFacts | None = None) -> TroubleNotice:
        """The same without a look at the case, which may be what cannot be put into words."""
        id = claimed.case_id
        return TroubleNotice(
            notice_key=f"{claimed.key}.trouble",
            recipient=person(self.desk.operator),
            sender=person(self.desk.sender),
            case_id=id or 0,
            case_number=numbers(case) if case else f"T-{id}" if id else "–",
            severity=Severity(case.severity) if case else Severity.HIGH,
            not_told=person(claimed.recipient),
            answer=claimed.answer,
            link=f"{self.base_url}/cases/{id}" if id else self.base_url,
        )

    def _flag(self, claimed: Claimed, case: CaseFacts) -> FlagNotice:
        envelope = self.envelope(claimed)
        return FlagNotice(
            notice_key=envelope.notice_key,
            recipient=envelope.recipient,
            sender=envelope.sender,
            reply_to=envelope.reply_to,
            case_id=case.case_id,
            case_number=numbers(case),
            severity=Severity(case.severity),
            customer=Person(case.sender_name, case.sender_address),
            subject=case.subject,
            sent=case.sent,
            received=self.local(case.received),
            rule=case.rule,
            because=case.because,
            evidence=evidence(case.evidence),
            scores=_highest(case.scores),
            link=self.link(case),
            place=_place(case),
            original=case.content or b"",
            original_size=case.size,
            safety=self.safety(),
        )

    def _manager(self, tx: Transaction, claimed: Claimed, case: CaseFacts) -> ManagerNotice:
        facts = claimed.facts
        earlier = facts_store.times_told(tx, case.case_id, "manager", claimed.id)
        standing: Done | NotYet
        if facts.get("resolved"):
            by = self.name(str(facts.get("by", "")) if facts.get("by") != "triage" else case.owner)
            standing = Done(str(facts.get("says", "")), by, claimed.created_at)
        else:
            coming = facts_store.next_clock(tx, case.case_id, list(_WAITS_FOR))
            kind, at = coming if coming else ("", None)
            standing = NotYet(_WAITS_FOR.get(kind, "nothing: the case has ended"), at)
        return ManagerNotice(
            envelope=self.envelope(claimed),
            case=self._brief(case),
            standing=standing,
            change="You were told of this case before; this is how it stands now."
            if earlier
            else "",
        )

    def _until(self, tx: Transaction, claimed: Claimed, case: CaseFacts) -> datetime | None:
        """By when the reader should have acted: the next ring of the clock that told them."""
        kinds = {
            "reminder": [ClockKind.ACKNOWLEDGE],
            "escalation": [ClockKind.ACKNOWLEDGE],
            "help": [ClockKind.HELP],
            "manager_task": [ClockKind.MANAGER_ANSWER],
            "help_given": [],
            "taken": [],
            "overdue": [],
        }.get(claimed.kind, [ClockKind.ANSWER, ClockKind.PROGRESS, ClockKind.OUTCOME])
        coming = facts_store.next_clock(tx, case.case_id, kinds) if kinds else None
        return coming[1] if coming else None

    def _brief(self, case: CaseFacts) -> CaseBrief:
        return CaseBrief(
            case_id=case.case_id,
            case_number=numbers(case),
            severity=Severity(case.severity),
            status=case.status,
            customer=Person(case.customer_name, case.customer_address),
            subject=case.case_subject,
            owner=self.name(case.owner),
            opened_at=self.local(case.opened_at),
            rule=case.rule,
            because=case.because,
            link=self.link(case),
            sentence=sentence(case),
        )


def _highest(scores: dict[str, float] | None) -> tuple[tuple[str, float], ...]:
    """The signals worth showing: those more likely than not, the likeliest first."""
    likely = [(signal, p) for signal, p in (scores or {}).items() if p >= 0.5]
    return tuple(sorted(likely, key=lambda pair: -pair[1]))


def _place(case: CaseFacts) -> Place | None:
    if case.mailbox is None or case.folder is None or case.uid is None:
        return None
    return Place(case.mailbox, case.folder, case.uidvalidity or 0, case.uid)
