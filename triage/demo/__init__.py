"""The whole of Triage on one machine: customers who write, and the Point Person's inbox."""

import os
import signal
from pathlib import Path

INTERRUPTED = 130
"""What shells call a command that Ctrl-C ended."""


def run_demo(data: Path, port: int) -> int:
    """Run the demo until Ctrl-C; the exit code. Its data stays in ``data`` for the next time.

    Raises ``TriageError`` when the port or the folder is taken or a server does not start.
    """
    # Nothing runs yet, so Ctrl-C needs no goodbye; as an exception it would break an import.
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    # The mail server's own process imports this package too, and needs none of the rest.
    from triage.demo.run import run  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.default_int_handler)
    return run(data, port)
