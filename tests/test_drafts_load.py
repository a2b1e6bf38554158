"""A file of drafts or of guidance is taken whole or not at all, and says where it is wrong."""

from importlib.resources import files
from pathlib import Path

import pytest

from tests.drafting import NOTES, PEOPLE, the_facts
from triage import drafts
from triage.drafts import Step
from triage.errors import ConfigError
from triage.reload import Kept

PACKAGED = (files("triage.drafts") / "drafts.toml").read_text(encoding="utf-8")
GUIDANCE = (files("triage.drafts") / "guidance.toml").read_text(encoding="utf-8")


def written(folder: Path, text: str, name: str = "drafts.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def changed(old: str, new: str) -> str:
    assert PACKAGED.count(old) >= 1
    return PACKAGED.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.split("\n"), 1) if part in line)


def refused(path: Path) -> str:
    with pytest.raises(ConfigError) as error:
        drafts.load(path)
    return str(error.value)


def test_an_operators_own_words_are_used(tmp_path: Path) -> None:
    path = written(tmp_path, changed("Your case number is {{ number }}.", "It is {{ number }}."))
    book = drafts.load(path)
    draft = drafts.drafted(book, Step.REFERENCE, the_facts(), PEOPLE, NOTES)
    assert "\n\nIt is T-12.\n\n" in draft.text


@pytest.mark.parametrize(
    ("old", "new", "marker", "reason"),
    [
        ("Your case number is {{ number }}.", "x\ny{{ number }", "y{{ number }", "unexpected"),
        ("Your case number is {{ number }}.", "{% if done %}{{ number }}", None, "Unexpected end"),
        ("{{ number }}.\n\nPlease", "{{ numbr }}.\n\nPlease", "numbr", "no 'numbr'; there are"),
        ("{{ manager.name }}", "{{ manager.home }}", "manager.home", "no attribute 'home'"),
        ("{{ number }}.\n\nPlease", "{{ 1 / 0 }}\n\nPlease", "1 / 0", "ZeroDivisionError"),
        ("{{ number }}.\n\nPlease", "{{ number|nope }}\n\nPlease", "|nope", "No filter"),
        (
            "{{ number }}.\n\nPlease",
            "{{ desk.__class__.__mro__ }}\n\nPlease",
            "__mro__",
            "SecurityError",
        ),
        ("{{ number }}.\n\nPlease", "{% include 'x' %}\n\nPlease", "include", "no loader"),
        ("{{ desk }}\n{% if", "{{ desk.x }}\n{% if", "desk.x", "no attribute 'x'"),
    ],
)
def test_a_broken_template_is_refused_with_file_line_and_reason(
    tmp_path: Path, old: str, new: str, marker: str | None, reason: str
) -> None:
    text = changed(old, new)
    path = written(tmp_path, text)
    said = refused(path)
    assert "\n" not in said
    assert said.startswith(f"{path}, line ")
    assert reason in said
    if marker:
        assert said.startswith(f"{path}, line {line_of(text, marker.strip())}: ")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Thank you for telling us about this.", "We apologise for this.", "(P12)"),
        ("Thank you for your patience.", "We will call you soon.", "(P13)"),
        ("I sincerely apologise for it.", "I apologise for it. Sorry again.", "too many"),
        ("Your case number is", "Write to boss@elsewhere.example. It is", "neither this customer"),
        ("Your case number is", "Our driver lost it. It is", "(P18)"),
        ("Your case number is", "Dear ____, it is", "filled in"),
    ],
)
def test_a_template_that_would_break_the_policy_is_refused(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    said = refused(written(tmp_path, changed(old, new)))
    assert reason in said
    assert ", line " in said
    assert ".text: " in said


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not = toml = file", "not a readable TOML file"),
        (PACKAGED.replace("[drafts.abuse]", "[drafts.rage]"), "drafts.rage"),
        (PACKAGED.replace('desk = "Customer Service"', ""), "desk: Field required"),
        (PACKAGED.replace('desk = "Customer Service"', 'desk = "a\\nb"'), "one line of text"),
        (PACKAGED.replace('desk = "Customer Service"', 'desc = "a"\ndesk = "a"'), "no such key"),
        (PACKAGED[: PACKAGED.index("[drafts.closing]")], "there is none for closing"),
        (PACKAGED + "#" * 1_000_001, "larger than"),
    ],
)
def test_a_file_with_anything_wrong_is_not_taken(tmp_path: Path, text: str, reason: str) -> None:
    assert reason in refused(written(tmp_path, text))


def test_all_broken_templates_are_named_at_once(tmp_path: Path) -> None:
    text = changed("Your case number is {{ number }}.", "{{ a1 }}").replace(
        "With that I close", "{{ b2 }}", 1
    )
    assert len(refused(written(tmp_path, text)).split("\n")) == 2


def test_a_wrong_file_changes_nothing_and_the_one_in_force_stays(tmp_path: Path) -> None:
    path = written(tmp_path, changed("Your case number is", "It is"))
    now = [1_000_000_000.0]
    kept = Kept(path, drafts.load, every=1, now=lambda: now[0])
    written(tmp_path, changed("Your case number is {{ number }}.", "{{ nope }}"))
    for _ in range(4):
        now[0] += 100
        value = kept.value
    text = drafts.drafted(value, Step.REFERENCE, the_facts(), PEOPLE, NOTES).text
    assert "It is T-12." in text
    assert "no 'nope'" in kept.trouble


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[steps.listen]", "[steps.hear]", "steps.hear"),
        ("[asides.help]", "[asides.help-me]", "asides.help-me"),
        ('drafts = ["closing"]', 'drafts = ["close"]', "steps.close.drafts.0"),
        ('rules = ["P8"]', 'rules = ["eight"]', "asides.safety.rules.0"),
        ('title = "Listen"', 'titel = "Listen"', "no such key"),
        ("I am listening.", "We apologise.", "before the facts are known (P12)"),
        ("I am listening.", "I will call you.", "without a date (P13)"),
        ('title = "Listen"', 'title = ""', "one line of text"),
    ],
)
def test_a_wrong_guidance_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    assert old in GUIDANCE
    path = written(tmp_path, GUIDANCE.replace(old, new, 1), "guidance.toml")
    with pytest.raises(ConfigError) as error:
        drafts.load_guide(path)
    said = str(error.value)
    assert reason in said
    assert said.startswith(f"{path}, line ")


def test_guidance_without_a_step_is_refused(tmp_path: Path) -> None:
    text = GUIDANCE[: GUIDANCE.index("[asides.help]")]
    with pytest.raises(ConfigError, match=r"there is no asides\.help"):
        drafts.load_guide(written(tmp_path, text, "guidance.toml"))
