"""The whole of Triage on one machine: customers who write, and the Point Person's inbox."""

from pathlib import Path


def run_demo(data: Path, port: int) -> int:
    """Run the demo until Ctrl-C; the exit code. Its data stays in ``data`` for the next time.

    Raises ``TriageError`` when the port or the folder is taken or a server does not start.
    """
    # The mail server's own process imports this package too, and needs none of the rest.
    from triage.demo.run import run  # noqa: PLC0415

    return run(data, port)
