"""One mail and what was read in it -> what becomes of it, and why."""

import math
from collections.abc import Iterator, Mapping

from triage.policy.rules import AUTOMATIC, NONE, NOT_SCORED, Condition, Policy, Rule
from triage.types import (
    SIGNALS,
    Assessment,
    Decision,
    Email,
    MailKind,
    Outcome,
    Scores,
)


def decide(
    policy: Policy,
    email: Email,
    assessment: Assessment | None,
    thresholds: Mapping[str, float],
    unread_because: str = "",
) -> Decision:
    """What policy says of a mail: the first rule that holds decides.

    Automatic mail is never flagged. ``assessment`` is ``None`` for mail that the model did not
    read; ``unread_because`` says why ("language de"). ``thresholds`` are the model's own, signal
    -> probability. Raises ``ConfigError`` where a rule relies on a threshold that is not there.
    """
    scores = None if assessment is None else assessment.scores
    why = unread_because or (_why_unread(email) if assessment is None else "")
    return judge(policy, email.kind, scores, thresholds, why)


def judge(
    policy: Policy,
    kind: MailKind,
    scores: Scores | None,
    thresholds: Mapping[str, float],
    unread_because: str,
) -> Decision:
    """``decide`` by no more than it needs, for mail read long ago."""
    if kind is not MailKind.CUSTOMER:
        return Decision(Outcome.AUTOMATIC, None, AUTOMATIC + kind.replace("_", " "))
    if scores is None:
        return _not_scored(policy, unread_because)
    if not _are_probabilities(scores):
        return _not_scored(policy, "the model's answer is no probability")
    rule = _deciding(policy, scores, thresholds)
    if rule is None:
        return Decision(Outcome.PASS, None, NONE)
    return Decision(rule.outcome, rule.severity, rule.name)


def explain(
    policy: Policy,
    decision: Decision,
    assessment: Assessment | None,
    thresholds: Mapping[str, float],
) -> str:
    """One line for a person: the rule's sentence, and which signals reached which threshold."""
    if decision.outcome is Outcome.AUTOMATIC:
        kind = decision.rule.removeprefix(AUTOMATIC)
        return f"Not a customer's own words ({kind}): never flagged."
    if decision.rule.startswith(NOT_SCORED):
        reason = decision.rule.removeprefix(NOT_SCORED)
        return f"The model did not read this mail ({reason}): for a person."
    if assessment is None:
        return f"Decided as “{decision.rule}”."
    if decision.rule == NONE:
        return f"No rule holds. {_nearest(policy, assessment.scores, thresholds)}".rstrip()
    rule = policy.rule(decision.rule)
    if rule is None:
        return f"Decided by the rule “{decision.rule}”, which the policy no longer has."
    said = _readings(_held(rule, assessment.scores, thresholds), assessment.scores, thresholds)
    return f"{rule.because} {said}".rstrip()


def _deciding(policy: Policy, scores: Scores, thresholds: Mapping[str, float]) -> Rule | None:
    return next((rule for rule in policy.rules if rule.holds(scores, thresholds)), None)


def _not_scored(policy: Policy, reason: str) -> Decision:
    outcome = Outcome.UNSCORED if policy.not_scored is None else Outcome.FLAG
    return Decision(outcome, policy.not_scored, NOT_SCORED + reason)


def _why_unread(email: Email) -> str:
    return ", ".join(email.remarks) or f"language {email.language or 'unknown'}"


def _are_probabilities(scores: Scores) -> bool:
    """A NaN compares false with every threshold and would pass in silence."""
    return all(math.isfinite(scores[s]) and 0 <= scores[s] <= 1 for s in SIGNALS)


def _held(rule: Rule, scores: Scores, thresholds: Mapping[str, float]) -> Iterator[Condition]:
    return (one for one in (*rule.when, *rule.also) if one.holds(scores, thresholds))


def _readings(
    conditions: Iterator[Condition], scores: Scores, thresholds: Mapping[str, float]
) -> str:
    said = [
        f"{one.signal.replace('_', ' ')} {_percent(scores[one.signal])}, "
        f"enough from {_percent(one.threshold(thresholds))}"
        for one in conditions
    ]
    return f"({'; '.join(said)})" if said else ""


def _nearest(policy: Policy, scores: Scores, thresholds: Mapping[str, float]) -> str:
    """The condition that came closest, by its share of the threshold."""
    missed = [
        one
        for rule in policy.rules
        for one in rule.when
        if 0 < one.threshold(thresholds) > scores[one.signal]
    ]
    if not missed:
        return ""
    closest = max(missed, key=lambda one: scores[one.signal] / one.threshold(thresholds))
    return "Nearest: " + _readings(iter([closest]), scores, thresholds).strip("()") + "."


def _percent(probability: float) -> str:
    """Rounded down, so that what failed a threshold never reads as if it had reached it."""
    return f"{math.floor(probability * 1000 + 1e-9) / 10:g} %"
