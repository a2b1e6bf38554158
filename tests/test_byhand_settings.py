"""Settings by which people ask: taken apart from what is watched and marked, and wired up."""

from pathlib import Path

import pytest

from triage import config
from triage.byhand import Wish
from triage.cli import folders, wiring
from triage.errors import ConfigError
from triage.heeding import Heeding
from triage.store import Database

MAILBOX = """
[desk]
point = ["Pat <pat@desk.example>"]
flag_address = "Flag it <support+FLAG@desk.example>"
[mailboxes.support]
host = "imap.desk.example"
user = "support"
flag_folder = "Upset"
"""


def settings(folder: Path, more: str) -> config.Settings:
    path = folder / "triage.toml"
    path.write_text(MAILBOX + more, encoding="utf-8")
    return config.load(path)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ('flag_by_hand_folder = "INBOX"', "must differ"),
        ('flag_by_hand_folder = "Upset"', "must differ"),
        ('flag_by_hand_folder = "A"\nhelp_folder = "A"', "must differ"),
        ('kind = "eml"\npath = "x"\nhelp_folder = "A"', "need kind imap or maildir"),
        ('kind = "maildir"\npath = "x"\nhelp_keyword = "A"', "work with IMAP only"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(tmp_path: Path, more: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        settings(tmp_path, more)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ('help_keyword = "no spaces"', "is no IMAP keyword"),
        ('help_keyword = "A"\nflag_by_hand_keyword = "a"', "must differ"),
        ('flag_keyword = "A"\nflag_by_hand_keyword = "A"', "must differ"),
    ],
)
def test_keywords_are_checked_before_anything_is_watched(
    tmp_path: Path, more: str, why: str
) -> None:
    with pytest.raises(ConfigError, match=why):
        folders.sources(settings(tmp_path, more))


def test_each_way_to_ask_gets_its_watcher(tmp_path: Path, database: Database) -> None:
    chosen = settings(
        tmp_path,
        'flag_by_hand_keyword = "F"\nhelp_keyword = "H"\nflag_by_hand_folder = "To flag"\n'
        'help_folder = "To help"\n',
    )
    inbox, flag, help_ = wiring.watchers(chosen, database)
    assert inbox.keywords is not None
    assert {word: one.wish for word, one in inbox.keywords.heeds.items()} == {
        "F": Wish.FLAG,
        "H": Wish.HELP,
    }
    for watcher, folder, wish in ((flag, "To flag", Wish.FLAG), (help_, "To help", Wish.HELP)):
        assert isinstance(watcher.saver, Heeding)
        assert (watcher.source.folder, watcher.saver.wish) == (folder, wish)
        assert watcher.saver.by == f"by folder support/{folder}"
        assert watcher.source.settings.flag_folder == ""  # type: ignore[attr-defined]
    assert wiring.forwarding(chosen).addresses == {"support+flag@desk.example": Wish.FLAG}
