"""``triage init``: a settings file that explains itself."""

from importlib.resources import files
from pathlib import Path

from triage.errors import ConfigError


def write_settings(path: Path) -> None:
    """Write the commented settings to ``path``. Raises ``ConfigError`` when it exists."""
    text = (files("triage.cli") / "triage.toml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(f"{path} exists; name another, or remove it first") from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
