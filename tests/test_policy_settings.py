"""[safety], [storm] and [manager] in policy.toml."""

from datetime import time
from pathlib import Path

import pytest

from triage import policy
from triage.errors import ConfigError
from triage.policy import EmergencyNumber, Storm

RULE = """[[rules]]
name = "angry"
severity = "high"
because = "B."
when = { angry = 0.5 }
"""
SAFETY = """[safety]
numbers = [{ label = "Emergency", number = "112" }, { label = "Guard", number = "+49 30 / 1-23" }]
steps = ["Call.", "Write down whom you called."]
"""


def loaded(folder: Path, text: str) -> policy.Policy:
    path = folder / "policy.toml"
    path.write_text(RULE + text)
    return policy.load(path)


def test_P8_numbers_and_steps_are_the_operators(tmp_path: Path) -> None:
    safety = loaded(tmp_path, SAFETY).safety
    assert safety.numbers == (
        EmergencyNumber("Emergency", "112"),
        EmergencyNumber("Guard", "+49 30 / 1-23"),
    )
    assert safety.steps == ("Call.", "Write down whom you called.")


def test_P8_there_are_numbers_and_steps_from_the_start() -> None:
    safety = policy.load().safety
    assert safety.numbers
    assert len(safety.steps) >= 5


def test_the_storm(tmp_path: Path) -> None:
    assert loaded(tmp_path, '[storm]\nsingly = 5\nwindow = "10 min"\n').storm == Storm(5, 600)
    assert policy.load().storm == Storm(3, 300)


def test_the_managers_digest(tmp_path: Path) -> None:
    assert loaded(tmp_path, '[manager]\ndigest = "07:30"\n').manager_digest == time(7, 30)
    assert loaded(tmp_path, '[manager]\ndigest = "off"\n').manager_digest is None


REFUSED = {
    "no numbers": ('[safety]\nsteps = ["a"]\n', "line 6: [safety]: numbers must be a list"),
    "no steps": ("[safety]\nnumbers = [{label='E', number='112'}]\nsteps = []\n", "steps must be"),
    "an empty step": (SAFETY.replace('"Call."', '" "'), "steps number 1 must be a text"),
    "a step of lines": (SAFETY.replace("Call.", "a\\nb"), "steps number 1 must be one line"),
    "a number as text": ('[safety]\nnumbers = ["112"]\nsteps = ["a"]\n', "must be written as"),
    "a number without label": (SAFETY.replace('label = "Guard", ', ""), "must be written as"),
    "no number at all": (SAFETY.replace("112", "ask me"), "'ask me' is no number that could be"),
    "unknown in safety": (SAFETY + "colour = 1\n", "[safety]: unknown key 'colour'"),
    "safety as a text": ('safety = "none"\n', "unknown key 'safety'"),
    "storm without window": ("[storm]\nsingly = 3\n", "[storm]: window must be a time such as"),
    "storm of none": ('[storm]\nsingly = 0\nwindow = "5 min"\n', "line 7: [storm]: singly must"),
    "long window": ('[storm]\nsingly = 3\nwindow = "2 days"\n', "window must be from 30 s to 1 d"),
    "digest no time": ('[manager]\ndigest = "7:30 am"\n', "line 7: [manager]: digest must be 'o"),
    "digest past midnight": ('[manager]\ndigest = "24:00"\n', "digest must be 'off' or a time"),
    "digest no text": ("[manager]\ndigest = 07:30:00\n", "digest must be 'off' or a time"),
    "no digest": ("[manager]\n", "digest must be 'off' or a time"),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert reason in str(caught.value)
