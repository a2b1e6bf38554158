"""From a network's logit to a probability that means what it says.

A curve is either logistic (Platt 1999), ``1 / (1 + exp(-(slope * logit + offset)))``, or
isotonic (Zadrozny and Elkan 2002): straight lines between measured knots.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Logistic:
    slope: float
    offset: float

    def __call__(self, logits: Floats) -> Floats:
        return sigmoid(self.slope * logits + self.offset)


@dataclass(frozen=True, slots=True)
class Isotonic:
    """``logits`` rise and ``probabilities`` never fall."""

    logits: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __call__(self, logits: Floats) -> Floats:
        return np.interp(logits, self.logits, self.probabilities)


Curve = Logistic | Isotonic


def curve(raw: Mapping[str, Any]) -> Curve:
    """The curve of one signal as a model folder states it. Raises ValueError, KeyError."""
    if raw["kind"] == "logistic":
        made = Logistic(float(raw["slope"]), float(raw["offset"]))
        if not (made.slope > 0 and np.isfinite([made.slope, made.offset]).all()):
            raise ValueError(f"slope must be above 0 and finite: {raw}")
        return made
    if raw["kind"] == "isotonic":
        knots = Isotonic(tuple(map(float, raw["logits"])), tuple(map(float, raw["probabilities"])))
        _check_knots(knots)
        return knots
    raise ValueError(f"a curve is logistic or isotonic, not {raw['kind']!r}")


def sigmoid(values: Floats) -> Floats:
    """The logistic function, safe for any finite value."""
    return 0.5 * (1.0 + np.tanh(0.5 * values))


def _check_knots(knots: Isotonic) -> None:
    logits, chances = np.array(knots.logits), np.array(knots.probabilities)
    if len(logits) < 2 or len(logits) != len(chances) or not np.isfinite(logits).all():
        raise ValueError("an isotonic curve needs two or more finite knots")
    if (np.diff(logits) <= 0).any() or (np.diff(chances) < 0).any():
        raise ValueError("an isotonic curve must rise")
    if chances.min() < 0 or chances.max() > 1:
        raise ValueError("probabilities are 0 to 1")
