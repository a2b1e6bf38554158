"""The behavioural suite: what a reader must and must not react to (CheckList, Ribeiro 2020).

``behaviour/cases.jsonl`` holds one case a line: ``mft`` (the signal must be on, or off, for a
text), ``inv`` (two texts must score alike) and ``dir`` (the second must score higher or lower).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.sources import rows
from triage.classifier import Classifier
from triage.errors import ConfigError
from triage.types import SIGNALS

CASES = Path(__file__).parent / "behaviour" / "cases.jsonl"
MOVES = 0.2
"""How far an invariant score may move before it counts as moved."""
SLACK = 0.02
"""A directional case fails only where the score goes the wrong way by more than this."""
EXPECTED = {"mft": {"on", "off"}, "inv": {"same"}, "dir": {"up", "down"}}


@dataclass(frozen=True, slots=True)
class Case:
    """``other`` is the changed text of an ``inv`` or ``dir`` case."""

    id: str
    capability: str
    kind: str
    text: str
    other: str
    signal: str
    expect: str


def read_cases(path: Path = CASES) -> list[Case]:
    """The suite. Raises ConfigError naming file and line of a case that cannot be run."""
    return [_case(row, f"{path.name}:{number}") for number, row in rows(path)]


def _case(row: dict[str, Any], where: str) -> Case:
    kind, expect = row.get("type"), row.get("expect")
    if kind not in EXPECTED or expect not in EXPECTED[kind]:
        raise ConfigError(f"{where}: no case of type {kind!r} expects {expect!r}")
    if row.get("signal") not in SIGNALS:
        raise ConfigError(f"{where}: no signal {row.get('signal')!r}")
    if kind != "mft" and not isinstance(row.get("other"), str):
        raise ConfigError(f"{where}: a case of type {kind} needs other")
    text, other = str(row["text"]), str(row.get("other") or "")
    return Case(str(row["id"]), str(row["capability"]), kind, text, other, row["signal"], expect)


def run_cases(classifier: Classifier, cases: Sequence[Case]) -> dict[str, Any]:
    """Passed and total by capability and type, and the ids that failed."""
    first = classifier.score([case.text for case in cases])
    second = classifier.score([case.other for case in cases])
    tally: dict[str, dict[str, int]] = defaultdict(lambda: {"cases": 0, "passed": 0})
    failed = []
    for case, before, after in zip(cases, first, second, strict=True):
        limit = classifier.thresholds[case.signal]
        passed = _passed(case, before[case.signal], after[case.signal], limit)
        for name in (case.capability, f"type: {case.kind}", "all"):
            tally[name]["cases"] += 1
            tally[name]["passed"] += passed
        if not passed:
            failed.append(case.id)
    return {"tally": dict(sorted(tally.items())), "failed": failed}


def _passed(case: Case, before: float, after: float, limit: float) -> bool:
    if case.kind == "mft":
        return (before >= limit) == (case.expect == "on")
    if case.kind == "inv":
        return abs(after - before) <= MOVES
    rise = after - before if case.expect == "up" else before - after
    return rise > -SLACK
