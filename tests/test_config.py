"""Settings: what is read, what wins, and what a wrong key is told."""

from datetime import date
from pathlib import Path

import pytest

from triage import config
from triage.errors import ConfigError

FILE = """
data = "kept"
[desk]
point = ["Pat Point <pat@example.org>"]
own_addresses = ["Support@Example.org"]
[mailboxes.support]
host = "imap.example.org"
user = "support"
since = 2026-01-31
password_file = "support.password"
[mailboxes.billing]
kind = "maildir"
path = "billing"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "triage.toml"
    path.write_text(FILE)
    return path


def test_several_mailboxes_with_paths_from_the_files_folder(file: Path) -> None:
    settings = config.load(file)
    assert settings.mailboxes["support"].since == date(2026, 1, 31)
    assert settings.mailboxes["billing"].path == file.parent / "billing"
    assert settings.data == file.parent / "kept"


def test_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_MAILBOXES__SUPPORT__HOST", "other.example.org")
    monkeypatch.setenv("TRIAGE_SMTP__PORT", "2525")
    settings = config.load(file)
    assert settings.mailboxes["support"].host == "other.example.org"
    assert settings.mailboxes["support"].user == "support"
    assert settings.smtp.port == 2525


def test_a_secret_is_read_anew_at_each_use(file: Path) -> None:
    mailbox = config.load(file).mailboxes["support"]
    (file.parent / "support.password").write_text("first\n")
    assert mailbox.secret() == "first"
    (file.parent / "support.password").write_text("second\n")
    assert mailbox.secret() == "second"


def test_a_missing_secret_file_is_named(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"password_file .*support\.password"):
        config.load(file).mailboxes["support"].secret()


def test_secrets_are_not_shown(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_MAILBOXES__SUPPORT__PASSWORD", "hunter2")
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "postgresql://u:hunter2@db/x")
    assert "hunter2" not in repr(config.load(file))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('dat = "x"', "dat: no such setting"),
        ("[mailboxes.a]\nport = 70000", "mailboxes.a.port"),
        ("[mailboxes.a]\nkind = 'pop3'", "mailboxes.a.kind"),
        ("[mailboxes.a]\nsince = 'yesterday'", "mailboxes.a.since"),
        ("[desk]\npoint = ['Pat']", "desk.point.0: must be a mail address"),
        ('[desk]\nsender = "x\\r\\nBcc: a@b"', "desk.sender"),
        ("data = \nlog = 1", "line 1"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "triage.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        config.load(path)
    assert named in str(refused.value)


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "triage.toml"
    path.write_text("dat = 1\n[web]\nport = -1\n")
    with pytest.raises(ConfigError, match=r"2 wrong\n(.|\n)*web\.port(.|\n)*dat"):
        config.load(path)


def test_a_misspelt_variable_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_SMPT__HOST", "mail.example.org")
    with pytest.raises(ConfigError, match="TRIAGE_SMPT__HOST"):
        config.load(file)


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="triage init"):
        config.load(tmp_path / "none.toml")
