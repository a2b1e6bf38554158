"""The Manager's notice (P4): one a case, and again when what it says is no longer so."""

from dataclasses import replace

from triage.life.clocks import stopped
from triage.life.moment import Moment
from triage.life.records import (
    NOT_RESOLVED,
    CaseState,
    Change,
    ClockKind,
    Event,
    Telling,
    TellKind,
)


def told_manager(case: CaseState, who: str, at: Moment) -> Change:
    """The Manager is told what was done, or that it is not resolved yet."""
    manager = at.manager()
    says = case.done or NOT_RESOLVED
    facts = {"to": [manager.id], "says": says, "resolved": bool(case.done), "by": who}
    after = stopped(replace(case, manager_told=says, manager_told_at=at.now), ClockKind.MANAGER)
    return Change(
        after, (Event("manager told", facts),), (Telling(TellKind.MANAGER, (manager,), facts),)
    )


def knows(case: CaseState) -> bool:
    """Whether the Manager's last notice still says what is so."""
    return bool(case.manager_told) and case.manager_told == (case.done or NOT_RESOLVED)
