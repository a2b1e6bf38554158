"""A file in force is taken anew when it changes, and stays when the new one is not sound."""

import os
import time
from pathlib import Path
from threading import Thread

import pytest
from structlog.testing import capture_logs

from tests.waiting import until
from triage.errors import ConfigError
from triage.policy import Policy
from triage.reload import Kept, kept_duty, kept_policy, sound_policy

RULE = """[[rules]]
name = "{name}"
severity = "high"
because = "B."
when = {{ angry = 0.5 }}
"""
WRONG = RULE.format(name="new") + 'colour = "red"\n'


class Clock:
    """The time of day, put forward by hand and by nothing else."""

    def __init__(self) -> None:
        self.start = time.time()
        self.ahead = 0.0

    def __call__(self) -> float:
        return self.start + self.ahead

    def on(self, seconds: float = 100.0) -> None:
        self.ahead += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(RULE.format(name="old"))
    return path


@pytest.fixture
def kept(path: Path, clock: Clock) -> Kept[Policy]:
    return Kept(path, sound_policy, every=10, now=clock)


def name(kept: Kept[Policy]) -> str:
    return kept.value.rules[0].name


def test_a_changed_file_is_taken(kept: Kept[Policy], path: Path, clock: Clock) -> None:
    path.write_text(RULE.format(name="new"))
    assert name(kept) == "old", "no look yet"
    clock.on()
    assert name(kept) == "new"
    assert kept.trouble == ""


def test_an_unchanged_file_is_not_loaded_again(path: Path, clock: Clock) -> None:
    loaded = []

    def load(path: Path | None) -> int:
        loaded.append(path)
        return len(loaded)

    kept = Kept(path, load, every=10, now=clock)
    for _ in range(5):
        clock.on()
        os.utime(path)
        assert kept.value == 1


def test_the_same_length_and_time_of_change_do_not_hide_a_change(
    kept: Kept[Policy], path: Path, clock: Clock
) -> None:
    before = path.stat()
    path.write_text(RULE.format(name="new"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    clock.on()
    assert name(kept) == "new"


def refused(kept: Kept[Policy], clock: Clock, reason: str) -> None:
    """The file is refused, said once, and the old one stays."""
    with capture_logs() as lines:
        for _ in range(4):
            clock.on()
            assert name(kept) == "old"
    said = [line for line in lines if line["log_level"] == "error"]
    assert len(said) == 1
    assert reason in said[0]["reason"]
    assert reason in kept.trouble
    assert str(said[0]["file"]) in kept.trouble


BROKEN = {
    "unknown key": (WRONG, "line 1: [[rules]] number 1: unknown key 'colour'"),
    "no toml": (RULE.format(name="new") + "[[rules", "not a readable TOML file"),
    "empty": ("", "has no [[rules]]"),
    "a failing example": (
        RULE.format(name="new") + '[[examples]]\nsays = "secret"\nexpect = "new"\n',
        "line 6: an example comes out otherwise",
    ),
}


@pytest.mark.parametrize(("text", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_wrong_file_changes_nothing(
    kept: Kept[Policy], path: Path, clock: Clock, text: str, reason: str
) -> None:
    path.write_text(text)
    refused(kept, clock, reason)
    assert "secret" not in kept.trouble
    path.write_text(RULE.format(name="mended"))
    clock.on()
    assert name(kept) == "mended"
    assert kept.trouble == ""


def test_a_file_put_back_as_it_was_is_no_trouble(
    kept: Kept[Policy], path: Path, clock: Clock
) -> None:
    path.write_text(WRONG)
    refused(kept, clock, "colour")
    path.write_text(RULE.format(name="old"))
    clock.on()
    assert kept.trouble == ""
    assert name(kept) == "old"


def test_a_deleted_file_changes_nothing(kept: Kept[Policy], path: Path, clock: Clock) -> None:
    path.unlink()
    refused(kept, clock, "cannot be read: No such file")
    path.write_text(RULE.format(name="back"))
    clock.on()
    assert name(kept) == "back"


def test_a_file_that_is_gone_for_a_moment_is_no_trouble(
    kept: Kept[Policy], path: Path, clock: Clock
) -> None:
    path.unlink()
    clock.on()
    assert (name(kept), kept.trouble) == ("old", "")
    path.write_text(RULE.format(name="new"))
    clock.on()
    assert name(kept) == "new"


def test_a_file_still_being_written_is_waited_for(path: Path, clock: Clock) -> None:
    kept = Kept(path, sound_policy, every=3600, now=clock)
    both = RULE.format(name="first") + RULE.format(name="second").replace("angry", "upset")
    clock.ahead = 3600 - 60  # a look is due only after the next step; the file is always younger
    half = len(RULE.format(name="first"))
    path.write_text(both[:half])  # valid as it stands
    clock.on(61)
    later = clock()
    os.utime(path, (later, later))
    assert name(kept) == "old"
    path.write_text(both)
    os.utime(path, (later, later))
    clock.on(3601)
    assert [rule.name for rule in kept.value.rules] == ["first", "second"]


def test_links_are_followed_as_a_volume_swaps_them(tmp_path: Path, clock: Clock) -> None:
    """A mounted folder of settings: the file is a link through ``..data``, and that one moves."""
    for version, rule in enumerate(("old", "new")):
        folder = tmp_path / f"..v{version}"
        folder.mkdir()
        (folder / "policy.toml").write_text(RULE.format(name=rule))
        os.utime(folder / "policy.toml", (1, 1))
    (tmp_path / "..data").symlink_to("..v0")
    path = tmp_path / "policy.toml"
    path.symlink_to(Path("..data", "policy.toml"))
    kept = Kept(path, sound_policy, every=10, now=clock)
    (tmp_path / "..next").symlink_to("..v1")
    (tmp_path / "..next").rename(tmp_path / "..data")
    clock.on()
    assert name(kept) == "new"


def test_any_error_while_loading_leaves_what_is_in_force(path: Path, clock: Clock) -> None:
    texts = iter(["first"])
    kept = Kept(path, lambda _: next(texts), every=10, now=clock)
    path.write_text("changed")
    clock.on()
    assert kept.value == "first"
    assert kept.trouble.endswith("StopIteration")


def test_nothing_is_in_force_that_never_was_sound(path: Path) -> None:
    path.write_text(WRONG)
    with pytest.raises(ConfigError, match="colour"):
        kept_policy(path)
    with pytest.raises(ConfigError, match="No such file"):
        kept_duty(path.parent / "none.toml")


def test_without_a_file_the_packaged_ones_are_in_force() -> None:
    assert kept_policy(None).value.rules
    assert kept_duty(None).value.people
    assert kept_policy(None).trouble == ""


def test_threads_only_ever_see_whole_values(path: Path) -> None:
    """Many readers while the file is rewritten in place: each sees a value that was loaded."""

    def load(path: Path | None) -> tuple[str, str]:
        assert path
        text = path.read_text()
        if not text.endswith("."):
            raise ConfigError(f"{path}: half")
        return text, text

    path.write_text("0.")
    kept = Kept(path, load, every=0)
    wrong: list[object] = []

    def read() -> None:
        for _ in range(500):
            one, other = kept.value
            if one != other or not one.endswith("."):
                wrong.append((one, other))

    threads = [Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(200):
        path.write_text(f"{number}.")
    for thread in threads:
        thread.join()
    assert wrong == []
    until(lambda: kept.value[0] == "199.")
