"""Settings as they may be shown: where each was set, and never a secret."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, SecretStr

from service.desk import Desk
from triage.classifier import ModelFolder, live_model, read_folder
from triage.config import Settings
from triage.errors import ModelError

Source = Literal["default", "file", "environment"]


@dataclass(frozen=True, slots=True)
class Setting:
    """``key`` with dots, as ``mailboxes.support.host``; ``value`` plain, for a secret whether there
    is one."""

    key: str
    value: object
    source: Source
    secret: bool = False


def shown(settings: Settings, file: Path | None = None) -> tuple[Setting, ...]:
    """Every setting; ``file`` is the one that they were read from, by default the usual place."""
    named = os.environ.get("TRIAGE_CONFIG")
    path = file or Path(named or "triage.toml")
    try:
        in_file = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        in_file = {}
    said = {name.upper() for name in os.environ}
    return tuple(
        Setting(".".join(keys), value, _source(keys, in_file, said), secret)
        for keys, value, secret in _flat(settings, ())
    )


def _flat(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object, bool]]:
    match value:
        case BaseModel():
            for name in type(value).model_fields:
                yield from _flat(getattr(value, name), (*keys, name))
        case dict() if value:
            for name, inner in value.items():
                yield from _flat(inner, (*keys, str(name)))
        case SecretStr():
            yield keys, bool(value.get_secret_value()), True
        case Path() | date():
            yield keys, str(value), False
        case tuple() | frozenset():
            yield keys, [str(one) for one in value], False
        case _:
            yield keys, value, False


def _source(keys: tuple[str, ...], in_file: Mapping[str, Any], said: set[str]) -> Source:
    named = ["TRIAGE_" + "__".join(keys[:depth]).upper() for depth in range(1, len(keys) + 1)]
    if said.intersection(named):
        return "environment"
    found: Any = in_file
    for key in keys:
        if not isinstance(found, Mapping) or key not in found:
            return "default"
        found = found[key]
    return "file"


def model_folder(desk: Desk) -> ModelFolder | None:
    """Of the model in use; ``None`` where it cannot be read now."""
    settings = desk.works.settings
    try:
        return _read(settings.model or live_model(settings.models))
    except ModelError:
        return None


@lru_cache(maxsize=2)
def _read(path: Path) -> ModelFolder:
    """Its files are compared with their checksums, which takes a moment."""
    return read_folder(path)
