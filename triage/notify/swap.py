"""A swap of turns that people ask of each other: the notice of it, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from triage.notify.brief import Envelope
from triage.notify.looks import CALM, COLOURS
from triage.notify.words import day_and_time, moment, one_line, unlinked
from triage.types import Severity


class SwapStep(StrEnum):
    """What was done about a swap."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SET = "set"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class SwapNotice:
    """``by`` (name) took a step; ``people`` (names) take each other's turns as ``role``, from
    ``since`` until ``until`` (excluded), which are shown in their own zone."""

    envelope: Envelope
    step: SwapStep
    by: str
    role: str
    people: tuple[str, str]
    since: datetime
    until: datetime
    note: str
    link: str | None


@dataclass(frozen=True, slots=True)
class SwapView:
    colour: str
    headline: str
    under: str
    facts: tuple[tuple[str, str], ...]
    link: str
    button: str
    foot: str


_WORDS: Final[Mapping[SwapStep, tuple[str, str]]] = {
    SwapStep.ASKED: (
        "{by} asks you to swap turns as {role}",
        "Please accept or decline it. Until then the rota stays as it is.",
    ),
    SwapStep.ACCEPTED: ("{by} accepted the swap of turns as {role}", "It is in force."),
    SwapStep.DECLINED: ("{by} declined the swap of turns as {role}", "The rota stays as it was."),
    SwapStep.SET: ("{by} swapped turns of yours as {role}", "It is in force."),
    SwapStep.WITHDRAWN: (
        "{by} took the swap of turns as {role} back",
        "The rota is as it was without it.",
    ),
}
"""What was done, and what follows from it."""


def swap_words(notice: SwapNotice) -> str:
    """What was done and from when, for a subject."""
    return f"{_done(notice)}, from {day_and_time(notice.since)}"


def swap_view(notice: SwapNotice, answer_to: str) -> SwapView:
    asked = notice.step is SwapStep.ASKED
    one, other = (_name(name) for name in notice.people)
    note = unlinked(one_line(notice.note, 300))
    return SwapView(
        colour=COLOURS[Severity.NORMAL] if asked else CALM,
        headline=f"{unlinked(_done(notice))}.",
        under=_WORDS[notice.step][1],
        facts=(
            ("Who", unlinked(f"{one} and {other} take each other’s turns")),
            ("From", moment(notice.since)),
            ("Until", moment(notice.until)),
            *((("Note", note),) if note else ()),
        ),
        link=notice.link or "",
        button="Answer on the rota’s page" if asked else "Open the rota",
        foot=f"A reply to this mail goes to {answer_to}.",
    )


def _done(notice: SwapNotice) -> str:
    return _WORDS[notice.step][0].format(by=_name(notice.by), role=one_line(notice.role, 40))


def _name(name: str) -> str:
    return one_line(name, 60) or "somebody"
