"""``triage draft`` and ``triage guide``: what to write to a customer, and what to do now."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from triage import drafts, duty, policy
from triage.cli import wiring
from triage.complaints import Record, RemedyState
from triage.config import Settings
from triage.drafts import Advice, Draft, Fault, Guidance, Known, Step
from triage.errors import ActRefused, ConfigError
from triage.life import CaseState
from triage.store import Transaction, cases, complaints, life
from triage.store.cases import Case

_REFERENCE = re.compile(r"(?:[Tt]-)?([1-9]\d{0,17})")


@dataclass(frozen=True, slots=True)
class _Looked:
    """A case as it stands now."""

    state: CaseState
    case: Case
    known: Known
    notes: tuple[str, ...]


def print_draft(settings: Settings, case: str, step: str, file: Path | None = None) -> int:
    """The draft of ``step`` for ``case`` (``T-12``), and what is wrong with it: 1 where something
    is, else 0. Nothing is sent. ``file`` are the desk's own templates.

    Raises ``ActRefused`` where there is no such case, ``ConfigError`` for another step or a file
    with anything wrong.
    """
    wanted = _step(step)
    book, desk, now = drafts.load(file), _desk(settings), datetime.now(UTC)
    looked = _look(settings, case)
    own = tuple(sorted(settings.own_addresses))
    facts = drafts.gathered(looked.state, looked.known, desk, now, step=wanted, desk_mails=own)
    draft = drafts.drafted(book, wanted, facts, desk.people, looked.notes)
    typer.echo(f"Subject: {draft.subject}\n\n{draft.text}", nl=False)
    for one in draft.faults:
        typer.echo(_said(draft, one), err=True)
    return 1 if draft.faults else 0


def print_guidance(settings: Settings, case: str, file: Path | None = None) -> int:
    """The step one is at with ``case``, and what to do now. Always 0; raises as above."""
    guide, desk, now = drafts.load_guide(file), _desk(settings), datetime.now(UTC)
    rules = policy.load(settings.policy)
    looked = _look(settings, case)
    facts = drafts.gathered(looked.state, looked.known, desk, now)
    happened = [event.what for event in looked.case.events]
    around = drafts.Around(
        safety=rules.safety,
        open_now=duty.is_open(desk.hours, now),
        rudeness=happened.count("rude"),
        handed_over="handed over" in happened,
    )
    for line in _lines(drafts.guidance(guide, looked.state, facts, around)):
        typer.echo(line)
    return 0


def check_drafts(drafts_file: Path | None, guidance_file: Path | None) -> str:
    """One line for ``triage check``. Raises ``ConfigError``."""
    book, guide = drafts.load(drafts_file), drafts.load_guide(guidance_file)
    return f"{len(book.bodies)} drafts, guidance for {len(guide.stages)} steps"


def _step(step: str) -> Step:
    try:
        return Step(step)
    except ValueError:
        raise ConfigError(f"no draft is called {step!r}; there are: {', '.join(Step)}") from None


def _desk(settings: Settings) -> duty.Duty:
    if settings.duty is None:
        raise ConfigError("no people: a draft is signed by one of the duty file; name it as duty")
    return duty.load(settings.duty)


def _look(settings: Settings, case: str) -> _Looked:
    match = _REFERENCE.fullmatch(case.strip())
    if match is None:
        raise ActRefused(f"{case!r} is no case; write its reference, such as T-12")
    number = int(match[1])
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        state, found = _state(tx, number), cases.detail(tx, number)
        record = complaints.of_case(tx, number)
    if state is None or found is None or record is None:
        raise ActRefused(f"there is no case T-{number}")
    notes = drafts.internal_notes((event.what, event.data) for event in found.events)
    internal = tuple(fact.text for fact in record.facts if fact.internal)
    return _Looked(state, found, _known(found, record), (*notes, *internal))


def _state(tx: Transaction, number: int) -> CaseState | None:
    try:
        return life.state(tx, number)
    except ValueError:
        raise ActRefused(f"T-{number} came in with old mail: it has no clocks") from None


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


def _said(draft: Draft, fault: Fault) -> str:
    """As ``! line 7 (P13) A promise without a date. Say by when …``"""
    where = "whole"
    if fault.in_subject:
        where = "subject"
    elif fault.end:
        where = f"line {draft.text.count(chr(10), 0, fault.start) + 1}"
    return f"{'!' if fault.stops else '?'} {where} ({fault.rule}) {fault.what} {fault.do}"


def _lines(given: Guidance) -> Iterator[str]:
    for number in given.numbers:
        yield f"CALL  {number.label}: {number.number}"
    for aside in given.asides:
        if aside.id == "safety":
            yield from (*_advice(aside), "")
    yield f"Step {given.place} of {given.of}"
    yield from _advice(given.now)
    for aside in given.asides:
        if aside.id != "safety":
            yield from ("", *_advice(aside))
    yield ""
    if given.then:
        yield f"Then: {given.then}"
    if given.drafts:
        yield f"Drafts that fit: {', '.join(given.drafts)}"


def _advice(one: Advice) -> Iterator[str]:
    yield f"{one.title}  ({', '.join(one.rules)})"
    yield from (f"  - {line}" for line in one.do)
    yield from (f"  not: {line}" for line in one.avoid)
    yield from (f"  say: “{line}”" for line in one.say)
    yield f"  why: {one.why}"
