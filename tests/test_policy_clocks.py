"""Clocks in policy.toml: read whole, refused whole, and found for a decision."""

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from triage import policy
from triage.errors import ConfigError
from triage.policy import EVERYBODY, Timetable, timetable
from triage.policy.duration import in_words, seconds
from triage.types import Decision, Outcome, Severity

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
TABLE = {
    "at_once": "1",
    "every_channel": "false",
    "repeat": '"10 min"',
    "tries": "1",
    "ceiling": '"15 min"',
    "answer": '"2 h"',
    "progress": '"1 day"',
    "outcome": '"2 days"',
    "confirm": '"2 days"',
    "confirm_tries": "3",
    "manager": '"4 h"',
    "working_hours": "false",
}
URGENT = {"at_once": "2", "every_channel": "true"}
RULE = """[[rules]]
name = "angry"
severity = "high"
because = "B."
when = { angry = 0.5 }
"""


def table(name: str, **changes: str) -> str:
    keys = TABLE | (URGENT if name == "emergency" else {}) | changes
    lines = [f"{key} = {value}" for key, value in keys.items() if value]
    return "\n".join([f"[clocks.{name}]", *lines, ""])


def clocks(**changed: dict[str, str]) -> str:
    """All four, equal but for the changes."""
    return "".join(table(one, **changed.get(one, {})) for one in Severity)


def write(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text)
    return path


def test_a_table_becomes_a_timetable(tmp_path: Path) -> None:
    text = RULE + clocks(emergency={"at_once": '"everybody"', "repeat": '"90 s"'})
    found = policy.load(write(tmp_path, text)).clocks
    assert list(found) == ["emergency", "high", "normal", "low"]
    assert found["emergency"].at_once == EVERYBODY
    assert found["emergency"].repeat == 90
    assert found["high"] == Timetable(
        name="high",
        at_once=1,
        every_channel=False,
        repeat=10 * MINUTE,
        tries=1,
        ceiling=15 * MINUTE,
        answer=2 * HOUR,
        progress=DAY,
        outcome=2 * DAY,
        confirm=2 * DAY,
        confirm_tries=3,
        manager=4 * HOUR,
        working_hours=False,
    )


def test_the_clocks_of_a_policy_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        policy.load().clocks["high"] = policy.load().clocks["low"]  # type: ignore[index]


def test_a_working_day_has_eight_hours_and_a_week_five_of_them(tmp_path: Path) -> None:
    hours = {"working_hours": "true", "outcome": '"2 weeks"', "progress": '"3 days"'}
    low = policy.load(write(tmp_path, RULE + clocks(low=hours))).clocks["low"]
    assert (low.outcome, low.progress, low.answer) == (80 * HOUR, 24 * HOUR, 2 * HOUR)
    assert low.working_hours


def test_a_file_without_clocks_has_those_that_come_with_triage(tmp_path: Path) -> None:
    packaged = policy.load()
    old = policy.load(write(tmp_path, RULE))
    assert old.clocks == packaged.clocks
    assert (old.safety, old.storm) == (packaged.safety, packaged.storm)
    assert old.manager_digest == packaged.manager_digest


def decision(rule: str, severity: Severity) -> Decision:
    return Decision(Outcome.FLAG, severity, rule)


def test_P1_an_angry_mail_has_the_clocks_of_its_severity() -> None:
    packaged = policy.load()
    found = timetable(packaged, decision("angry", Severity.HIGH))
    assert (found.name, found.at_once, found.repeat) == ("high", 1, 10 * MINUTE)


def test_P2_who_asks_for_a_manager_has_a_short_clock_of_their_own() -> None:
    packaged = policy.load()
    found = timetable(packaged, decision("asks for a manager", Severity.HIGH))
    assert found.name == "manager"
    assert found.repeat < packaged.clocks["high"].repeat
    assert found.answer < packaged.clocks["high"].answer
    assert not found.working_hours


def test_P3_upset_has_a_slower_clock() -> None:
    packaged = policy.load()
    found = timetable(packaged, decision("upset", Severity.LOW))
    assert found.name == "low"
    assert found.repeat > packaged.clocks["high"].repeat


def test_P8_danger_goes_to_everybody_on_every_channel_at_any_hour() -> None:
    found = timetable(policy.load(), decision("threat to safety", Severity.EMERGENCY))
    assert (found.at_once, found.every_channel, found.working_hours) == (EVERYBODY, True, False)
    assert found.ceiling <= 5 * MINUTE


def test_what_was_not_scored_and_rules_of_old_go_by_severity() -> None:
    packaged = policy.load()
    assert timetable(packaged, decision("not scored: language pl", Severity.LOW)).name == "low"
    assert timetable(packaged, decision("no more there", Severity.NORMAL)).name == "normal"
    with pytest.raises(ValueError, match="no clocks"):
        timetable(packaged, Decision(Outcome.PASS, None, "none"))


def test_a_rule_names_clocks_of_its_own(tmp_path: Path) -> None:
    own = RULE + 'clocks = "vip"\n' + clocks() + table("vip", repeat='"1 min"')
    found = policy.load(write(tmp_path, own))
    assert timetable(found, decision("angry", Severity.HIGH)).repeat == MINUTE


def test_a_timetable_goes_through_json() -> None:
    for one in policy.load().clocks.values():
        assert Timetable.from_dict(json.loads(json.dumps(one.as_dict()))) == one


@pytest.mark.parametrize(
    "change", [{"extra": 1}, {"repeat": "600"}, {"tries": 1.5}, {"working_hours": 1}, {"name": 7}]
)
def test_what_is_no_timetable_is_not_taken_for_one(change: dict[str, object]) -> None:
    given = policy.load().clocks["high"].as_dict() | change
    with pytest.raises(ValueError, match="not a timetable"):
        Timetable.from_dict(given)
    given = policy.load().clocks["high"].as_dict()
    del given["tries"]
    with pytest.raises(ValueError, match="not a timetable"):
        Timetable.from_dict(given)


def wrong(severity: str = "high", **changes: str) -> str:
    return RULE + clocks(**{severity: changes})


REFUSED = {
    "nought": (wrong(repeat='"0 min"'), "line 22: [clocks.high]: repeat must be a time such as"),
    "negative": (wrong(answer='"-2 h"'), "line 25: [clocks.high]: answer must be a time"),
    "a number": (wrong(answer="7200"), "answer must be a time such as"),
    "a number alone": (wrong(answer='"7200"'), "answer must be a time such as"),
    "a fraction": (wrong(answer='"1.5 h"'), "answer must be a time such as"),
    "no such unit": (wrong(answer='"2 months"'), "answer must be a time such as"),
    "too short": (wrong(repeat='"29 s"'), "repeat must be from 30 s to 7 days"),
    "too long": (wrong(confirm='"14 weeks"'), "confirm must be from 30 s to 91 days"),
    "silent too long": (wrong(ceiling='"2 weeks"'), "ceiling must be from 30 s to 7 days"),
    "endless": (wrong(outcome='"9999999 days"'), "outcome must be a time such as"),
    "ceiling under repeat": (wrong(ceiling='"9 min"'), "line 24: [clocks.high]: ceiling is sho"),
    "outcome before answer": (wrong(outcome='"1 h"'), "outcome is due before answer"),
    "nobody at once": (wrong(at_once="0"), "at_once must be 'everybody' or a whole number"),
    "some at once": (wrong(at_once='"some"'), "at_once must be 'everybody'"),
    "truth at once": (wrong(at_once="true"), "at_once must be 'everybody'"),
    "no tries": (wrong(tries="0"), "tries must be a whole number from 1 to 20"),
    "half a try": (wrong(confirm_tries="1.5"), "confirm_tries must be a whole number"),
    "true as a word": (wrong(every_channel='"yes"'), "every_channel must be true or false"),
    "unknown key": (wrong(snooze='"1 h"'), "line 19: [clocks.high]: unknown key 'snooze'"),
    "missing keys": (wrong(tries="", answer=""), "[clocks.high]: lacks tries, answer"),
    "no severity": (RULE + table("emergency"), "[clocks.high] is missing"),
    "no table": (RULE + "[clocks]\nhigh = 1\n", "clocks.high: must be a table"),
    "clocks no table": ("clocks = 1\n" + RULE, "clocks: must be a table"),
    "strange name": (RULE + clocks() + table('"a b"'), "a name has small letters"),
    "rule of no clocks": (
        RULE + 'clocks = "vip"\n' + clocks(),
        "clocks names 'vip'; there are emergency, high, normal, low",
    ),
    "passing with clocks": (
        '[[rules]]\nname = "a"\nbecause = "B."\noutcome = "pass"\nwhen = { angry = 1 }\n'
        'clocks = "high"\n',
        "has no clocks",
    ),
    "emergency to one": (wrong("emergency", at_once="1"), "goes to more than one person"),
    "emergency quiet": (wrong("emergency", every_channel="false"), "on every channel"),
    "emergency by day": (wrong("emergency", working_hours="true"), "does not wait for hours"),
    "emergency slower": (
        wrong("emergency", repeat='"11 min"'),
        "line 9: [clocks.emergency]: repeat is longer than that of [clocks.high]",
    ),
    "low faster": (
        wrong("low", manager='"3 h"'),
        "[clocks.normal]: manager is longer than that of [clocks.low]",
    ),
    "high by day": (wrong(working_hours="true"), "waits for working hours, and [clocks.normal]"),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_wrong_clocks_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        policy.load(path)
    assert reason in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_days_of_both_kinds_compare_as_they_are_written(tmp_path: Path) -> None:
    """Three working days are fewer seconds than two days, and not sooner."""
    longer = {"outcome": '"3 days"', "working_hours": "true"}
    found = policy.load(write(tmp_path, RULE + clocks(normal=longer, low=longer))).clocks
    assert found["normal"].outcome < found["high"].outcome


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("90 s", 90),
        ("90s", 90),
        ("1 second", 1),
        ("10 min", 600),
        ("2 minutes", 120),
        ("2 h", 7_200),
        ("1 hour", 3_600),
        ("3 days", 3 * DAY),
        ("1 week", 7 * DAY),
    ],
)
def test_how_long(words: str, length: float) -> None:
    assert seconds(words) == length
    assert seconds(in_words(length)) == length


def test_the_manual_states_the_clocks_as_the_file_has_them() -> None:
    packaged = tomllib.loads((files("triage.policy") / "policy.toml").read_text())["clocks"]
    columns = ("emergency", "high", "normal", "low", "manager")
    manual = Path(__file__).parent.parent / "docs" / "policy.md"
    rows = re.findall(r"^\| `(\w+)` \|[^|]+\|(.+)\|$", manual.read_text(), re.MULTILINE)
    stated = {key: [cell.strip() for cell in cells.split("|")] for key, cells in rows}
    words = {True: "yes", False: "no"}
    for key in TABLE:
        values = [packaged[name][key] for name in columns]
        said = [words[one] if isinstance(one, bool) else str(one) for one in values]
        assert stated[key] == said, key
