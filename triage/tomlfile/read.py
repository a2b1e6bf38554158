"""Reading a TOML file that a person wrote, or the one that comes with a package."""

import tomllib
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from triage.errors import ConfigError

LARGEST = 1_000_000
"""Bytes; a larger file was not written by a person."""


@dataclass(frozen=True, slots=True)
class TomlFile:
    """``digest`` is the SHA-256 of the bytes; ``folder`` where relative paths begin."""

    source: str
    text: str
    document: dict[str, Any]
    digest: str
    folder: Path


def read_toml(path: Path | None, package: str, name: str) -> TomlFile:
    """The file at ``path``, or ``name`` of ``package`` when there is none.

    Raises ``ConfigError`` for one that cannot be read, is too large, or is no TOML.
    """
    source, content = _content(path, package, name)
    try:
        text = content.decode()
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{source}: not a readable TOML file: {error}") from None
    folder = path.parent if path else Path()
    return TomlFile(source, text, document, sha256(content).hexdigest(), folder)


def _content(path: Path | None, package: str, name: str) -> tuple[str, bytes]:
    if path is None:
        return name, (files(package) / name).read_bytes()
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(content) > LARGEST:
        raise ConfigError(f"{path}: larger than {LARGEST:,} bytes, so hardly written by hand")
    return str(path), content
