"""Waiting for what other threads and processes do: by the condition, never by the clock."""

from collections.abc import Callable
from time import monotonic, sleep

PATIENCE = 120.0
"""Seconds. Only a test that fails waits so long; a machine with much else to do needs many."""


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Return as soon as ``condition()`` holds; fail the test where that takes too long."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, f"it did not happen in {seconds:g} s"
        sleep(0.02)
