"""``triage policy try`` as a function: what it prints, and what it refuses."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests import readings
from triage.cli import wiring
from triage.cli.policy import try_policy
from triage.config import Settings
from triage.errors import ConfigError
from triage.store import Database

OTHER = """[[rules]]
name = "angry"
severity = "high"
because = "B."
when = { angry = 0.99 }
"""


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other.toml"
    path.write_text(OTHER)
    return path


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """A desk whose model read two furious mails: one yesterday, one in the year before."""
    settings = Settings(data=tmp_path, database_url=SecretStr(database.url))
    model = wiring.model_folder(settings).name
    now = datetime.now(UTC)
    with database.transaction() as tx:
        for number, ago in enumerate((timedelta(days=1), timedelta(days=400)), 1):
            tx.execute(
                """insert into mail (digest, received, size, kind, outcome, rule, text)
                   values (%s, %s, 1, 'customer', 'flag', 'angry', 'secret words')""",
                [str(number), now - ago],
            )
            tx.execute(
                "insert into assessment (mail_id, model, scores) values (%s, %s, %s)",
                [number, model, json.dumps(readings.scores(angry=0.98).as_dict())],
            )
    return settings


def test_both_sides_in_a_table(
    settings: Settings, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert try_policy(settings, other) == 0
    said = capsys.readouterr().out
    assert "after: other.toml" in said
    assert "1: angry (high) -> none" in said
    assert "no rota to go by" in said
    assert "secret" not in said
    assert max(map(len, said.splitlines())) <= 80


def test_both_sides_as_json(
    settings: Settings, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert try_policy(settings, other, "60w", as_json=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["before"]["flags"], said["after"]["flags"]) == (2, 0)
    assert said["changes"][0]["mails"] == [[2, None], [1, None]]
    assert "secret" not in json.dumps(said)


def test_with_a_rota_the_pings_are_there(
    settings: Settings, other: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.duties import MINIMAL, written

    desk = settings.model_copy(update={"duty": written(tmp_path, MINIMAL)})
    try_policy(desk, other, as_json=True)
    assert json.loads(capsys.readouterr().out)["before"]["pings"] == {"pat": {"flag": 1}}


def test_a_threshold_alone(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert try_policy(settings, None, thresholds=["angry=0.99"]) == 0
    assert "after: angry=0.99" in capsys.readouterr().out


def test_a_file_whose_examples_fail_is_tried_and_said(
    settings: Settings, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other.write_text(OTHER + '[[examples]]\nsays = "a"\nexpect = "angry"\n')
    assert try_policy(settings, other) == 0
    assert "1 of the new file's own examples come out otherwise" in capsys.readouterr().out


REFUSED = {
    "nothing to try": (None, "30d", [], "nothing to try"),
    "no such signal": (None, "30d", ["rage=0.6"], "--threshold rage=0.6: write it as"),
    "no number": (None, "30d", ["angry=high"], "write it as a signal and a number"),
    "above one": (None, "30d", ["angry=1.5"], "write it as a signal and a number"),
    "not a number at all": (None, "30d", ["angry=nan"], "write it as a signal and a number"),
    "no span": (None, "soon", ["angry=0.6"], "--since soon: write a span such as 30d"),
    "ahead": (None, "2999-01-01", ["angry=0.6"], "lies ahead"),
    "too long ago": (None, "9999w", ["angry=0.6"], "reaches back too far"),
}


@pytest.mark.parametrize(("file", "since", "levels", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_tried(
    settings: Settings, file: Path | None, since: str, levels: list[str], reason: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        try_policy(settings, file, since, levels)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_threshold_that_no_rule_uses(settings: Settings, other: Path) -> None:
    with pytest.raises(ConfigError, match="no rule leaves angry to the model"):
        try_policy(settings, other, thresholds=["angry=0.5"])


def test_a_broken_file_is_one_line(settings: Settings, other: Path) -> None:
    other.write_text(OTHER + "colour = 1\n")
    with pytest.raises(ConfigError, match=r"other\.toml, line 1: .*unknown key 'colour'"):
        try_policy(settings, other)
