"""Caseloads for tests: people by their addresses, the packaged policy, a clock of one's own."""

from collections.abc import Callable
from datetime import UTC, datetime

from triage import policy
from triage.caseload import Caseload, Tell
from triage.config import person
from triage.duty import simple
from triage.policy import Policy

POLICY = policy.load()


def caseload(
    *points: str,
    tell: Tell = lambda tx, notice: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    rules: Policy = POLICY,
) -> Caseload:
    """The first of ``points`` is Point, the others stand in; always on duty."""
    desk = simple([person(one) for one in points])
    return Caseload(lambda: desk, lambda: rules, tell, clock)
