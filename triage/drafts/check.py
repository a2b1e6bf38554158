"""The check of every draft: before it is shown, and of the edited text before a person sends it."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from triage.drafts.apology import apologies
from triage.drafts.blame import blamed
from triage.drafts.facts import AtFault, DraftFacts
from triage.drafts.fault import Fault, Kind
from triage.drafts.marks import gaps
from triage.drafts.others import (
    has_number,
    other_addresses,
    other_numbers,
    own_numbers,
    unknown_phones,
)
from triage.drafts.plain import Plain, own_words, plain
from triage.drafts.private import BLOT, private_in
from triage.drafts.promises import undated
from triage.drafts.runs import runs_in
from triage.drafts.words import in_words
from triage.duty import Person, gives_away

LONGEST: Final = 50_000
"""Characters of a draft that can be checked."""
_BLOTTED = re.compile(rf"{BLOT}+(?:\W{{0,3}}{BLOT}+)*")


def faults(
    text: str,
    facts: DraftFacts,
    people: Sequence[Person],
    notes: Sequence[str],
    *,
    subject: str | None = None,
) -> tuple[Fault, ...]:
    """What is wrong with a draft, in the order of its text; without any it may be sent.

    ``people`` are all of the desk, ``notes`` the case's internal notes. Lines quoted with ``>``
    are judged only for what is private, internal or somebody else's. Where a ``subject`` is
    given it is read too, and the case number may stand there.
    """
    if len(text) > LONGEST or len(subject or "") > LONGEST:
        return (Fault(Kind.TOO_LONG),)
    if not text.strip():
        return (Fault(Kind.EMPTY),)
    found = [*_whole(text, facts, people, notes), *_own(text, facts, people)]
    if not has_number(plain(f"{subject or ''}\n{own_words(text)}"), facts):
        found.append(Fault(Kind.NO_NUMBER))
    for one in _whole(subject or "", facts, people, notes):
        found.append(Fault(one.kind, one.start, one.end, in_subject=True))
    return tuple(sorted(set(found), key=lambda one: (one.in_subject, one.start, one.end, one.kind)))


def _whole(
    text: str, facts: DraftFacts, people: Sequence[Person], notes: Sequence[str]
) -> Iterator[Fault]:
    """What must not leave, whoever wrote it."""
    read = plain(text)
    private = [Fault(Kind.PRIVATE, *one.span) for one in private_in(text, people)]
    if not private and gives_away(text, tuple(people)):
        private = [Fault(Kind.PRIVATE, 0, len(text))]
    yield from private
    for match in _BLOTTED.finditer(text):
        yield Fault(Kind.MASKED, *match.span())
    for span in runs_in(text, notes):
        yield Fault(Kind.INTERNAL, *span)
    for span in other_numbers(read, facts):
        yield Fault(Kind.OTHER_NUMBER, *span)
    for span in other_addresses(read, facts, people):
        yield Fault(Kind.OTHER_ADDRESS, *span)


def _own(text: str, facts: DraftFacts, people: Sequence[Person]) -> Iterator[Fault]:
    """What we would say, quoted lines apart."""
    own = own_words(text)
    read = plain(own)
    for span in blamed(read, people):
        yield Fault(Kind.BLAME, *span)
    yield from _apologies(read, facts)
    for span in undated(read):
        yield Fault(Kind.NO_DATE, *span)
    yield from _gone_by(own, facts)
    for span in gaps(own, own_numbers(facts)):
        yield Fault(Kind.GAP, *span)
    for span in unknown_phones(read, facts, people):
        yield Fault(Kind.UNKNOWN_PHONE, *span)


def _apologies(read: Plain, facts: DraftFacts) -> Iterator[Fault]:
    said = apologies(read)
    ours = facts.facts_known and facts.fault is AtFault.OURS
    if ours:
        allowed = 0 if facts.apologised else 1
        for span in said.acts[allowed:]:
            yield Fault(Kind.SECOND_APOLOGY, *span)
        return
    known = facts.facts_known and facts.fault is not AtFault.UNKNOWN
    kind = Kind.IDLE_APOLOGY if known else Kind.EARLY_APOLOGY
    for span in (*said.acts, *said.admissions):
        yield Fault(kind, *span)


def _gone_by(text: str, facts: DraftFacts) -> Iterator[Fault]:
    moments = [*(one.due for one in facts.promises), *([facts.by] if facts.by else [])]
    for moment in moments:
        said = in_words(moment, facts.zone)
        at = text.find(said)
        if moment <= facts.now and at >= 0:
            yield Fault(Kind.PAST_DATE, at, at + len(said))
