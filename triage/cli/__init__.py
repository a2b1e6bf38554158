"""The command line: the composition root, where settings become running parts."""

from triage.cli.main import main

__all__ = ["main"]
