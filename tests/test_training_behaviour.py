"""The behavioural suite's runner, and the suite itself."""

import json
from pathlib import Path

import pytest

from tests import tiny_model
from training.behaviour import Case, read_cases, run_cases
from triage.classifier import Classifier
from triage.errors import ConfigError

GOOD = {
    "id": "x",
    "capability": "c",
    "type": "mft",
    "text": "hello",
    "signal": "angry",
    "expect": "off",
}


def test_the_suite_can_be_read() -> None:
    cases = read_cases()
    assert len({case.id for case in cases}) == len(cases) > 100
    assert {case.kind for case in cases} == {"mft", "inv", "dir"}


@pytest.mark.parametrize(
    "change",
    [{"type": "guess"}, {"expect": "up"}, {"signal": "sad"}, {"type": "inv", "expect": "same"}],
)
def test_a_case_that_cannot_run_is_named(tmp_path: Path, change: dict[str, str]) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(GOOD | change), "utf-8")
    with pytest.raises(ConfigError, match=r"cases\.jsonl:1"):
        read_cases(path)


def test_cases_pass_and_fail(tmp_path: Path) -> None:
    classifier = Classifier.load(tiny_model.make(tmp_path / "m"))
    rage, calm = "rage rage rage", "please help"
    cases = [
        Case("on", "words", "mft", rage, "", "complaint", "on"),
        Case("off", "words", "mft", rage, "", "complaint", "off"),
        Case("same", "words", "inv", calm, calm, "complaint", "same"),
        Case("moved", "words", "inv", calm, rage, "complaint", "same"),
        Case("up", "words", "dir", calm, rage, "complaint", "up"),
        Case("down", "words", "dir", calm, rage, "complaint", "down"),
    ]
    found = run_cases(classifier, cases)
    assert found["failed"] == ["off", "moved", "down"]
    assert found["tally"]["all"] == {"cases": 6, "passed": 3}
