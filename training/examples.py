"""One row of the training table, and what its labels mean as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from triage.errors import ConfigError
from triage.types import SIGNALS

FIELDS = (
    "complaint",
    "supervisor",
    "threat_leave",
    "threat_legal",
    "threat_public",
    "threat_safety",
    "abusive",
    "urgent",
)
ANGER_TOP = 3
TO_POINT = tuple(signal for signal in SIGNALS if signal != "urgent")
"""Any of these brings a mail to the Point Person."""


@dataclass(frozen=True, slots=True)
class Example:
    """``values`` and ``weights`` follow ``SIGNALS``: 0 or 1, and how far to trust it (0: unknown).

    ``group`` is the writer, sender or set: no group is ever on two sides. ``fold`` is -1 where
    the row is held back from every training. ``emotions`` are GoEmotions' label numbers.
    """

    id: str
    source: str
    group: str
    text: str
    values: tuple[float, ...]
    weights: tuple[float, ...]
    fold: int = 0
    tags: tuple[str, ...] = ()
    emotions: tuple[int, ...] | None = None

    @property
    def held(self) -> bool:
        return self.fold < 0

    @property
    def anger(self) -> int:
        return int(sum(self.values[:ANGER_TOP]))

    @property
    def to_point(self) -> bool:
        """Whether the labels send this mail to the Point Person."""
        return any(v for s, v in zip(SIGNALS, self.values, strict=True) if s in TO_POINT)


def labelled(row: Mapping[str, object], where: str) -> tuple[float, ...]:
    """The 11 values of a row labelled by the guide. Raises ConfigError naming ``where``."""
    anger = row.get("anger")
    if not isinstance(anger, int) or isinstance(anger, bool) or not 0 <= anger <= ANGER_TOP:
        raise ConfigError(f"{where}: anger must be 0 to {ANGER_TOP}, it is {anger!r}")
    for name in FIELDS:
        if not isinstance(row.get(name), bool):
            raise ConfigError(f"{where}: {name} must be true or false, it is {row.get(name)!r}")
    levels = [float(anger >= level) for level in range(1, ANGER_TOP + 1)]
    return (*levels, *(float(bool(row[name])) for name in FIELDS))


def trust(unsure: object, doubt: float) -> tuple[float, ...]:
    """Weights of a labelled row: ``doubt`` for each field named in ``unsure``, else 1."""
    named = set(unsure) if isinstance(unsure, list) else set()
    anger = [doubt if "anger" in named else 1.0] * ANGER_TOP
    return (*anger, *(doubt if name in named else 1.0 for name in FIELDS))


def calm(weight: float, **other: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Values and weights of a text known to be calm; ``other`` replaces weights by signal."""
    return (0.0,) * len(SIGNALS), tuple(other.get(signal, weight) for signal in SIGNALS)
