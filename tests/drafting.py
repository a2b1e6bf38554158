"""Facts, people and cases for tests of drafts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.duties import BERLIN, someone
from triage import drafts, policy
from triage.drafts import AtFault, Commitment, DraftFacts, Fault
from triage.duty import ContactSheet, Person, Private, Role, contact_sheet
from triage.life import CaseState, Status
from triage.types import Severity

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
BOOK, GUIDE, POLICY = drafts.load(), drafts.load_guide(), policy.load()

PHONE, MAIL, NOTE = (
    "+49 171 555 0001",
    "pat.private@home.example",
    "Nights only if asked, bad knee.",
)
PAT: Person = replace(
    someone("pat"),
    name="Pat Lindqvist",
    office_phone="+49 30 23125 101",
    personal_phone=Private(PHONE),
    home_mail=Private(MAIL),
    notes=Private(NOTE),
)
KIM = replace(someone("kim"), name="Kim Novák", office_phone="+49 30 23125 103")
MAX = replace(
    someone("max", Role.MANAGER),
    name="Max Weiss",
    office_phone="+49 30 23125 120",
    personal_phone=Private("0171/5550002"),
)
PEOPLE = (PAT, KIM, MAX)
NOTES = ("Billing double-booked him again, keep that among us please.",)


def the_facts(**changes: Any) -> DraftFacts:
    """All that one may say of a sofa that came late; the facts are not known."""
    full = DraftFacts(
        customer="Dana Reyes",
        case_number="T-12",
        subject="Where is my sofa?",
        signer=contact_sheet(PAT),
        zone=BERLIN,
        now=NOW,
        matter="The sofa came three weeks late and nobody rang.",
        offer="Half of the price back.",
        agreed="Half of the price back.",
        done="Half of the price is on its way to your account.",
        promises=(Commitment("We send you the receipt", NOW + timedelta(days=2)),),
        by=NOW + timedelta(days=1),
        means="phone",
        phone="+49 30 23125 900",
        mail="dana@customer.example",
        manager=contact_sheet(MAX),
    )
    return replace(full, **changes)


def bare_facts(**changes: Any) -> DraftFacts:
    """As little as there can be."""
    bare = DraftFacts(
        customer="",
        case_number="T-12",
        subject="",
        signer=ContactSheet("Pat Lindqvist", "", "pat@example.org"),
        zone=BERLIN,
        now=NOW,
    )
    return replace(bare, **changes)


def ours(**changes: Any) -> DraftFacts:
    return the_facts(**({"facts_known": True, "fault": AtFault.OURS} | changes))


def found(text: str, facts: DraftFacts | None = None, **more: Any) -> tuple[Fault, ...]:
    """Faults of a text that has its case number."""
    return drafts.faults(f"{text}\n\nT-12", facts or the_facts(), PEOPLE, NOTES, **more)


def kinds(text: str, facts: DraftFacts | None = None) -> set[str]:
    return {str(one.kind) for one in found(text, facts)}


def a_case(**changes: Any) -> CaseState:
    case = CaseState(
        id=12,
        status=Status.ACKNOWLEDGED,
        severity=Severity.NORMAL,
        timetable=POLICY.clocks["normal"],
        opened_at=NOW - timedelta(hours=1),
        owner="pat",
    )
    return replace(case, **changes)
