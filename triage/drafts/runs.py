"""Words of a note found again in a draft."""

import re
from collections.abc import Iterable
from typing import Final

from triage.drafts.plain import Span, plain

RUN: Final = 6
"""Words in a row that are no chance."""

_WORD = re.compile(r"\w+(?:'\w+)*")


def runs_in(text: str, notes: Iterable[str], *, run: int = RUN, fewest: int = 4) -> list[Span]:
    """Where ``text`` has ``run`` words in a row of a note, whatever stands between them; of a
    shorter note of at least ``fewest`` words, all of them."""
    read = plain(text)
    words = [(match[0].casefold(), match.span()) for match in _WORD.finditer(read.text)]
    spans: list[Span] = []
    for length, wanted in _wanted(notes, run, fewest).items():
        for at in range(len(words) - length + 1):
            if tuple(word for word, _ in words[at : at + length]) in wanted:
                spans.append(read.span(words[at][1][0], words[at + length - 1][1][1]))
    return _merged(sorted(spans))


def _wanted(notes: Iterable[str], run: int, fewest: int) -> dict[int, set[tuple[str, ...]]]:
    wanted: dict[int, set[tuple[str, ...]]] = {}
    for note in notes:
        words = [match[0].casefold() for match in _WORD.finditer(plain(note).text)]
        length = min(run, len(words))
        if length >= fewest:
            for at in range(len(words) - length + 1):
                wanted.setdefault(length, set()).add(tuple(words[at : at + length]))
    return wanted


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
