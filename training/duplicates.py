"""Near-duplicates: texts that share most of their five-word runs."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from training.examples import Example

_WORD = re.compile(r"[a-z0-9']+")
RUN = 5
SKETCH = 48
ALIKE = 0.5
"""Share of the smaller sketch that two texts must have in common."""


def sketch(text: str) -> frozenset[int]:
    """The ``SKETCH`` smallest hashes of the text's word runs (bottom-k, Broder 1997)."""
    words = _WORD.findall(text.lower())
    runs = {" ".join(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1))}
    hashes = sorted(
        int.from_bytes(blake2b(run.encode(), digest_size=8).digest(), "big") for run in runs
    )
    return frozenset(hashes[:SKETCH])


class Index:
    """Texts seen so far, found again by what they share."""

    def __init__(self) -> None:
        self._sketches: list[frozenset[int]] = []
        self._rows: list[Example] = []
        self._by_run: dict[int, list[int]] = defaultdict(list)

    def add(self, row: Example, mine: frozenset[int]) -> None:
        for run in mine:
            self._by_run[run].append(len(self._rows))
        self._rows.append(row)
        self._sketches.append(mine)

    def alike(self, mine: frozenset[int]) -> Iterator[Example]:
        """Rows that have half of the smaller sketch in common with ``mine``."""
        shared = Counter(other for run in mine for other in self._by_run[run])
        for other, count in shared.items():
            if count >= ALIKE * min(len(mine), len(self._sketches[other])):
                yield self._rows[other]


def drop(examples: Sequence[Example]) -> list[Example]:
    """``examples`` without every row that is alike to an earlier one of another group.

    Earlier rows win, so put what is precious or held back first. Rows of one group may be
    alike (contrast sets are so on purpose): they are never parted.
    """
    index, kept = Index(), []
    for row in examples:
        mine = sketch(row.text)
        if all(other.group == row.group for other in index.alike(mine)):
            index.add(row, mine)
            kept.append(row)
    return kept


def leaks(train: Sequence[Example], held: Sequence[Example]) -> list[tuple[str, str]]:
    """(training id, held id) of rows of one group, or alike, on both sides."""
    groups = {row.group: row.id for row in train}
    found = [(groups[row.group], row.id) for row in held if row.group in groups]
    index = Index()
    for row in train:
        index.add(row, sketch(row.text))
    for row in held:
        found += [(other.id, row.id) for other in index.alike(sketch(row.text))]
    return found
