"""What can be said of the signals read in a mail: right, or what it was instead; in one click."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service import words
from triage.store.verdicts import ANGER, YES_NO, VerdictRow
from triage.types import SIGNALS

ANGRY = "anger"
"""The three anger signals as one question: how angry?"""


@dataclass(frozen=True, slots=True)
class Answer:
    """``value`` is what the button sends; ``said`` whether it is the word that holds."""

    value: str
    word: str
    label: str
    said: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A signal and what may be said of it. ``by`` is who said something, ``undo`` takes it back."""

    signal: str
    what: str
    figure: str
    answers: tuple[Answer, ...]
    by: str
    undo: str


@dataclass(frozen=True, slots=True)
class Judging:
    """``read`` are the signals that were read in the mail, ``others`` those that were not."""

    read: tuple[Question, ...]
    others: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """What a button says: each signal with its verdict; no verdict takes it back."""

    signals: tuple[str, ...]
    it_was: str


def saying(value: str) -> Saying | None:
    """What ``value`` of a button means; ``None`` for what none of ours says."""
    signal, _, it_was = value.partition(":")
    known = ANGER[1:] if signal == ANGRY else (signal,) if signal in SIGNALS else ()
    words_for = ANGER if signal == ANGRY else YES_NO
    if not known or signal in ANGER[1:] or it_was not in {"", *words_for}:
        return None
    return Saying(tuple(known), it_was)


def judging(
    scores: Mapping[str, float], enough: Mapping[str, float], said: Iterable[VerdictRow]
) -> Judging:
    """``enough`` are the probabilities from which on a signal counts as read, 0.5 elsewhere."""
    by_signal = {one.signal: one for one in said}
    there = {signal: scores.get(signal, 0.0) >= enough.get(signal, 0.5) for signal in SIGNALS}
    anger = _anger(scores, there, [by_signal[s] for s in ANGER if s in by_signal])
    rest = sorted((s for s in SIGNALS if s not in ANGER), key=lambda s: -scores.get(s, 0.0))
    asked = [(there[s], _yes_no(s, scores, there[s], by_signal.get(s))) for s in rest]
    return Judging(
        (anger, *(one for read, one in asked if read)),
        tuple(one for read, one in asked if not read),
    )


def _anger(
    scores: Mapping[str, float], there: Mapping[str, bool], said: Sequence[VerdictRow]
) -> Question:
    read = next((level for level in reversed(ANGER[1:]) if there[level]), ANGER[0])
    held = said[-1].it_was if said else ""
    answers = tuple(
        Answer(
            f"{ANGRY}:{level}",
            level.capitalize() if level != read else f"Right: {level}",
            f"The customer was {level}",
            held == level,
        )
        for level in ANGER
    )
    figure = ", ".join(f"{s} {words.percent(scores.get(s, 0.0))}" for s in ANGER[1:])
    by = said[-1].who if said else ""
    return Question(ANGRY, f"reads {read}", figure, answers, by, f"{ANGRY}:" if said else "")


def _yes_no(
    signal: str, scores: Mapping[str, float], there: bool, said: VerdictRow | None
) -> Question:
    what = words.SIGNAL.get(signal, signal)
    held = said.it_was if said else ""
    right, wrong = ("yes", "no") if there else ("no", "yes")
    instead = "Wrong: it is not there" if there else "Wrong: it is there"
    answers = (
        Answer(f"{signal}:{right}", "Right", f"{what}: right", held == right),
        Answer(f"{signal}:{wrong}", "Wrong", f"{what}. {instead}", held == wrong),
    )
    undo = f"{signal}:" if said else ""
    likely = scores.get(signal, 0.0)
    figure = f"{words.likelihood(likely)}, {words.percent(likely)}"
    return Question(signal, what, figure, answers, said.who if said else "", undo)
