"""What makes a model: the files of its folder, their checksums, and what they say."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from triage.classifier.calibration import Curve, curve
from triage.errors import ModelError
from triage.types import SIGNALS

N = TypeVar("N", int, float)

FORMAT = 1
LIVE = "LIVE"
MANIFEST = "manifest.json"
NETWORK = "model.onnx"
TOKENIZER = "tokenizer.json"
SETTINGS = "config.json"
CALIBRATION = "calibration.json"
THRESHOLDS = "thresholds.json"
METRICS = "metrics.json"
CARD = "MODEL_CARD.md"
FILES = (NETWORK, TOKENIZER, SETTINGS, CALIBRATION, THRESHOLDS, METRICS, CARD)
"""Every model folder holds these and the manifest with their SHA-256, and nothing else."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model folder that was read and found whole. ``window`` is in tokens, its two marks
    included; ``thresholds`` and ``curves`` have one entry a signal."""

    path: Path
    name: str
    languages: frozenset[str]
    window: int
    thresholds: Mapping[str, float]
    curves: tuple[Curve, ...]


def live_model(models_dir: Path) -> Path:
    """The folder that ``LIVE`` names. Raises ModelError where there is none."""
    try:
        name = (models_dir / LIVE).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{models_dir / LIVE} cannot be read: {error}") from error
    if not name or Path(name).name != name or name in {".", ".."}:
        raise ModelError(f"{models_dir / LIVE} must hold the name of one folder beside it")
    if not (models_dir / name).is_dir():
        raise ModelError(f"{models_dir / LIVE} names {name}, which is not there")
    return models_dir / name


def read_folder(path: Path) -> ModelFolder:
    """Check every file against the manifest and read the settings. Raises ModelError."""
    manifest = _json(path / MANIFEST)
    if manifest.get("format") != FORMAT:
        raise ModelError(f"{path}: format {manifest.get('format')!r}, this version reads {FORMAT}")
    _check_files(path, manifest.get("files"))
    settings, curves = _json(path / SETTINGS), _json(path / CALIBRATION)
    try:
        _check_signals(path, settings["signals"])
        return ModelFolder(
            path=path,
            name=str(settings["name"]),
            languages=frozenset(map(str, settings["languages"])),
            window=_within(int(settings["window"]), 16, 512, "window"),
            thresholds=_thresholds(_json(path / THRESHOLDS)),
            curves=tuple(curve(curves[signal]) for signal in SIGNALS),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: settings cannot be used: {error!r}") from error


def manifest_of(path: Path) -> dict[str, Any]:
    """The manifest that fits the files now in ``path``. Raises OSError for one that lacks."""
    files = {name: sha256((path / name).read_bytes()).hexdigest() for name in FILES}
    return {"format": FORMAT, "files": files}


def _check_files(path: Path, files: object) -> None:
    if not isinstance(files, dict) or set(files) != set(FILES):
        raise ModelError(f"{path / MANIFEST} must list exactly: {', '.join(FILES)}")
    for name, wanted in files.items():
        try:
            found = sha256((path / name).read_bytes()).hexdigest()
        except OSError as error:
            raise ModelError(f"{path / name} cannot be read: {error}") from error
        if found != wanted:
            raise ModelError(f"{path / name} is not the file the model was made with (SHA-256)")


def _check_signals(path: Path, signals: object) -> None:
    if signals != list(SIGNALS):
        raise ModelError(f"{path}: the model gives other signals than this version reads")


def _thresholds(raw: Mapping[str, Any]) -> Mapping[str, float]:
    return MappingProxyType({s: _within(float(raw[s]), 0.0, 1.0, s) for s in SIGNALS})


def _within(value: N, low: N, high: N, name: str) -> N:
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{name} must be {low} to {high}, it is {value}")
    return value


def _json(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}") from error
    if not isinstance(raw, dict):
        raise ModelError(f"{path} must hold one object")
    return raw
