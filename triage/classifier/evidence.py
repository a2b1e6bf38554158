"""Why a score: the sentences without which it falls, found by leaving each out (occlusion)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.classifier.text import sentences
from triage.classifier.windows import Window
from triage.types import SIGNALS, Evidence

Floats = NDArray[np.float64]

MOST_PIECES = 16
"""Pieces left out in turn a window; with more sentences than this, neighbours go together."""
MOST_WINDOWS = 3
"""Windows looked at a text, the strongest first: a mail of 1,000 sentences stays cheap."""
MOST_EACH = 3
"""Evidence given a signal."""
LEAST_FALL = 0.05
"""A smaller fall of the probability is not shown, but for the strongest piece."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a window would score without each of its pieces. ``signals`` are indexes."""

    window: int
    signals: tuple[int, ...]
    pieces: tuple[tuple[int, int], ...]
    without: tuple[str, ...]


def questions(
    text: str, windows: Sequence[Window], logits: Floats, reached: Sequence[int]
) -> list[Question]:
    """The windows that gave the ``reached`` signals their strength, each with its pieces."""
    signals: dict[int, list[int]] = {}
    for signal in reached:
        signals.setdefault(int(logits[:, signal].argmax()), []).append(signal)
    made = []
    for window in sorted(signals, key=lambda at: -len(signals[at]))[:MOST_WINDOWS]:
        start, end = windows[window].start, windows[window].end
        pieces = _pieces(text, start, end)
        without = tuple(f"{text[start:a].rstrip()}\n{text[b:end].lstrip()}" for a, b in pieces)
        made.append(Question(window, tuple(signals[window]), pieces, without))
    return made


def answers(
    text: str,
    asked: Sequence[Question],
    whole: Floats,
    rows: Iterator[Floats],
    calibrated: Callable[[Floats], Floats],
) -> tuple[Evidence, ...]:
    """Take the next rows of logits, one a piece asked for; give the evidence, strongest first."""
    found: list[Evidence] = []
    for question in asked:
        without = np.stack([next(rows) for _ in question.pieces])
        others = np.delete(whole, question.window, axis=0)
        if len(others):
            without = np.maximum(without, others.max(axis=0))
        before, after = calibrated(whole.max(axis=0)[np.newaxis])[0], calibrated(without)
        for signal in question.signals:
            order = np.argsort(without[:, signal], kind="stable")[:MOST_EACH]
            falls = [(int(at), float(before[signal] - after[at, signal])) for at in order]
            found += _shown(text, question, signal, falls)
    return tuple(sorted(found, key=lambda piece: (-piece.score, piece.start, piece.signal)))


def _shown(
    text: str, question: Question, signal: int, falls: Sequence[tuple[int, float]]
) -> list[Evidence]:
    kept = [(at, fall) for rank, (at, fall) in enumerate(falls) if rank == 0 or fall >= LEAST_FALL]
    made = []
    for at, fall in kept:
        start, end = question.pieces[at]
        made.append(
            Evidence(text[start:end], start, end, SIGNALS[signal], round(max(0.0, fall), 4))
        )
    return made


def _pieces(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """At most ``MOST_PIECES`` stretches of whole sentences, offsets into ``text``."""
    spans = [(start + a, start + b) for a, b in sentences(text[start:end])] or [(start, end)]
    size = -(-len(spans) // MOST_PIECES)
    groups = [spans[at : at + size] for at in range(0, len(spans), size)]
    return tuple((group[0][0], group[-1][1]) for group in groups)
