"""``triage init``: files that explain themselves."""

from importlib.resources import files
from pathlib import Path

from triage.errors import ConfigError


def write_settings(path: Path) -> None:
    """Write the commented settings to ``path``. Raises ``ConfigError`` when it exists."""
    _write(path, "triage.cli", "triage.toml")


def write_duty(path: Path) -> None:
    """Write the commented example of a duty file. Raises ``ConfigError`` when it exists."""
    _write(path, "triage.duty", "duty.toml")


def _write(path: Path, package: str, name: str) -> None:
    text = (files(package) / name).read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(f"{path} exists; name another, or remove it first") from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
