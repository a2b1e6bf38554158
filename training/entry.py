"""How every script of the training starts: settings in, one clear line and exit 2 on bad input."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from training.config import DEFAULT, Config, load
from triage.errors import TriageError


def run(main: Callable[[Config], object]) -> None:
    """Read ``--config PATH`` and ``--name RUN``, call ``main``, print what it gives."""
    parser = argparse.ArgumentParser(description=sys.modules[main.__module__].__doc__)
    parser.add_argument("--config", type=Path, default=DEFAULT, help="settings (TOML)")
    parser.add_argument("--name", help="name of the run, in place of the settings' own")
    chosen = parser.parse_args()
    try:
        settings = load(chosen.config, **({"name": chosen.name} if chosen.name else {}))
        print(main(settings))
    except TriageError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        sys.exit(2)
