"""Evaluate: one report (JSON and HTML) over the run's predictions and the model as served."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import baselines
from training.behaviour import read_cases, run_cases
from training.calibrate import (
    ORDINARY,
    Seen,
    calibration_error,
    halves,
    load_calibrated,
    reliability,
    seen,
)
from training.config import Config
from training.emotion_test import emotion_test
from training.entry import run
from training.examples import TO_POINT
from training.export import trial_folders
from training.measure import flagging, ranking, upper_bound
from training.report import page
from training.serving import agreement, faithfulness
from training.slices import SLICES
from triage.classifier import Classifier
from triage.classifier.calibration import curve
from triage.types import SIGNALS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
POINT = [SIGNALS.index(signal) for signal in TO_POINT]
ANGRY = SIGNALS.index("angry")
UNSEEN = {"mail": "writers never trained on", "cfpb": "real narratives never trained on"}


def chances_of(logits: Floats, calibrated: dict[str, Any]) -> Floats:
    """(rows, 11) probabilities, as the classifier would give them for one window."""
    columns = [curve(calibrated["curves"][s])(logits[:, at]) for at, s in enumerate(SIGNALS)]
    made = np.stack(columns, axis=1)
    made[:, :3] = np.minimum.accumulate(made[:, :3], axis=1)
    return made


def point_score(chances: Floats) -> Floats:
    """One number to rank mails by: the likeliest signal that goes to the Point Person."""
    return np.asarray(chances[:, POINT].max(axis=1))


class Measured:
    """Predictions, probabilities and flags of the rows, ready to be counted in many ways.

    ``chances`` are by the shipped curves; they only rank. ``honest`` probabilities and all flags
    are by curves and thresholds that were chosen on the other half of the rows.
    """

    def __init__(self, found: Seen, calibrated: dict[str, Any]) -> None:
        self.rows = found.rows
        self.found = found
        self.chances = chances_of(found.logits, calibrated)
        self.honest = np.zeros_like(self.chances)
        self.flags: Bools = np.zeros(self.chances.shape, np.bool_)
        half = halves(found.rows)
        for side, chosen in enumerate(calibrated["crossed"]):
            limits = np.array([chosen["thresholds"][signal] for signal in SIGNALS])
            self.honest[half == side] = chances_of(found.logits[half == side], chosen)
            self.flags[half == side] = self.honest[half == side] >= limits
        self.source: NDArray[np.str_] = np.array([row.source for row in found.rows])
        self.point = np.array([float(row.to_point) for row in found.rows])
        self.point_flags: Bools = np.asarray(self.flags[:, POINT].any(axis=1), dtype=np.bool_)

    def of(self, source: str) -> Bools:
        """Which rows are of ``source``."""
        return np.asarray(self.source == source, dtype=np.bool_)

    def signals(self, source: str) -> dict[str, Any]:
        made = {}
        for at, signal in enumerate(SIGNALS):
            mine = self.of(source) & (self.found.weights(at) > 0)
            values, chances = self.found.values(at)[mine], self.chances[mine, at]
            error = calibration_error(self.honest[mine, at], values, self.found.weights(at)[mine])
            made[signal] = ranking(values, chances) | flagging(values, self.flags[mine, at])
            made[signal]["calibration_error"] = round(error, 4)
        return made

    def to_point(self, source: str) -> dict[str, Any]:
        mine = self.of(source)
        figures = ranking(self.point[mine], point_score(self.chances)[mine])
        return figures | flagging(self.point[mine], self.point_flags[mine])

    def ordinary(self) -> dict[str, Any]:
        """False flags on ordinary mail, by thresholds chosen without it."""
        made: dict[str, Any] = {}
        for source in ORDINARY:
            mine = self.of(source)
            columns = {"to the Point Person": self.point_flags[mine]}
            columns |= {signal: self.flags[mine, at] for at, signal in enumerate(SIGNALS)}
            made[source] = {"mails": int(mine.sum())} | {
                name: {
                    "flags": int(flags.sum()),
                    "per_1000": round(1000 * float(flags.mean()), 2),
                    "at_most": round(1000 * upper_bound(int(flags.sum()), len(flags)), 2),
                }
                for name, flags in columns.items()
            }
        return made

    def slices(self) -> dict[str, Any]:
        made = {}
        for name, chosen in SLICES.items():
            mine = np.array([chosen(row) for row in self.rows])
            if not mine.any():
                continue
            point = flagging(self.point[mine], self.point_flags[mine])
            angry = flagging(self.found.values(ANGRY)[mine], self.flags[mine, ANGRY])
            right = float((self.point_flags[mine] == (self.point[mine] == 1)).mean())
            made[name] = {"right": round(right, 3), "to_point": point, "angry": angry}
        return made


def peers(config: Config, measured: Measured) -> dict[str, Any]:
    """The model, VADER and the linear model on the same unseen rows, and any run named
    ``<run>-plain`` that was trained for comparison."""
    rows = list(measured.rows)
    wanted = {row.id: at for at, row in enumerate(rows)}
    tfidf = baselines.linear(config)
    place = [at for at, row in enumerate(tfidf.rows) if row.id in wanted]
    logits = np.zeros_like(measured.found.logits)
    for at in place:
        logits[wanted[tfidf.rows[at].id]] = tfidf.logits[at]
    lexicon = baselines.vader(rows)
    scores = {
        "this model": (point_score(measured.chances), measured.chances[:, ANGRY]),
        "VADER": (lexicon, lexicon),
        "TF-IDF, linear": (logits[:, POINT].max(axis=1), logits[:, ANGRY]),
    }
    plain = config.runs / f"{config.name}-plain" / "predictions.npz"
    if plain.exists():
        kept = np.load(plain)
        found = dict(zip(map(str, kept["ids"]), kept["logits"], strict=True))
        if all(row.id in found for row in rows):
            bare = np.stack([found[row.id] for row in rows])
            scores["MiniLM, plain fine-tune"] = (bare[:, POINT].max(axis=1), bare[:, ANGRY])
    return {name: _peer(measured, *both) for name, both in scores.items()}


def _peer(measured: Measured, point: Floats, angry: Floats) -> dict[str, Any]:
    made: dict[str, Any] = {}
    values = {"to_point": measured.point, "angry": measured.found.values(ANGRY)}
    ordinary = np.isin(measured.source, ORDINARY)
    for name, scores in (("to_point", point), ("angry", angry)):
        for source in UNSEEN:
            mine = measured.of(source)
            made[f"{name}, {source}"] = ranking(values[name][mine], scores[mine], draws=0)
        limit = float(np.quantile(scores[ordinary], 0.99))
        mine = measured.of("mail") & (values[name] == 1)
        made[f"{name}, recall at 1 % of ordinary mail"] = round(
            float((scores[mine] > limit).mean()), 4
        )
    return made


def evaluate(config: Config, found: Seen) -> dict[str, Any]:
    """Every figure that needs predictions alone."""
    calibrated = load_calibrated(config)
    measured = Measured(found, calibrated)
    return {
        "run": config.name,
        "unseen": UNSEEN,
        "to_point": {source: measured.to_point(source) for source in UNSEEN},
        "signals": {source: measured.signals(source) for source in UNSEEN},
        "ordinary": measured.ordinary(),
        "slices": measured.slices(),
        "peers": peers(config, measured),
        "calibration": {
            "chosen_by_error": calibrated["measured"],
            "bins": {
                signal: reliability(
                    measured.honest[:, at], measured.found.values(at), measured.found.weights(at)
                )
                for at, signal in enumerate(SIGNALS)
            },
        },
        "thresholds": calibrated["thresholds"],
        "budget_per_1000": dict(config.budget),
    }


def served(config: Config, found: Seen, int8: Path, full: Path) -> dict[str, Any]:
    """Figures of the model as it is served; ``int8`` and ``full`` are model folders."""
    small, large = Classifier.load(int8), Classifier.load(full)
    flagged = [row for row in found.rows if row.source in UNSEEN and row.to_point]
    return {
        "int8": agreement(small, large, [row.text for row in found.rows]),
        "evidence": faithfulness(small, flagged, config.seed),
        "behaviour": run_cases(small, read_cases()),
    }


def main(config: Config) -> Path:
    """Takes predictions and ``calibrated.json``; gives ``<reports>/<run>.json`` and ``.html``."""
    found = seen(config)
    made = evaluate(config, found)
    with trial_folders(config) as (int8, full):
        made |= {"served": served(config, found, int8, full)}
    made["goemotions_test"] = emotion_test(config)
    config.reports.mkdir(parents=True, exist_ok=True)
    target = config.reports / f"{config.name}.json"
    target.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    target.with_suffix(".html").write_text(page(made), "utf-8")
    return target


if __name__ == "__main__":
    run(main)
