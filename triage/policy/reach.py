"""Which rules can never decide, because earlier ones always do: a proof, not a guess."""

from collections.abc import Iterator, Sequence

from triage.policy.rules import Condition, Rule


def unreachable(rules: Sequence[Rule]) -> Iterator[tuple[Rule, tuple[Rule, ...]]]:
    """Each rule that cannot decide, with the earlier rules that take all it could.

    A rule holds through one condition of its ``when`` together with all of its ``also``. If for
    each such way an earlier rule must hold too, the rule is never reached. Levels that the model
    sets compare with each other only, since their numbers are not known here.
    """
    for place, rule in enumerate(rules):
        takers = [_taker(rules[:place], (way, *rule.also)) for way in rule.when]
        found = tuple(dict.fromkeys(taker for taker in takers if taker))
        if all(takers):
            yield rule, found


def _taker(earlier: Sequence[Rule], facts: tuple[Condition, ...]) -> Rule | None:
    for rule in earlier:
        if any(_follows(one, facts) for one in rule.when) and all(
            _follows(one, facts) for one in rule.also
        ):
            return rule
    return None


def _follows(condition: Condition, facts: tuple[Condition, ...]) -> bool:
    return condition.level == 0 or any(
        fact.signal == condition.signal and _at_least(fact, condition) for fact in facts
    )


def _at_least(fact: Condition, condition: Condition) -> bool:
    if fact.level == "model" or condition.level == "model":
        return fact.level == condition.level
    return fact.level >= condition.level
