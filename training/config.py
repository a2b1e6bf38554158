"""The settings of a training run: one TOML file in, one frozen record out."""

import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from triage.errors import ConfigError

HERE = Path(__file__).parent
DEFAULT = HERE / "config.toml"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of training. Rates are per step, lengths in tokens, batches in padded tokens."""

    epochs: float = 4.0
    rate: float = 2e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    frozen: int = 0
    batch_tokens: int = 4096
    longest: int = 384
    warm_up: float = 0.08
    weight_decay: float = 0.01
    average_last: float = 0.25
    unsure_weight: float = 0.5
    balance: float = 0.5
    augment: float = 0.0
    members: int = 1


@dataclass(frozen=True, slots=True)
class Member:
    """One of the trainings whose mean is the network: for how long, and ``without`` what: names of
    sources, or of files of the project's own mails."""

    epochs: float
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """Where a run finds its data, what it makes, and how. Paths are resolved by ``load``."""

    name: str
    seed: int
    threads: int
    processes: int
    shared: Path
    cache: Path
    runs: Path
    models: Path
    reports: Path
    folds: int
    left_out: tuple[int, ...]
    calm_rows: dict[str, int]
    sources_left_out: tuple[str, ...]
    emotions: Stage
    signals: Stage
    members: tuple[Member, ...]
    budget: dict[str, float] = field(default_factory=dict)

    @property
    def run(self) -> Path:
        """The folder of this run: weights, resolved settings, predictions."""
        return self.runs / self.name

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as they are written beside the weights."""
        raw = asdict(self)
        return {key: str(value) if isinstance(value, Path) else value for key, value in raw.items()}


def load(path: Path = DEFAULT, **changes: Any) -> Config:
    """Read ``path``; ``changes`` replace top-level keys. Raises ConfigError."""
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8")) | changes
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    try:
        for key in ("shared", "cache", "runs", "models", "reports"):
            raw[key] = (path.parent / raw[key]).resolve()
        raw["emotions"], raw["signals"] = Stage(**raw["emotions"]), Stage(**raw["signals"])
        raw["members"] = tuple(
            Member(one["epochs"], tuple(one.get("without", ()))) for one in raw["members"]
        )
        raw["left_out"] = tuple(raw["left_out"])
        raw["sources_left_out"] = tuple(raw.get("sources_left_out", ()))
        return Config(**raw)
    except (KeyError, TypeError) as error:
        raise ConfigError(f"{path}: {error}") from error
