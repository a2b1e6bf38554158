"""Rules that can never decide are found; rules that might are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.policy import Condition, Rule
from triage.policy.reach import unreachable
from triage.types import SIGNALS, Outcome, Scores, Severity

Levels = dict[str, float | str]


def rule(name: str, when: Levels, also: Levels | None = None) -> Rule:
    def conditions(levels: Levels) -> tuple[Condition, ...]:
        return tuple(Condition(signal, level) for signal, level in levels.items())  # type: ignore[arg-type]

    return Rule(name, "B.", conditions(when), conditions(also or {}), Outcome.FLAG, Severity.LOW, 0)


Case = tuple[list[Levels], Levels, Levels]
SHADOWED: dict[str, Case] = {
    "the same": ([{"upset": "model"}], {"upset": "model"}, {}),
    "a lower number first": ([{"upset": 0.5}], {"upset": 0.7}, {}),
    "a further condition": ([{"upset": 0.5}], {"upset": 0.5}, {"urgent": 0.9}),
    "the further condition alone": ([{"urgent": 0.9}], {"upset": 0.5}, {"urgent": 0.9}),
    "two rules together": ([{"upset": 0.5}, {"angry": 0.5}], {"upset": 0.6, "angry": 0.6}, {}),
    "always true": ([{"upset": 0.0}], {"angry": "model"}, {}),
}
OPEN: dict[str, Case] = {
    "a higher number first": ([{"upset": 0.7}], {"upset": 0.5}, {}),
    "number and model": ([{"upset": 0.1}], {"upset": "model"}, {}),
    "model and number": ([{"upset": "model"}], {"upset": 0.9}, {}),
    "one way left": ([{"upset": 0.5}], {"upset": 0.6, "angry": 0.6}, {}),
    "other signal": ([{"upset": 0.5}], {"angry": 0.5}, {}),
}


@pytest.mark.parametrize(("earlier", "when", "also"), SHADOWED.values(), ids=SHADOWED)
def test_shadowed(earlier: list[Levels], when: Levels, also: Levels) -> None:
    rules = [rule(str(n), levels) for n, levels in enumerate(earlier)]
    last = rule("last", when, also)
    assert list(unreachable([*rules, last])) == [(last, tuple(rules))]


@pytest.mark.parametrize(("earlier", "when", "also"), OPEN.values(), ids=OPEN)
def test_open(earlier: list[Levels], when: Levels, also: Levels) -> None:
    rules = [rule(str(n), levels) for n, levels in enumerate(earlier)]
    assert list(unreachable([*rules, rule("last", when, also)])) == []


LEVEL = st.sampled_from([0.0, 0.3, 0.6, 1.0, "model"])
TABLE = st.dictionaries(st.sampled_from(SIGNALS[:3]), LEVEL, max_size=3)
RULES = st.lists(st.builds(rule, st.just("r"), TABLE.filter(bool), TABLE), min_size=1, max_size=4)
POINT = st.sampled_from([0.0, 0.3, 0.45, 0.6, 1.0])


@given(RULES, st.lists(POINT, min_size=3, max_size=3), POINT)
def test_no_rule_called_unreachable_ever_decides(
    rules: list[Rule], point: list[float], model: float
) -> None:
    values = dict.fromkeys(SIGNALS, 0.0) | dict(zip(SIGNALS, point, strict=False))
    scores, thresholds = Scores(**values), dict.fromkeys(SIGNALS, model)
    deciding = next((r for r in rules if r.holds(scores, thresholds)), None)
    assert all(deciding is not found for found, _ in unreachable(rules))
