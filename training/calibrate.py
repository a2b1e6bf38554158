"""Calibrate: logits the network gave to rows it had not seen, to curves and thresholds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from training.mailboxes import as_served
from training.sources import digest
from triage.classifier.calibration import curve
from triage.errors import ConfigError
from triage.types import SIGNALS

Floats = NDArray[np.float64]
BINS = 10
KNOTS = 24
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


def for_choosing(row: Example) -> bool:
    """Whether a row may be used to choose curves and thresholds: every row of the folds, and
    of what is held back the half that the report does not count on."""
    return not row.held or int(digest(f"half{row.group}"), 16) % 2 == 0


def calibrate(seen: Seen, budget: Mapping[str, float]) -> dict[str, dict[str, Any]]:
    """{"curves": ..., "thresholds": ..., "measured": ...}, each by signal."""
    made: dict[str, dict[str, Any]] = {"curves": {}, "thresholds": {}, "measured": {}}
    for at, signal in enumerate(SIGNALS):
        known = seen.where(seen.weights(at) > 0)
        logits, values, weights = known.logits[:, at], known.values(at), known.weights(at)
        if len(set(values)) < 2:
            raise ConfigError(f"{signal}: only one class to calibrate on")
        chosen, errors = best_curve(logits, values, weights)
        chances = curve(chosen)(logits)
        made["curves"][signal] = chosen
        made["measured"][signal] = errors
        sources = np.array([row.source for row in known.rows])
        made["thresholds"][signal] = threshold(chances, values, weights, sources, budget[signal])
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
    chances: Floats, values: Floats, weights: Floats, sources: NDArray[np.str_], budget: float
) -> float:
    """The best F1 among thresholds that cost at most ``budget`` false flags per 1,000
    ordinary mails."""
    ordinary = np.isin(sources, ORDINARY)
    rest, floor = ~ordinary, _floor(chances[ordinary], budget)
    grid = np.unique(np.clip(np.quantile(chances[rest], np.linspace(0, 1, 400)), floor, 0.999))
    marked = (weights * values)[rest]
    scores = []
    for limit in grid:
        hit = chances[rest] >= limit
        right = marked[hit].sum()
        scores.append(2 * right / max(1e-9, (weights[rest] * hit).sum() + marked.sum()))
    return round(float(grid[int(np.argmax(scores))]), 4)


def _floor(calm: Floats, budget: float) -> float:
    """The lowest threshold that ``calm`` chances allow within the budget."""
    if not len(calm):
        return 0.0
    return float(np.sort(calm)[-1 - int(budget / 1000 * len(calm))]) + 1e-6


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
    """The run's predictions joined to the table. Raises ConfigError where they do not fit."""
    path = config.run / "predictions.npz"
    if not path.exists():
        raise ConfigError(f"{path} is not there: train first")
    kept = np.load(path)
    logits = dict(zip(map(str, kept["ids"]), kept["logits"].astype(np.float64), strict=True))
    rows = [replace(r, text=as_served(r.text)) for r in table(config) if r.id in logits]
    if len(rows) != len(logits):
        raise ConfigError(f"{path} was made from other data: train again")
    return Seen(rows, np.stack([logits[row.id] for row in rows]))


def load_calibrated(config: Config) -> dict[str, Any]:
    """What ``calibrate`` made. Raises ConfigError where it has not run."""
    try:
        made: dict[str, Any] = json.loads((config.run / "calibrated.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{config.run}: calibrate first: {error}") from error
    return made


def main(config: Config) -> Path:
    """Takes ``predictions.npz``; gives ``calibrated.json``: curves, thresholds, errors."""
    found = seen(config)
    chosen = found.where(np.array([for_choosing(row) for row in found.rows]))
    made = calibrate(chosen, config.budget)
    target = config.run / "calibrated.json"
    target.write_text(json.dumps(made, indent=1), "utf-8")
    return target


if __name__ == "__main__":
    run(main)
