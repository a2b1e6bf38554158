"""The desk's policy: a file of ordered rules over the signals, and pure functions over it."""

from triage.policy.check import ExampleFailure, check, unexampled
from triage.policy.decide import decide, explain
from triage.policy.load import load
from triage.policy.rules import Condition, Example, Policy, Rule

__all__ = [
    "Condition",
    "Example",
    "ExampleFailure",
    "Policy",
    "Rule",
    "check",
    "decide",
    "explain",
    "load",
    "unexampled",
]
