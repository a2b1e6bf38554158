"""Settings to running parts: who is told, and what is refused before anything starts."""

from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import pytest

from tests.waiting import until
from triage import duty
from triage.cli import folders, wiring
from triage.cli.init import write_duty
from triage.config import Desk, Settings
from triage.duty import Role
from triage.errors import ConfigError

NOW = datetime(2026, 11, 3, 10, tzinfo=UTC)
DESK = Settings(
    desk=Desk(
        point=("Pat <pat@desk.example>", "sam@desk.example"), manager="Max <max@desk.example>"
    )
)


@pytest.fixture
def rota(tmp_path: Path) -> Settings:
    """Settings with the example of a duty file."""
    write_duty(tmp_path / "duty.toml")
    return Settings(duty=tmp_path / "duty.toml")


def test_p1_without_a_rota_the_first_named_is_point_and_the_others_stand_in() -> None:
    desk = wiring.duty_in_force(DESK)()
    assert duty.on_duty(desk, Role.POINT, NOW).person.mail == "pat@desk.example"
    assert duty.on_duty(desk, Role.MANAGER, NOW).person.mail == "max@desk.example"
    assert [one.mail.split("@")[0] for one in duty.ladder(desk, NOW)] == ["pat", "sam", "max"]


def test_p1_a_third_person_is_told_after_the_second_and_a_fourth_is_refused() -> None:
    point = ("pat@desk.example", "sam@desk.example", "kim@desk.example")
    desk = wiring.duty_in_force(Settings(desk=Desk(point=point)))()
    assert tuple(one.mail for one in duty.ladder(desk, NOW)) == point
    with pytest.raises(ConfigError, match=r"desk\.point: takes 3 people"):
        wiring.duty_in_force(Settings(desk=Desk(point=(*point, "lee@desk.example"))))


def test_p1_with_a_rota_that_is_who_has_the_duty(rota: Settings) -> None:
    assert rota.duty is not None
    desk, file = wiring.duty_in_force(rota)(), duty.load(rota.duty)
    assert desk.digest == file.digest
    assert [one.id for one in duty.ladder(desk, NOW)] == [one.id for one in duty.ladder(file, NOW)]


def test_nobody_to_tell_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"desk\.point"):
        wiring.duty_in_force(Settings())


def test_a_broken_rota_is_refused(tmp_path: Path) -> None:
    (tmp_path / "duty.toml").write_text("[[people]]\nid = 1\n")
    with pytest.raises(ConfigError, match=r"duty\.toml"):
        wiring.duty_in_force(Settings(duty=tmp_path / "duty.toml"))


def test_a_policy_that_fails_its_own_examples_is_refused(tmp_path: Path) -> None:
    text = resources.files("triage.policy").joinpath("policy.toml").read_text()
    wrong = text.replace('expect = "upset"', 'expect = "angry"', 1)
    (tmp_path / "policy.toml").write_text(wrong)
    with pytest.raises(ConfigError, match="policy check"):
        wiring.policy_in_force(Settings(policy=tmp_path / "policy.toml"))


def test_a_changed_rota_is_in_force_without_a_restart(rota: Settings) -> None:
    assert rota.duty is not None
    in_force = wiring.duty_in_force(rota)
    first = in_force()
    rota.duty.write_text(rota.duty.read_text() + "\n# changed\n")
    until(lambda: in_force().digest != first.digest)
    assert in_force().digest == duty.load(rota.duty).digest != first.digest


@pytest.mark.parametrize("kind", ["maildir", "mbox", "eml"])
def test_a_mailbox_on_disk_needs_a_path(kind: str) -> None:
    settings = Settings.model_validate({"mailboxes": {"a": {"kind": kind}}})
    with pytest.raises(ConfigError, match=r"mailboxes\.a\.path"):
        folders.sources(settings)
