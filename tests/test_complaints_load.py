"""complaints.toml: what is taken, and what is refused with the place and the reason."""

from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from triage import complaints
from triage.duty import Role
from triage.errors import ConfigError

PACKAGED = (files("triage.complaints") / "complaints.toml").read_text(encoding="utf-8")


def written(folder: Path, old: str = "", new: str = "") -> Path:
    assert old in PACKAGED
    path = folder / "complaints.toml"
    path.write_text(PACKAGED.replace(old, new, 1) if old else PACKAGED, encoding="utf-8")
    return path


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(at for at, line in enumerate(lines, 1) if text in line)


def test_the_packaged_file_holds_the_policys_limits() -> None:
    book = complaints.load(None)
    assert book.currency == "EUR"
    assert {one.role: one.up_to for one in book.limits} == {
        Role.REP: 25,
        Role.POINT: 100,
        Role.SUPERVISOR: 500,
        Role.SPECIALIST: 500,
        Role.MANAGER: None,
    }
    assert book.covering(Decimal("500.01")).role is Role.MANAGER
    assert book.limit(()) is None


def test_a_file_of_ones_own_is_read_as_it_stands(tmp_path: Path) -> None:
    book = complaints.load(written(tmp_path, 'name = "Late delivery"', 'name = " Zu spät "'))
    assert book.causes[0] == complaints.Choice("late", "Zu spät", "Delivery")
    assert book.source == str(tmp_path / "complaints.toml")
    assert book.digest != complaints.load(None).digest


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        ('id = "lost"', 'id = "late"', 'name = "Lost', "causes 2, id: 'late' is taken"),
        ('id = "lost"', 'id = "Lost!"', 'id = "Lost!"', "causes 2, id:"),
        ('name = "Late delivery"', 'name = " "', 'name = " "', "one line of text"),
        ('group = "Delivery"', 'grup = "Delivery"', "grup", "no such key"),
        ('currency = "EUR"', 'currency = "€"', "currency", "currency:"),
        ("rep = 25", "rep = -1", "rep = -1", "limits, rep"),
        ("rep = 25", 'rep = "much"', 'rep = "much"', "limits, rep"),
        ("rep = 25", "reps = 25", "reps", "limits, reps"),
        ("rep = 25", "rep = 25.001", "rep =", "decimal places"),
        ("rep = 25", "rep = nan", "rep =", "limits, rep"),
        ('manager = "unlimited"', "manager = 9999", "[limits]", 'no role is "unlimited"'),
        ("\namount = true", "\namount = 1", "amount = 1", "remedies 4, amount"),
        ('report = ["customer_name"', 'report = ["name"', "report =", "no such field"),
        ("[needed]", "[more]\nx = 1\n[needed]", "[more]", "no such key"),
    ],
)
def test_anything_wrong_refuses_the_whole_file_with_line_and_reason(
    tmp_path: Path, old: str, new: str, at: str, reason: str
) -> None:
    path = written(tmp_path, old, new)
    with pytest.raises(ConfigError) as refusal:
        complaints.load(path)
    said = str(refusal.value)
    told = next(line for line in said.splitlines() if reason in line)
    assert told.startswith(f"{path}, line ")
    line = int(told.removeprefix(f"{path}, line ").partition(":")[0])
    assert abs(line - line_of(path, at)) <= 1


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, 'currency = "EUR"', 'currency = "x"\nzone = 1')
    with pytest.raises(ConfigError) as refusal:
        complaints.load(path)
    assert len(str(refusal.value).splitlines()) == 2


@pytest.mark.parametrize("text", ["", "causes = 1", "[[causes", "\0", "[limits]\nmanager = 1"])
def test_what_is_no_such_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "complaints.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"complaints\.toml"):
        complaints.load(path)
