"""A case as drafts and guidance see it: what is known of it, gathered from the store."""

from dataclasses import dataclass
from datetime import datetime

from triage import drafts, duty
from triage.complaints import Record, RemedyState
from triage.drafts import Around, Draft, DraftFacts, Drafts, Guidance, Guide, Known, Step
from triage.duty import Duty, Person
from triage.errors import ActRefused
from triage.life import CaseState
from triage.policy import Policy
from triage.store import Transaction, cases, complaints, life
from triage.store.cases import Case


@dataclass(frozen=True, slots=True)
class Looked:
    """A case as it stands now; ``notes`` are internal, and no draft may hold them."""

    state: CaseState
    case: Case
    known: Known
    notes: tuple[str, ...]


def look(tx: Transaction, case_id: int) -> Looked:
    """Raises ``ActRefused`` where there is no such case, or one without clocks."""
    try:
        state = life.look(tx, case_id)
    except ValueError:
        raise ActRefused(f"T-{case_id} came in with old mail: it has no clocks") from None
    found, record = cases.detail(tx, case_id), complaints.of_case(tx, case_id)
    if state is None or found is None or record is None:
        raise ActRefused(f"there is no case T-{case_id}")
    notes = drafts.internal_notes((event.what, event.data) for event in found.events)
    internal = tuple(fact.text for fact in record.facts if fact.internal)
    return Looked(state, found, _known(found, record), (*notes, *internal))


def facts(
    looked: Looked,
    desk: Duty,
    now: datetime,
    *,
    step: Step | None = None,
    own_mails: tuple[str, ...] = (),
    signer: Person | None = None,
) -> DraftFacts:
    return drafts.gathered(
        looked.state,
        looked.known,
        desk,
        now,
        step=step,
        signer=signer,
        desk_mails=own_mails,
    )


def draft(looked: Looked, book: Drafts, step: Step, facts: DraftFacts, desk: Duty) -> Draft:
    """The draft of ``step``, and what is wrong with it."""
    return drafts.drafted(book, step, facts, desk.people, looked.notes)


def guidance(
    looked: Looked, guide: Guide, facts: DraftFacts, rules: Policy, desk: Duty
) -> Guidance:
    """What to do now."""
    happened = [event.what for event in looked.case.events]
    around = Around(
        safety=rules.safety,
        open_now=duty.is_open(desk.hours, facts.now),
        rudeness=happened.count("rude"),
        handed_over="handed over" in happened,
    )
    return drafts.guidance(guide, looked.state, facts, around)


def _known(case: Case, record: Record) -> Known:
    row = case.row
    return Known(
        customer=record.customer_name or row.customer_name,
        mail=row.customer_address,
        subject=row.subject,
        case_number=row.number or row.reference,
        own_numbers=(row.reference,),
        matter=record.happened,
        offer=_offer(record),
        resolution=record.resolution,
        fault=record.fault.value,
    )


def _offer(record: Record) -> str:
    remedy = record.remedy
    if remedy is None or remedy.state not in {RemedyState.GRANTED, RemedyState.APPROVED}:
        return ""
    amount = f", {remedy.amount:.2f} {remedy.currency}" if remedy.amount is not None else ""
    return f"{remedy.kind.name}{amount}"
