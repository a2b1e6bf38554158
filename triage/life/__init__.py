"""The life of a case as pure functions: every step takes a case and gives the case after it.

Nothing here reads a clock, a file or a database. As long as a case has not ended, one of its
clocks runs: whatever happens, there is a next thing that happens.
"""

from triage.life.act import acted
from triage.life.begin import begun, flagged_again, we_wrote, with_insistence, wrote
from triage.life.end import missing
from triage.life.guide import next_deeds
from triage.life.moment import Moment
from triage.life.records import (
    ENDED,
    NOT_RESOLVED,
    WAITING,
    CaseState,
    Change,
    Clock,
    ClockKind,
    Event,
    Promise,
    Status,
    Telling,
    TellKind,
)
from triage.life.ring import rung

__all__ = [
    "ENDED",
    "NOT_RESOLVED",
    "WAITING",
    "CaseState",
    "Change",
    "Clock",
    "ClockKind",
    "Event",
    "Moment",
    "Promise",
    "Status",
    "TellKind",
    "Telling",
    "acted",
    "begun",
    "flagged_again",
    "missing",
    "next_deeds",
    "rung",
    "we_wrote",
    "with_insistence",
    "wrote",
]
