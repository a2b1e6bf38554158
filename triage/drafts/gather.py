"""From a case and what is known of it to the facts of a draft; all else stays behind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from triage.drafts.facts import AtFault, Commitment, DraftFacts, Step
from triage.duty import (
    Duty,
    Person,
    Role,
    channel_for,
    contact_sheet,
    is_open,
    ladder,
    on_duty,
)
from triage.life import CaseState, ClockKind

_INTERNAL: Final = ("text", "said", "why", "reason")
"""What colleagues write to each other in the particulars of a case's events."""


@dataclass(frozen=True, slots=True)
class Known:
    """Of the case beside its state: from its row and its complaint record. ``fault`` is one of
    ``AtFault``; facts count as known as soon as it says whose it is."""

    customer: str
    mail: str
    subject: str
    case_number: str
    own_numbers: tuple[str, ...] = ()
    matter: str = ""
    offer: str = ""
    agreed: str = ""
    resolution: str = ""
    fault: str = AtFault.UNKNOWN
    apologised: bool = False
    content: bool | None = None
    written: bool = False


def gathered(
    case: CaseState,
    known: Known,
    duty: Duty,
    now: datetime,
    *,
    step: Step | None = None,
    signer: Person | None = None,
    desk_mails: tuple[str, ...] = (),
) -> DraftFacts:
    """The facts for a draft of ``step``, signed by ``signer``, else by the case's owner, else by
    whoever is Point."""
    signs = signer or _owner(case, duty) or on_duty(duty, Role.POINT, now).person
    managers = duty.with_role(Role.MANAGER) or ladder(duty, now)[-1:]
    fault = AtFault(known.fault)
    return DraftFacts(
        customer=known.customer,
        case_number=known.case_number,
        subject=known.subject,
        signer=contact_sheet(signs),
        zone=duty.hours.zone,
        now=now,
        matter=known.matter,
        offer=known.offer,
        agreed=known.agreed,
        done=case.done or known.resolution,
        promises=tuple(Commitment(p.what, p.due) for p in case.promises if p.kept_at is None),
        by=_by(case, step, now),
        means=channel_for(
            duty.answers, case.severity, True, bool(case.phone), is_open(duty.hours, now)
        ),
        phone=case.phone,
        mail=known.mail,
        manager=contact_sheet(managers[0]) if managers else None,
        facts_known=fault is not AtFault.UNKNOWN,
        fault=fault,
        apologised=known.apologised,
        content=known.content,
        written=known.written,
        own_numbers=known.own_numbers,
        desk_mails=desk_mails,
    )


def internal_notes(events: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[str, ...]:
    """What must not be found in a draft, of a case's history: (name, particulars) of its events.
    A fact of the record counts where it is marked as internal."""
    return tuple(
        str(data[key])
        for what, data in events
        if data.get("internal", True)
        for key in _INTERNAL
        if data.get(key)
    )


def _owner(case: CaseState, duty: Duty) -> Person | None:
    return duty.person(case.owner) if case.owner else None


def _by(case: CaseState, step: Step | None, now: datetime) -> datetime | None:
    """When the customer hears from us: by the clocks that run."""
    kinds = (
        {ClockKind.MANAGER_ANSWER}
        if step is Step.AFTER_HOURS
        else {ClockKind.PROGRESS, ClockKind.OUTCOME}
    )
    ahead = [clock.due for clock in case.clocks if clock.kind in kinds and clock.due > now]
    return min(ahead, default=None)
