"""The policy's own examples, run against its rules."""

from dataclasses import dataclass

from triage.policy.decide import judge
from triage.policy.rules import Example, Policy
from triage.types import SIGNALS, Decision

EVEN = dict.fromkeys(SIGNALS, 0.5)
"""Stands in for the model's thresholds, so that examples hold whatever model is in use."""


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """An example on which the policy does not do as it says; ``str()`` is for the operator."""

    example: Example
    decision: Decision

    def __str__(self) -> str:
        where = f"line {self.example.line}: " if self.example.line else ""
        wanted = _in_words(self.example.expect, self.example.severity)
        got = _in_words(self.decision.rule, self.decision.severity)
        return f"{where}“{self.example.says}” should be decided by {wanted}, is by {got}"


def check(policy: Policy) -> tuple[ExampleFailure, ...]:
    """The examples that fail, in the file's order; where the model sets a level, 0.5 is taken."""
    decided = ((example, _decision(policy, example)) for example in policy.examples)
    return tuple(
        ExampleFailure(example, decision)
        for example, decision in decided
        if decision.rule != example.expect
        or (example.severity is not None and decision.severity is not example.severity)
    )


def unexampled(policy: Policy) -> tuple[str, ...]:
    """Names of the rules that no example expects."""
    expected = {example.expect for example in policy.examples}
    return tuple(rule.name for rule in policy.rules if rule.name not in expected)


def _decision(policy: Policy, example: Example) -> Decision:
    scores = None if example.unread else example.scores
    return judge(policy, example.kind, scores, EVEN, example.unread)


def _in_words(rule: str, severity: str | None) -> str:
    return f"“{rule}” ({severity})" if severity else f"“{rule}”"
