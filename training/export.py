"""Export: weights, curves and thresholds to a model folder that serves; whole or not at all."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from training.base import fetch
from training.calibrate import load_calibrated
from training.config import Config
from training.graph import write
from training.train import FINAL
from triage.classifier.folder import (
    CALIBRATION,
    CARD,
    FILES,
    MANIFEST,
    METRICS,
    NETWORK,
    SETTINGS,
    THRESHOLDS,
    TOKENIZER,
    manifest_of,
)
from triage.errors import ConfigError
from triage.types import SIGNALS

FAMILY = "triage-minilm"
HEADS = 12
LANGUAGES = ("en",)


def networks(config: Config, weights: Path, folder: Path) -> dict[str, Path]:
    """Write ``full.onnx`` and ``int8.onnx`` of ``weights`` into ``folder``."""
    try:
        state = torch.load(weights, weights_only=True)
    except (OSError, RuntimeError) as error:
        raise ConfigError(f"{weights} cannot be read: {error}") from error
    arrays = {name: value.float().numpy() for name, value in state.items()}
    made = {"full": folder / "full.onnx", "int8": folder / "int8.onnx"}
    for kind, target in made.items():
        write(arrays, HEADS, target, int8=kind == "int8")
    return made


def assemble(
    config: Config,
    name: str,
    *,
    network: Path,
    calibrated: Mapping[str, Any],
    metrics: Mapping[str, Any],
    card: str,
) -> Path:
    """Make ``<models>/<name>`` from its parts, in a folder beside it that is renamed at the end.

    Raises ConfigError where a model of that name is already there.
    """
    target = config.models / name
    if target.exists():
        raise ConfigError(f"{target} is already there; a model is never overwritten")
    config.models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=config.models, prefix=".making-") as place:
        folder = Path(place) / name
        folder.mkdir()
        shutil.copy(network, folder / NETWORK)
        shutil.copy(fetch(config) / "tokenizer.json", folder / TOKENIZER)
        _json(folder / SETTINGS, settings(config, name))
        _json(folder / CALIBRATION, calibrated["curves"])
        _json(folder / THRESHOLDS, calibrated["thresholds"])
        _json(folder / METRICS, metrics)
        (folder / CARD).write_text(card, "utf-8")
        assert set(FILES) == {path.name for path in folder.iterdir()}
        _json(folder / MANIFEST, manifest_of(folder))
        folder.rename(target)
    return target


def settings(config: Config, name: str) -> dict[str, Any]:
    """What the folder says of itself: how to read texts, and how it was trained."""
    training = {
        key: value
        for key, value in config.as_dict().items()
        if key not in {"shared", "cache", "runs", "models", "reports", "name"}
    }
    return {
        "name": name,
        "signals": list(SIGNALS),
        "languages": list(LANGUAGES),
        "window": config.signals.longest,
        "training": training,
    }


def _json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", "utf-8")


def next_name(models: Path) -> str:
    """The family's name with the first version number above all that are there."""
    pattern = re.compile(rf"{FAMILY}-(\d+)")
    found = [pattern.fullmatch(path.name) for path in models.iterdir()] if models.exists() else []
    return f"{FAMILY}-{max((int(match[1]) for match in found if match), default=0) + 1}"


@contextmanager
def trial_folders(config: Config) -> Iterator[tuple[Path, Path]]:
    """Model folders of the run's final weights, int8 and full precision, for measuring."""
    config.runs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=config.runs, prefix=".trial-") as place:
        made = networks(config, config.run / f"{FINAL}.pt", Path(place))
        trial = replace(config, models=Path(place) / "int8")
        calibrated = load_calibrated(config)
        small = assemble(
            trial, "trial", network=made["int8"], calibrated=calibrated, metrics={}, card="trial\n"
        )
        yield small, full_twin(small, made["full"], Path(place) / "full")


def full_twin(folder: Path, network: Path, place: Path) -> Path:
    """A copy of a model folder whose network is ``network``: for comparing the two."""
    twin = place / folder.name
    shutil.copytree(folder, twin)
    shutil.copy(network, twin / NETWORK)
    (twin / MANIFEST).write_text(json.dumps(manifest_of(twin)), "utf-8")
    return twin
