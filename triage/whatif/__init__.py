"""What another policy, or another threshold, would have done with the mail of the past."""

from triage.whatif.pings import Pings
from triage.whatif.records import Changed, Course, Ping, PingChange, Side, Trial
from triage.whatif.replay import tried

__all__ = [
    "Changed",
    "Course",
    "Ping",
    "PingChange",
    "Pings",
    "Side",
    "Trial",
    "tried",
]
