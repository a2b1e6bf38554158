"""policy.toml: what is taken, and what is refused with the place and the reason."""

from hashlib import sha256
from pathlib import Path

import pytest

from triage import policy
from triage.errors import ConfigError
from triage.policy import Condition
from triage.types import Outcome, Severity

RULE = """
[[rules]]
name = "angry"
severity = "high"
because = "Angry."
when = { angry = "model" }
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "policy.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_the_packaged_policy_holds_its_own_examples() -> None:
    packaged = policy.load()
    assert policy.check(packaged) == ()
    assert policy.unexampled(packaged) == ()


def test_a_file_becomes_records(tmp_path: Path) -> None:
    text = (
        "# mine\n"
        + RULE
        + """
[[rules]]
name = "fine"
because = "Fine."
outcome = "pass"
when = { upset = 0.25, urgent = 1 }
also = { complaint = "model" }

[not_scored]
notify = true
"""
    )
    loaded = policy.load(write(tmp_path, text))
    angry, fine = loaded.rules
    assert angry.when == (Condition("angry", "model"),)
    assert (angry.outcome, angry.severity, angry.line) == (Outcome.FLAG, Severity.HIGH, 3)
    assert fine.when == (Condition("upset", 0.25), Condition("urgent", 1.0))
    assert fine.also == (Condition("complaint", "model"),)
    assert (fine.outcome, fine.severity, fine.line) == (Outcome.PASS, None, 9)
    assert loaded.not_scored is Severity.LOW
    assert loaded.digest == sha256(text.encode()).hexdigest()
    assert loaded.source.endswith("policy.toml")


def test_unread_mail_is_not_flagged_unless_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, RULE + "[not_scored]\nnotify = false\nseverity = 'high'\n")
    assert policy.load(path).not_scored is None
    assert policy.load(write(tmp_path, RULE)).not_scored is None


def rule(**changes: str) -> str:
    keys = {
        "name": '"r"',
        "severity": '"low"',
        "because": '"B."',
        "when": "{ upset = 0.5 }",
    } | changes
    return "[[rules]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items() if value)


REFUSED = {
    "not toml": ("rules = [", "not a readable TOML"),
    "not utf-8": (b"\xff\xfe", "not a readable TOML"),
    "nested without end": ("a = " + "[" * 5000, "not a readable TOML"),
    "too large": ("#" * 1_000_001, "larger than"),
    "no rules": ("", "nothing would ever be flagged"),
    "rules as a text": ('rules = "all"', "[[rules]] tables"),
    "unknown top key": ("colour = 1\n" + RULE, "'colour'"),
    "unknown rule key": (rule(colour="1"), "line 1: [[rules]] number 1: unknown key 'colour'"),
    "unknown signal": (RULE + rule(when="{ rage = 0.5 }"), "line 7: [[rules]] number 2: when nam"),
    "no name": (rule(name=""), "name must be a text"),
    "blank name": (rule(name='" "'), "name must be a text"),
    "long name": (rule(name='"' + "n" * 61 + '"'), "1 to 60"),
    "name with a line end": (rule(name='"a\\nBcc: x"'), "one line"),
    "name with hidden direction": (rule(name='"a\\u202eb"'), "one line"),
    "reserved name": (rule(name='"none"'), "taken by Triage"),
    "reserved beginning": (rule(name='"automatic: bulk"'), "taken by Triage"),
    "no because": (rule(because=""), "because must be a text"),
    "no severity": (rule(severity=""), "severity must be one of emergency, high, normal, low"),
    "strange severity": (rule(severity='"urgent"'), "severity must be one of"),
    "severity as a list": (rule(severity="['low']"), "severity must be one of"),
    "strange outcome": (rule(outcome='"unscored"'), "outcome must be one of flag, pass"),
    "passing with severity": (rule(outcome='"pass"'), "has no severity"),
    "no when": (rule(when=""), "when must be a table"),
    "empty when": (rule(when="{}"), "when must be a table"),
    "when as a text": (rule(when='"upset"'), "when must be a table"),
    "also as a list": (rule(also="[1]"), "also must be a table"),
    "above one": (rule(when="{ upset = 1.01 }"), "number from 0 to 1"),
    "below nought": (rule(when="{ upset = -0.1 }"), "number from 0 to 1"),
    "no number": (rule(when="{ upset = nan }"), "number from 0 to 1"),
    "truth for a number": (rule(when="{ upset = true }"), "number from 0 to 1"),
    "a word for a number": (rule(when='{ upset = "high" }'), "when.upset must be a number"),
    "number twice": (RULE + RULE, "line 8: rule “angry”: bears a name that is taken"),
    "strange not_scored": (RULE + "[not_scored]\ntell = 1\n", "line 7: [not_scored]: unknown key"),
    "not_scored no table": ("not_scored = 1\n" + RULE, "must be a table"),
    "notify no truth": (RULE + "[not_scored]\nnotify = 1\n", "true or false"),
    "example of no rule": (RULE + '[[examples]]\nsays = "a"\nexpect = "b"\n', "line 7: [[examples"),
    "example of no signal": (
        RULE + '[[examples]]\nsays = "a"\nexpect = "angry"\nscores = { rage = 1 }\n',
        "scores names 'rage'",
    ),
    "example of no kind": (
        RULE + '[[examples]]\nsays = "a"\nexpect = "none"\nkind = "robot"\n',
        "kind must be one of customer",
    ),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_file_is_refused_whole(tmp_path: Path, text: str | bytes, reason: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        policy.load(path)
    assert reason in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml: cannot be read: No such file"):
        policy.load(tmp_path / "gone.toml")
