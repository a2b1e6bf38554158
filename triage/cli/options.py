"""What every command shares: where its settings come from."""

from pathlib import Path
from typing import Annotated

import typer

from triage import config
from triage.log import configure

ConfigPath = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file; default $TRIAGE_CONFIG or triage.toml."),
]

TIMES = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"]
"""How a moment may be typed."""
Who = Annotated[
    str,
    typer.Option(
        metavar="ID", help="Who: an id of the duty file; without one an address of desk.point."
    ),
]


def settings_at(path: Path | None) -> config.Settings:
    """The settings, with logging set up as they say. Raises ``ConfigError``."""
    settings = config.load(path)
    configure(settings.log)
    return settings
