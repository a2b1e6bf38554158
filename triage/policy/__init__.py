"""The desk's policy: a file of ordered rules over the signals and of the clocks that a flag starts,
and pure functions over it."""

from triage.policy.check import ExampleFailure, check, unexampled
from triage.policy.clocks import timetable
from triage.policy.decide import decide, explain, judge
from triage.policy.load import load
from triage.policy.rules import Condition, Example, Policy, Rule
from triage.policy.settings import EmergencyNumber, Safety, Storm
from triage.policy.timetable import EVERYBODY, Timetable

__all__ = [
    "EVERYBODY",
    "Condition",
    "EmergencyNumber",
    "Example",
    "ExampleFailure",
    "Policy",
    "Rule",
    "Safety",
    "Storm",
    "Timetable",
    "check",
    "decide",
    "explain",
    "judge",
    "load",
    "timetable",
    "unexampled",
]
