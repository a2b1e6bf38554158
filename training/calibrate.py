"""Calibrate: logits the network gave to rows it had not seen, to curves and thresholds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from training.config import Config
from training.data import table
from training.entry import run
from training.examples import Example
from training.sources import digest
from triage.classifier.calibration import curve
from triage.errors import ConfigError
from triage.types import SIGNALS

Floats = NDArray[np.float64]
BINS = 10
KNOTS = 24
TAIL = 0.05
ORDINARY = ("spamassassin", "enron")
"""Sources of ordinary business mail: what a false flag is counted on."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows with the logits of a network that was not trained on them: (rows, 11)."""

    rows: Sequence[Example]
    logits: Floats

    def where(self, keep: NDArray[np.bool_]) -> "Seen":
        rows = [row for row, kept in zip(self.rows, keep, strict=True) if kept]
        return Seen(rows, self.logits[keep])

    def values(self, signal: int) -> Floats:
        return np.array([row.values[signal] for row in self.rows])

    def weights(self, signal: int) -> Floats:
        return np.array([row.weights[signal] for row in self.rows])


def halves(rows: Sequence[Example]) -> NDArray[np.int_]:
    """(rows,) of 0 and 1: what is counted on one half was chosen on the other, and the other way
    round. Groups stay whole; the writers of mail go in turn, so that each half has some."""
    writers = sorted({row.group for row in rows if row.source == "mail"})
    turn = {group: place % 2 for place, group in enumerate(writers)}
    chance = {row.group: int(digest(f"half{row.group}"), 16) % 2 for row in rows}
    return np.array([turn.get(row.group, chance[row.group]) for row in rows])


def calibrate(seen: Seen, budget: Mapping[str, float]) -> dict[str, dict[str, Any]]:
    """{"curves": ..., "thresholds": ..., "measured": ...}, each by signal."""
    made: dict[str, dict[str, Any]] = {"curves": {}, "thresholds": {}, "measured": {}}
    for at, signal in enumerate(SIGNALS):
        known = seen.where(seen.weights(at) > 0)
        logits, values, weights = known.logits[:, at], known.values(at), known.weights(at)
        if len(set(values)) < 2:
            raise ConfigError(f"{signal}: only one class to calibrate on")
        chosen, errors = best_curve(logits, values, weights)
        made["curves"][signal] = chosen
        made["measured"][signal] = errors
        ordinary = np.isin([row.source for row in known.rows], ORDINARY)
        limit = threshold(logits, values, weights, ordinary, budget[signal])
        made["thresholds"][signal] = round(float(curve(chosen)(np.array([limit]))[0]), 4)
    return made


def best_curve(
    logits: Floats, values: Floats, weights: Floats
) -> tuple[dict[str, Any], dict[str, float]]:
    """The kind of curve with the smallest calibration error in 5-fold cross-checking, fitted
    on all rows, and the error of each kind ("raw" is the bare sigmoid)."""
    part = np.arange(len(logits)) % 5
    order = np.random.default_rng(5).permutation(len(logits))
    logits, values, weights = logits[order], values[order], weights[order]
    errors = {"raw": calibration_error(_raw(logits), values, weights)}
    for kind, make in (("logistic", _logistic), ("isotonic", _isotonic)):
        chances = np.zeros_like(logits)
        for fold in range(5):
            rest = part != fold
            made = make(logits[rest], values[rest], weights[rest])
            chances[~rest] = curve(made)(logits[~rest])
        errors[kind] = calibration_error(chances, values, weights)
    enough = values.sum() >= 100 and errors["isotonic"] < 0.8 * errors["logistic"]
    make = _isotonic if enough else _logistic
    return make(logits, values, weights), errors


def threshold(
    logits: Floats,
    values: Floats,
    weights: Floats,
    ordinary: NDArray[np.bool_],
    budget: float,
) -> float:
    """The logit with the best F1 on what is not ``ordinary``, among those expected to cost at
    most ``budget`` false flags per 1,000 ordinary mails."""
    rest, floor = ~ordinary, tail(logits[ordinary], budget / 1000)
    grid = np.unique(np.maximum(np.quantile(logits[rest], np.linspace(0, 1, 400)), floor))
    marked = (weights * values)[rest]
    scores = []
    for limit in grid:
        hit = logits[rest] >= limit
        right = marked[hit].sum()
        scores.append(2 * right / max(1e-9, (weights[rest] * hit).sum() + marked.sum()))
    return float(grid[int(np.argmax(scores))])


def tail(calm: Floats, share: float) -> float:
    """The logit that ``share`` of mails like ``calm`` are expected to exceed.

    What lies above the highest twentieth falls off exponentially (peaks over threshold, Pickands
    1975): with some hundred mails, one odd mail must not decide where one in 500 lies.
    """
    if not len(calm):
        return -np.inf
    start = float(np.quantile(calm, 1 - TAIL))
    excess = float((calm[calm > start] - start).mean()) if (calm > start).any() else 0.0
    return start + excess * float(np.log(max(1.0, TAIL / share)))


def calibration_error(chances: Floats, values: Floats, weights: Floats) -> float:
    """Expected calibration error over ten bins of equal width (Guo et al. 2017)."""
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    total = weights.sum()
    error = 0.0
    for at in range(BINS):
        mine = bins == at
        mass = weights[mine].sum()
        if mass > 0:
            gap = np.average(chances[mine], weights=weights[mine])
            gap -= np.average(values[mine], weights=weights[mine])
            error += float(mass / total * abs(gap))
    return error


def reliability(chances: Floats, values: Floats, weights: Floats) -> list[dict[str, float]]:
    """The points of a reliability plot: mean probability and true share of each bin."""
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    made = []
    for at in range(BINS):
        mine = (bins == at) & (weights > 0)
        if weights[mine].sum() > 0:
            mean = np.average(chances[mine], weights=weights[mine])
            share = np.average(values[mine], weights=weights[mine])
            point = {"mean": round(float(mean), 4), "share": round(float(share), 4)}
            made.append(point | {"rows": int(mine.sum())})
    return made


def _raw(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logits)))


def _logistic(logits: Floats, values: Floats, weights: Floats) -> dict[str, Any]:
    model = LogisticRegression(C=10.0).fit(logits[:, None], values, sample_weight=weights)
    slope = max(0.05, float(model.coef_[0, 0]))
    return {
        "kind": "logistic",
        "slope": round(slope, 5),
        "offset": round(float(model.intercept_[0]), 5),
    }


def _isotonic(logits: Floats, values: Floats, weights: Floats) -> dict[str, Any]:
    model = IsotonicRegression(y_min=0.001, y_max=0.999, out_of_bounds="clip")
    model.fit(logits, values, sample_weight=weights)
    knots = np.unique(np.quantile(logits, np.linspace(0, 1, KNOTS)).round(4))
    chances = np.maximum.accumulate(model.predict(knots)).round(5)
    return {"kind": "isotonic", "logits": knots.tolist(), "probabilities": chances.tolist()}


def seen(config: Config) -> Seen:
    """The run's predictions joined to the table. Raises ConfigError where they do not fit.

    Ordinary mail counts where it was held back from the network that is shipped: a network that
    was trained without a fold has seen too little of it to stand for the other.
    """
    path = config.run / "predictions.npz"
    if not path.exists():
        raise ConfigError(f"{path} is not there: train first")
    kept = np.load(path)
    logits = dict(zip(map(str, kept["ids"]), kept["logits"].astype(np.float64), strict=True))
    rows = [row for row in table(config) if row.id in logits]
    if len(rows) != len(logits):
        raise ConfigError(f"{path} was made from other data: train again")
    rows = [row for row in rows if row.held or row.source not in ORDINARY]
    return Seen(rows, np.stack([logits[row.id] for row in rows]))


def load_calibrated(config: Config) -> dict[str, Any]:
    """What ``calibrate`` made. Raises ConfigError where it has not run."""
    try:
        made: dict[str, Any] = json.loads((config.run / "calibrated.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{config.run}: calibrate first: {error}") from error
    return made


def main(config: Config) -> Path:
    """Takes ``predictions.npz``; gives ``calibrated.json``: curves, thresholds, errors, chosen on
    all rows, and in ``crossed`` what would be chosen for each half without it."""
    found = seen(config)
    half = halves(found.rows)
    made: dict[str, Any] = calibrate(found, config.budget)
    made["crossed"] = [calibrate(found.where(half != side), config.budget) for side in (0, 1)]
    target = config.run / "calibrated.json"
    target.write_text(json.dumps(made, indent=1), "utf-8")
    return target


if __name__ == "__main__":
    run(main)
