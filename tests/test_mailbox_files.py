"""Maildir, mbox and .eml folders as sources, beside those who write to them, and read_path."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest

from tests.mailboxes import mail, maildir
from triage.errors import ConfigError, MailboxError, MailboxRefused
from triage.mailbox import FolderSettings, Source, make_source, probe, read_path
from triage.mailbox.settings import Kind

FROM = b"From ann@example.com Thu Feb 29 12:00:00 2024\n"
LONG_AGO = 1_600_000_000


def source_of(path: Path, kind: Kind, **changes: Any) -> Source:
    source = make_source(FolderSettings("shelf", path, kind, poll_seconds=0.05, **changes))
    source.open()
    return source


def put(path: Path, content: bytes, age: float = 3600) -> Path:
    """Write a file as if ``age`` seconds ago."""
    path.write_bytes(content)
    for each in (path, path.parent):
        os.utime(each, (time.time() - age,) * 2)
    return path


def contents(source: Source) -> set[bytes]:
    return {raw.content for raw in source.fetch(source.uids())}


@contextmanager
def as_nobody() -> Iterator[None]:
    """As a user whom file permissions concern."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


# Maildir


def test_a_maildir_mail_keeps_its_uid_when_it_is_read_and_flagged(tmp_path: Path) -> None:
    home = maildir(tmp_path / "box")
    fresh = put(home / "new" / "1700000000.M1P1.host,S=70", mail("one"))
    os.utime(fresh, (LONG_AGO, LONG_AGO))
    source = source_of(home, "maildir")
    (uid,) = source.uids()
    (raw,) = source.fetch([uid])
    assert (raw.content, raw.size) == (mail("one"), len(mail("one")))
    assert raw.received == datetime.fromtimestamp(LONG_AGO, UTC)
    assert (raw.place.uidvalidity, 0 < raw.place.uid < 2**63) == (0, True)
    fresh.rename(home / "cur" / f"{fresh.name}:2,S")
    assert [again.place.uid for again in source.fetch([uid])] == [uid]  # listed before the move
    assert source.uids() == [uid]
    (home / "cur" / f"{fresh.name}:2,S").unlink()
    assert list(source.fetch([uid])) == []
    assert source.uids() == []


def test_maildir_since_and_subfolder(tmp_path: Path) -> None:
    home = maildir(tmp_path / "box")
    sub = maildir(home / ".Support")
    old, _ = put(sub / "cur" / "old:2,", mail("old")), put(sub / "cur" / "new:2,", mail("new"))
    os.utime(old, (LONG_AGO, LONG_AGO))
    source = source_of(home, "maildir", folder="Support")
    assert contents(source) == {mail("old"), mail("new")}
    (uid,) = source.uids(since=date(2024, 1, 1))
    assert [raw.content for raw in source.fetch([uid])] == [mail("new")]
    assert source.folder == "Support"


def test_maildir_wakes_on_delivery(tmp_path: Path) -> None:
    home = maildir(tmp_path / "box")
    put(home / "cur" / "one:2,", mail("one"))
    put(home / "new" / ".hidden", b"")
    source = source_of(home, "maildir")
    source.uids()
    assert not source.wait(0.2, Event())
    delivering = Timer(0.1, put, (home / "new" / "two", mail("two"), 10))
    delivering.start()
    assert source.wait(60, Event())
    assert contents(source) == {mail("one"), mail("two")}
    delivering.join()


def test_a_stop_ends_the_wait(tmp_path: Path) -> None:
    source = source_of(maildir(tmp_path / "box"), "maildir")
    stop = Event()
    stop.set()
    assert source.wait(600, stop) is False


def test_maildir_moves_flagged_mail(tmp_path: Path) -> None:
    home = maildir(tmp_path / "box")
    put(home / "new" / "angry", mail("angry"))
    source = source_of(home, "maildir", flag_folder="Upset")
    (uid,) = source.uids()
    with pytest.raises(MailboxRefused, match=r"flag_folder 'Upset'.*no Maildir"):
        source.mark(uid)
    maildir(home / ".Upset")
    source.mark(uid)
    source.mark(uid)  # gone already
    assert source.uids() == []
    assert (home / ".Upset/cur/angry:2,").read_bytes() == mail("angry")


def test_hostile_things_in_a_maildir(tmp_path: Path) -> None:
    home = maildir(tmp_path / "box")
    (home / "cur" / "loop").symlink_to(home / "cur" / "loop")
    (home / "cur" / "nowhere").symlink_to(tmp_path / "nowhere")
    (home / "cur" / "folder").mkdir()
    os.mkfifo(home / "new" / "pipe")
    put(home / "new" / "large", b"x" * 100_000)
    secret = put(home / "new" / "secret", mail("secret"))
    secret.chmod(0)
    tmp_path.chmod(0o755)
    source = source_of(home, "maildir", max_bytes=1000)
    with as_nobody_under(tmp_path):
        mails = {raw.size: raw for raw in source.fetch(source.uids())}
    assert set(mails) == {1, 100_000}
    assert mails[100_000].content == b"x" * 1000
    assert mails[1].truncated  # there, unreadable: for a person
    secret.chmod(0o600)


@contextmanager
def as_nobody_under(path: Path) -> Iterator[None]:
    """``as_nobody``, with the way to ``path`` open to all."""
    for folder in (path, *path.parents):
        if folder.stat().st_uid == os.geteuid() and folder.name.startswith(("pytest", "test_")):
            folder.chmod(0o755)
    with as_nobody():
        yield


@pytest.mark.parametrize("kind", ["maildir", "mbox", "eml"])
def test_a_path_that_is_not_there_is_refused(tmp_path: Path, kind: Kind) -> None:
    with pytest.raises(MailboxRefused, match="nowhere"):
        source_of(tmp_path / "nowhere", kind)


def test_what_a_kind_cannot_do_is_a_config_error(tmp_path: Path) -> None:
    cases: list[tuple[Kind, dict[str, str]]] = [
        ("maildir", {"flag_keyword": "Upset"}),
        ("mbox", {"flag_folder": "Upset"}),
        ("eml", {"folder": "Sub"}),
        ("maildir", {"flag_folder": "../../etc"}),
        ("maildir", {"flag_folder": "INBOX"}),
    ]
    for kind, setting in cases:
        with pytest.raises(ConfigError, match=next(iter(setting))):
            FolderSettings("shelf", tmp_path, kind, **setting)  # type: ignore[arg-type]


# mbox


def mbox_of(*mails: bytes) -> bytes:
    return b"".join(FROM + each + b"\n" for each in mails)


def test_mbox_mails_keep_their_uids_when_a_client_rewrites_its_bookkeeping(tmp_path: Path) -> None:
    one, two = b"Subject: one\n\nfirst\n", b"Subject: two\n\nsecond\n\n\n>From here\n"
    path = put(tmp_path / "inbox", mbox_of(one, two))
    source = source_of(path, "mbox")
    uids = source.uids()
    assert contents(source) == {one, two.replace(b">From", b"From")}
    received = {raw.received for raw in source.fetch(uids)}
    assert received == {datetime(2024, 2, 29, 12, tzinfo=UTC)}
    read = b"Status: RO\nX-Keywords: a\n   folded\nX-UID: 5\n"
    put(path, mbox_of(read + one, two.replace(b"\n\n", b"\nX-Status: A\n\n", 1)), age=1800)
    assert source.uids() == uids
    put(path, mbox_of(two), age=900)
    assert len(source.uids()) == 1
    assert len(list(source.fetch(uids))) == 1


def test_an_mbox_that_grows_is_read_on_from_where_it_was(tmp_path: Path) -> None:
    path = put(tmp_path / "inbox", mbox_of(b"Subject: 1\n\na\n", b"Subject: 2\n\nb\n"))
    source = source_of(path, "mbox")
    before = set(source.uids())
    put(path, path.read_bytes() + mbox_of(b"Subject: 3\n\nc\n"), age=900)
    assert source.wait(60, Event())
    after = set(source.uids())
    assert before < after
    assert len(after) == 3
    assert b"Subject: 3\n\nc\n" in contents(source)


def test_the_last_mail_of_an_mbox_waits_until_it_is_written(tmp_path: Path) -> None:
    whole = mbox_of(b"Subject: 1\n\na\n", b"Subject: 2\n\nthe end\n")
    path = put(tmp_path / "inbox", whole[:-6], age=0)
    source = source_of(path, "mbox")
    assert contents(source) == {b"Subject: 1\n\na\n"}
    put(path, whole, age=60)
    assert source.wait(60, Event())
    assert contents(source) == {b"Subject: 1\n\na\n", b"Subject: 2\n\nthe end\n"}


def test_only_true_borders_part_an_mbox(tmp_path: Path) -> None:
    tricky = (
        b"Subject: letter\n\nFrom what I hear you close at 17:30.\n\nFrom here on\n"
        b"text\nFrom ann@example.com Thu Feb 29 12:00:00 2024\nstill the same mail\n"
    )
    path = put(tmp_path / "inbox", mbox_of(tricky, b"Subject: next\n\nx\n"))
    assert [raw.content for raw in read_path(path)] == [tricky, b"Subject: next\n\nx\n"]


def test_a_large_mail_in_an_mbox_comes_as_a_prefix(tmp_path: Path) -> None:
    large = b"Subject: large\n\n" + b"y" * 300_000 + b"\n"
    path = put(tmp_path / "inbox", mbox_of(large, b"Subject: small\n\nx\n"))
    first, second = read_path(path, max_bytes=1000)
    assert (first.content, first.size) == (large[:1000], len(large))
    assert second.content == b"Subject: small\n\nx\n"


def test_mbox_dates_from_wherever_there_is_one(tmp_path: Path) -> None:
    cases = {
        b"From - Thu Feb 29 12:00:00 2024\n\n": datetime(2024, 2, 29, 12, tzinfo=UTC),
        b"From a@b Thu Feb 29 12:00:00 +0200 2024\n\n": datetime(2024, 2, 29, 10, tzinfo=UTC),
        b"From x\nDate: Thu, 29 Feb 2024 12:00:00 -0100\n\n": datetime(2024, 2, 29, 13, tzinfo=UTC),
        b"From x\nDate: no date at 99:99\n\n": datetime.fromtimestamp(LONG_AGO, UTC),
    }
    for number, (start, expected) in enumerate(cases.items()):
        path = put(tmp_path / f"box{number}", start + b"text\n")
        os.utime(path, (LONG_AGO, LONG_AGO))
        assert [raw.received for raw in read_path(path)] == [expected]


# .eml


def test_a_folder_of_eml_files(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    put(tmp_path / "a.eml", mail("a"))
    put(tmp_path / "deep" / "er" / "b.EML", mail("b"))
    put(tmp_path / "notes.txt", b"no mail")
    put(tmp_path / "deep" / "young.eml", mail("half wri"), age=0)
    (tmp_path / "deep" / "up").symlink_to(tmp_path)
    (tmp_path / "loop.eml").symlink_to(tmp_path / "loop.eml")
    os.mkfifo(tmp_path / "pipe.eml")
    source = source_of(tmp_path, "eml")
    known = source.uids()
    assert contents(source) == {mail("a"), mail("b")}
    put(tmp_path / "deep" / "young.eml", mail("whole"), age=60)
    assert source.wait(60, Event())
    assert contents(source) == {mail("a"), mail("b"), mail("whole")}
    assert set(known) < set(source.uids())
    (tmp_path / "a.eml").unlink()
    assert len(list(source.fetch(known))) == 1


# read_path and probe


def test_read_path_recognises_what_it_is_given(tmp_path: Path) -> None:
    home = maildir(tmp_path / "box")
    put(home / "cur" / "2", mail("second"))
    put(home / "cur" / "1", mail("first"))
    single = put(tmp_path / "single.eml", mail("single"))
    bare = put(tmp_path / "bare", mail("bare"))
    empty = put(tmp_path / "empty", b"")
    folder = tmp_path / "folder"
    folder.mkdir()
    put(folder / "x.eml", mail("x"), age=0)
    assert [raw.content for raw in read_path(home)] == [mail("first"), mail("second")]
    assert [raw.content for raw in read_path(single)] == [mail("single")]
    assert [raw.content for raw in read_path(bare)] == [mail("bare")]
    assert [raw.content for raw in read_path(folder)] == [mail("x")]
    assert list(read_path(empty)) == []


def test_read_path_says_what_is_no_mail(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "nothing").mkdir()
    put(tmp_path / "garbage", bytes(range(256)) * 10)
    for name in ("pipe", "loop", "nothing", "garbage", "absent"):
        with pytest.raises(MailboxError, match=name):
            list(read_path(tmp_path / name))


def test_probe_counts_a_folder(tmp_path: Path) -> None:
    path = put(tmp_path / "inbox", mbox_of(b"Subject: 1\n\na\n"))
    assert "INBOX, 1 mail" in probe(FolderSettings("shelf", path, "mbox"))
    put(path, b"this is no mbox")
    with pytest.raises(MailboxRefused, match="no mbox"):
        probe(FolderSettings("shelf", path, "mbox"))
