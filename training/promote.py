"""Promote: a run's model to ``models/<name>-<version>/``, and LIVE to it, unless it is worse."""

import json
import tempfile
from pathlib import Path
from typing import Any

from training.calibrate import load_calibrated
from training.card import card
from training.config import Config
from training.entry import run
from training.export import assemble, networks, next_name
from training.report import read_report
from training.train import FINAL
from triage.classifier import Classifier, live_model
from triage.classifier.folder import LIVE, METRICS
from triage.errors import ConfigError, ModelError

TOLERANCE = 0.01
"""How far a figure may lie below the live model's before the new one is refused."""
MOST_FALSE = 15.0
"""Ordinary mails in 1,000 that a model may send to the Point Person and still be promoted."""


def main(config: Config) -> Path:
    """Takes a run's weights, curves and report; gives the new model folder, now live.

    Raises ConfigError where a part is missing or the model is worse than the live one.
    """
    metrics = read_report(config)
    refuse_worse(metrics, live_metrics(config.models))
    name = next_name(config.models)
    with tempfile.TemporaryDirectory(dir=config.runs) as place:
        made = networks(config, config.run / f"{FINAL}.pt", Path(place))
        target = assemble(
            config,
            name,
            network=made["int8"],
            calibrated=load_calibrated(config),
            metrics=summary(metrics),
            card=card(config, name, metrics),
        )
    Classifier.load(target).score(["It works."])
    half = config.models / f".{LIVE}"
    half.write_text(f"{name}\n", "utf-8")
    half.replace(config.models / LIVE)
    return target


def summary(metrics: dict[str, Any]) -> dict[str, Any]:
    """What of the report goes with the model: every figure but the plots' bins."""
    return {key: value for key, value in metrics.items() if key != "calibration"}


def live_metrics(models: Path) -> dict[str, Any]:
    """The figures of the live model; empty where none is live yet."""
    try:
        return dict(json.loads((live_model(models) / METRICS).read_text("utf-8")))
    except (ModelError, OSError, ValueError):
        return {}


def refuse_worse(new: dict[str, Any], live: dict[str, Any]) -> None:
    """Raise ConfigError where ``new`` flags too much ordinary mail, or ranks unseen writers'
    mail worse than ``live`` does by more than ``TOLERANCE``."""
    ordinary = new["ordinary"].values()
    flagged = sum(figures["to the Point Person"]["flags"] for figures in ordinary)
    false = 1000 * flagged / max(1, sum(figures["mails"] for figures in ordinary))
    if false > MOST_FALSE:
        raise ConfigError(f"refused: {false:.1f} of 1,000 ordinary mails would be flagged")
    for source, figures in (live.get("to_point") or {}).items():
        before, after = figures["auc"], new["to_point"][source]["auc"]
        if after < before - TOLERANCE:
            raise ConfigError(f"refused: AUC on {source} would fall from {before} to {after}")


if __name__ == "__main__":
    run(main)
