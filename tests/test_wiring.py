"""Settings to running parts: who is told, and what is refused before anything starts."""

from pathlib import Path

import pytest

from triage import duty
from triage.cli import wiring
from triage.cli.init import write_duty
from triage.config import Desk, Settings, Web, person
from triage.errors import ConfigError
from triage.types import Severity

EVERYBODY = Settings(desk=Desk(point=("Pat <pat@desk.example>", "sam@desk.example")))


@pytest.fixture
def rota(tmp_path: Path) -> Settings:
    """Settings with the example of a duty file."""
    write_duty(tmp_path / "duty.toml")
    return Settings(duty=tmp_path / "duty.toml")


def test_p1_without_a_rota_everybody_named_is_told() -> None:
    assert wiring.on_duty(EVERYBODY)(Severity.LOW) == EVERYBODY.desk.point


def test_p1_with_a_rota_the_point_person_is_told(rota: Settings) -> None:
    (told,) = wiring.on_duty(rota)(Severity.HIGH)
    known = {one.mail: one.name for one in duty.load(rota.duty).people}
    who = person(told)
    assert known[who.address] == who.name


def test_p8_an_emergency_goes_to_more_than_one_person(rota: Settings) -> None:
    told = wiring.on_duty(rota)(Severity.EMERGENCY)
    assert len(set(told)) >= 3
    assert told[0] == wiring.on_duty(rota)(Severity.HIGH)[0]


def test_nobody_to_tell_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"desk\.point"):
        wiring.on_duty(Settings())


def test_a_broken_rota_is_refused(tmp_path: Path) -> None:
    (tmp_path / "duty.toml").write_text("[[people]]\nid = 1\n")
    with pytest.raises(ConfigError, match=r"duty\.toml"):
        wiring.on_duty(Settings(duty=tmp_path / "duty.toml"))


def test_the_access_key_is_made_once_and_its_owners_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, web=Web())
    key = wiring.access_key(settings)
    assert wiring.access_key(settings) == key
    assert len(key) >= 24
    assert (tmp_path / "web.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["maildir", "mbox", "eml"])
def test_a_mailbox_on_disk_needs_a_path(kind: str) -> None:
    settings = Settings.model_validate({"mailboxes": {"a": {"kind": kind}}})
    with pytest.raises(ConfigError, match=r"mailboxes\.a\.path"):
        wiring.sources(settings)
