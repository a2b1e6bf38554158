"""``triage draft`` and ``triage guide``: what to write to a customer, and what to do now."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import typer

from triage import advice, drafts, duty, policy
from triage.advice import Looked
from triage.cli import wiring
from triage.config import Settings
from triage.drafts import Advice, Draft, Fault, Guidance, Step
from triage.errors import ActRefused, ConfigError

_REFERENCE = re.compile(r"(?:[Tt]-)?([1-9]\d{0,17})")


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
    facts = advice.facts(looked, desk, now, step=wanted, own_mails=own)
    draft = advice.draft(looked, book, wanted, facts, desk)
    typer.echo(f"Subject: {draft.subject}\n\n{draft.text}", nl=False)
    for one in draft.faults:
        typer.echo(_said(draft, one), err=True)
    return 1 if draft.faults else 0


def print_guidance(settings: Settings, case: str, file: Path | None = None) -> int:
    """The step one is at with ``case``, and what to do now. Always 0; raises as above."""
    guide, desk, now = drafts.load_guide(file), _desk(settings), datetime.now(UTC)
    rules = policy.load(settings.policy)
    looked = _look(settings, case)
    given = advice.guidance(looked, guide, advice.facts(looked, desk, now), rules, desk)
    for line in _lines(given):
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


def _look(settings: Settings, case: str) -> Looked:
    match = _REFERENCE.fullmatch(case.strip())
    if match is None:
        raise ActRefused(f"{case!r} is no case; write its reference, such as T-12")
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        return advice.look(tx, int(match[1]))


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
