"""Token ids for the network: a short text whole, a long one in windows of whole sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from triage.classifier.text import LONGEST, normalise, sentences
from triage.errors import ModelError

MARKS = 2
"""Tokens that begin and end every window."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a text (character offsets) and its token ids, marks included."""

    start: int
    end: int
    ids: tuple[int, ...]


class Reader:
    """Cuts texts into windows of at most ``longest`` tokens. Safe in many threads."""

    def __init__(self, tokenizer: Path, longest: int) -> None:
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # the library raises bare Exception
            raise ModelError(f"{tokenizer} cannot be read: {error}") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._longest = longest

    def ids(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Token ids of each text, cut to one window."""
        found = self._tokenizer.encode_batch_fast([normalise(text) for text in texts])
        return [self._cut(encoding.ids) for encoding in found]

    def windows(self, texts: Sequence[str]) -> list[tuple[Window, ...]]:
        """The windows of each text, in order; at least one, also for an empty text."""
        found = self._tokenizer.encode_batch_fast([normalise(text) for text in texts])
        return [
            (Window(0, len(text), tuple(encoding.ids)),)
            if len(encoding.ids) <= self._longest
            else self._long(text[:LONGEST])
            for text, encoding in zip(texts, found, strict=True)
        ]

    def _long(self, text: str) -> tuple[Window, ...]:
        """Whole sentences packed greedily; each window starts with the last of the one before,
        so that a reproach across a border is still read in one piece."""
        spans = sentences(text) or [(0, len(text))]
        sizes = [len(ids) - MARKS for ids in self.ids([text[a:b] for a, b in spans])]
        groups: list[tuple[int, int]] = []
        first, room = 0, self._longest - MARKS
        for at, size in enumerate(sizes):
            if size > room and at > first:
                groups.append((first, at))
                overlap = at - 1 if sizes[at - 1] + size < self._longest // 2 else at
                first, room = overlap, self._longest - MARKS - sum(sizes[overlap:at])
            room -= size
        groups.append((first, len(spans)))
        stretches = [(spans[a][0], spans[b - 1][1]) for a, b in groups]
        ids = self.ids([text[a:b] for a, b in stretches])
        return tuple(Window(a, b, i) for (a, b), i in zip(stretches, ids, strict=True))

    def _cut(self, ids: list[int]) -> tuple[int, ...]:
        if len(ids) <= self._longest:
            return tuple(ids)
        return (*ids[: self._longest - 1], ids[-1])
