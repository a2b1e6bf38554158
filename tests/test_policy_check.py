"""A policy that does not do as its examples say is told so, with line and both rules."""

from pathlib import Path

import pytest

from triage import policy

TEXT = """[[rules]]
name = "angry"
severity = "high"
because = "Angry."
when = { angry = "model" }

[[rules]]
name = "upset"
severity = "low"
because = "Upset."
when = { upset = 0.7 }

[[examples]]
says = "Grr."
"""

CASES = {
    "as it says": ('expect = "angry"\nscores = { angry = 0.5 }', None),
    "with its severity": (
        'expect = "angry"\nseverity = "high"\nscores = { angry = 0.5 }',
        None,
    ),
    "another rule": (
        'expect = "angry"\nscores = { upset = 0.7 }',
        "line 13: “Grr.” should be decided by “angry”, is by “upset” (low)",
    ),
    "another severity": (
        'expect = "angry"\nseverity = "low"\nscores = { angry = 1 }',
        "line 13: “Grr.” should be decided by “angry” (low), is by “angry” (high)",
    ),
    "not flagged": (
        'expect = "angry"\nscores = { angry = 0.49 }',
        "line 13: “Grr.” should be decided by “angry”, is by “none”",
    ),
    "automatic": (
        'expect = "angry"\nkind = "bulk"\nscores = { angry = 1 }',
        "line 13: “Grr.” should be decided by “angry”, is by “automatic: bulk”",
    ),
    "unread": ('expect = "not scored: encrypted"\nunread = "encrypted"', None),
}


@pytest.mark.parametrize(("example", "failure"), CASES.values(), ids=CASES)
def test_an_example(tmp_path: Path, example: str, failure: str | None) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(TEXT + example)
    found = [str(one) for one in policy.check(policy.load(path))]
    assert found == ([] if failure is None else [failure])


def test_rules_without_an_example_are_named(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(TEXT + 'expect = "none"')
    assert policy.unexampled(policy.load(path)) == ("angry", "upset")
