"""Watching a true Dovecot with a true database: nothing lost, nothing told twice."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.caseloads import POLICY, caseload
from tests.mailboxes import imap_settings
from tests.servers.dovecot import Dovecot, require_dovecot
from tests.waiting import PATIENCE, until
from triage.classifier import Classifier, live_model
from triage.config import HOUSE
from triage.errors import MailboxError
from triage.mail import ReadingRules
from triage.mailbox import ImapSource
from triage.pipeline import Parsed, Reader, Saver
from triage.store import Database, ledger, mailboxes, mails
from triage.types import Reading
from triage.watcher import FolderWatcher, as_cutoff, back_off, keep_watching

pytestmark = pytest.mark.dovecot

SINCE = datetime(2020, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader() -> Reader:
    classifier = Classifier.load(live_model(HOUSE / "models"))
    return Reader(ReadingRules(), classifier, lambda: POLICY)


@pytest.fixture
def server() -> Iterator[Dovecot]:
    require_dovecot()
    with Dovecot() as running:
        yield running


Watch = Callable[..., FolderWatcher]


@pytest.fixture
def watching(server: Dovecot, database: Database, reader: Reader) -> Iterator[Watch]:
    """Makes watchers of the desk's INBOX; ``told`` of each collects its notices."""
    made: list[FolderWatcher] = []

    def make(since: datetime | None = SINCE, **settings: object) -> FolderWatcher:
        source = ImapSource(replace(imap_settings(server), **settings))  # type: ignore[arg-type]
        saver = Saver(caseload("pat@desk.example", tell=lambda _, notice: told.append(notice)))
        watcher = FolderWatcher(source, database, reader, saver, since, Event(), poll_seconds=2)
        made.append(watcher)
        return watcher

    told: list[int] = []
    make.told = told  # type: ignore[attr-defined]
    yield make
    for watcher in made:
        watcher.stop.set()
        watcher.give_up()


def furious(number: int = 1) -> bytes:
    return (
        f"From: Jane Doe <jane{number}@customer.example>\r\nTo: support@desk.example\r\n"
        f"Subject: Complaint {number}\r\nMessage-ID: <{number}@customer.example>\r\n\r\n"
        "This is a disgrace. You idiots have lied to me for three weeks. I want your manager to"
        " call me today or my lawyer will write to you.\r\n"
    ).encode()


def calm(number: int = 1) -> bytes:
    return (
        f"From: Bob <bob{number}@customer.example>\r\nTo: support@desk.example\r\n"
        f"Subject: Opening hours {number}\r\nMessage-ID: <c{number}@customer.example>\r\n\r\n"
        "Hello, could you tell me your opening hours on Saturday? Thank you, Bob\r\n"
    ).encode()


def read_all(watcher: FolderWatcher) -> None:
    """Step until there is nothing more to do at once."""
    watcher.step()
    while watcher._todo:
        watcher.step()


def entered(database: Database, server: Dovecot) -> dict[int, str]:
    with database.transaction() as tx:
        return ledger.entered(tx, "support", "INBOX", server.uidvalidity("desk"))


def test_a_furious_mail_is_flagged_and_told_a_calm_one_passes(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    server.append("desk", furious())
    server.append("desk", calm())
    read_all(watching())
    assert entered(database, server) == {1: "flag", 2: "pass"}
    assert len(watching.told) == 1  # type: ignore[attr-defined]


def test_seen_is_never_set(server: Dovecot, watching: Watch) -> None:
    uid = server.append("desk", furious())
    read_all(watching())
    assert server.flags("desk", uid) == set()


def test_mail_somebody_already_read_is_read(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    server.append("desk", furious(), flags=[r"\Seen"])
    read_all(watching())
    assert entered(database, server) == {1: "flag"}


def test_mail_arriving_during_idle_wakes_the_watcher(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    watcher = watching(poll_seconds=600.0)
    read_all(watcher)
    watcher.poll_seconds = 600.0
    thread = Thread(target=keep_watching, args=[watcher])
    thread.start()
    server.append("desk", furious())
    try:
        until(lambda: entered(database, server) == {1: "flag"})
    finally:
        watcher.stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_restart_reads_what_came_meanwhile_and_nothing_twice(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    server.append("desk", furious(1))
    first = watching()
    read_all(first)
    first.give_up()
    server.append("desk", furious(2))
    read_all(watching())
    assert entered(database, server) == {1: "flag", 2: "flag"}
    assert len(watching.told) == 2  # type: ignore[attr-defined]


def test_a_gap_left_by_an_earlier_run_is_filled(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    """A mail below the cursor that never got into the ledger is found at the next opening."""
    for number in (1, 2, 3):
        server.append("desk", calm(number))
    read_all(watching())
    with database.transaction() as tx:
        tx.execute("delete from ledger where uid = 2")
    watching_anew = watching()
    read_all_after_release(watching_anew, database)
    assert set(entered(database, server)) == {1, 2, 3}


def read_all_after_release(watcher: FolderWatcher, database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'triage lease'"
        )

    def holds() -> bool:
        watcher.step()
        return watcher._todo is not None

    until(holds)
    read_all(watcher)


def test_a_changed_uidvalidity_announces_nothing_again(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    server.append("desk", furious(1))
    first = watching()
    read_all(first)
    first.give_up()
    server.set_uidvalidity("desk", "INBOX", 4711)
    server.append("desk", furious(2))
    read_all(watching())
    assert sorted(entered(database, server).values()) == ["flag", "repeat"]
    assert len(watching.told) == 2  # type: ignore[attr-defined]


def test_mail_moved_away_and_back_is_a_repeat(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    uid = server.append("desk", furious())
    server.create("desk", "Away")
    watcher = watching()
    read_all(watcher)
    server.move("desk", [uid], "Away")
    server.move("desk", [1], "INBOX", "Away")
    watcher.give_up()
    read_all(watching())
    assert entered(database, server) == {1: "flag", 2: "repeat"}


def test_mail_older_than_the_cut_off_is_entered_and_not_read(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    server.append("desk", furious(1), date=SINCE - timedelta(hours=1))
    server.append("desk", furious(2), date=SINCE + timedelta(hours=1))
    read_all(watching())
    assert entered(database, server) == {1: "too_old", 2: "flag"}


def test_the_first_start_is_the_cut_off_and_later_starts_keep_it(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    server.append("desk", furious(1), date=datetime.now(UTC) - timedelta(days=3))
    first = watching(since=None)
    read_all(first)
    first.give_up()
    server.append("desk", furious(2))
    read_all(watching(since=None))
    assert entered(database, server) == {2: "flag"}


def test_mail_that_vanishes_between_search_and_fetch_is_entered(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    for number in (1, 2):
        server.append("desk", calm(number))
    watcher = watching()
    watcher._lease.held()
    watcher._open()
    server.expunge("desk", [1])
    read_all(watcher)
    assert entered(database, server) == {1: "vanished", 2: "pass"}


def test_one_watcher_at_a_time_and_another_takes_over(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    server.append("desk", furious())
    first, second = watching(), watching()
    assert first._lease.held()
    second.step()
    assert entered(database, server) == {}
    first.give_up()
    read_all(second)
    assert entered(database, server) == {1: "flag"}


def test_a_dropped_connection_is_trouble_and_mends_itself(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    watcher = watching()
    read_all(watcher)
    server.kill_sessions()
    with pytest.raises(MailboxError):
        for _ in range(20):
            watcher.step()
    watcher.give_up()
    server.append("desk", furious())
    read_all(watcher)
    assert entered(database, server) == {1: "flag"}


def test_trouble_is_on_record_and_one_mailboxs_is_not_anothers(
    server: Dovecot, database: Database, watching: Watch
) -> None:
    lost = watching(folder="Nowhere")
    well = watching()
    threads = [Thread(target=keep_watching, args=[watcher]) for watcher in (lost, well)]
    for thread in threads:
        thread.start()
    server.append("desk", furious())

    def states() -> dict[str, str]:
        with database.transaction() as tx:
            return {row.folder: row.state for row in mailboxes.everyone(tx)}

    try:
        until(lambda: entered(database, server) == {1: "flag"})
        until(lambda: states() == {"INBOX": "waiting", "Nowhere": "refused"})
    finally:
        for watcher in (lost, well):
            watcher.stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert states() == {"INBOX": "stopped", "Nowhere": "stopped"}


def test_flagged_mail_is_marked_where_the_operator_wants_it(
    server: Dovecot, watching: Watch
) -> None:
    flagged, calm_one = server.append("desk", furious()), server.append("desk", calm())
    read_all(watching(flag_keyword="$Upset"))
    assert server.flags("desk", flagged) == {"$Upset"}
    assert server.flags("desk", calm_one) == set()


class BrokenBy:
    """A reader that one mail breaks, as a bug of ours would."""

    def __init__(self, reader: Reader, word: bytes) -> None:
        self.parsed, self.works = reader.parsed, reader.works
        self._reader, self._word = reader, word

    def read(self, batch: list[Parsed]) -> list[Reading]:
        if any(self._word in raw.content for raw, _ in batch):
            raise ZeroDivisionError("secret text of the mail")
        return self._reader.read(batch)


def test_a_mail_that_breaks_us_holds_up_no_other(
    server: Dovecot, database: Database, watching: Watch, reader: Reader
) -> None:
    for content in (calm(1), furious(2), calm(3)):
        server.append("desk", content)
    watcher = watching()
    watcher.reader = BrokenBy(reader, b"<2@customer")  # type: ignore[assignment]
    read_all(watcher)
    assert entered(database, server) == {1: "pass", 2: "failed", 3: "pass"}
    with database.transaction() as tx:
        (waiting,) = mails.waiting_for_a_person(tx)
        assert mails.original(tx, waiting.id) == furious(2)


def test_files_on_disk_are_watched_alike(
    tmp_path: Path, database: Database, reader: Reader
) -> None:
    from triage.mailbox import FolderSettings, make_source

    folder = tmp_path / "inbox"
    folder.mkdir()
    settings = FolderSettings("support", folder, "eml", poll_seconds=0.2)
    told: list[int] = []
    saver = Saver(caseload("pat@desk.example", tell=lambda _, notice: told.append(notice)))
    since = datetime(2020, 1, 1, tzinfo=UTC)
    watcher = FolderWatcher(make_source(settings), database, reader, saver, since, Event())
    thread = Thread(target=keep_watching, args=[watcher])
    thread.start()
    try:
        (folder / "a.eml").write_bytes(furious(1))
        until(lambda: len(told) == 1)
        (folder / "b.eml").write_bytes(furious(2))
        until(lambda: len(told) == 2)
    finally:
        watcher.stop.set()
        thread.join(PATIENCE)


@pytest.mark.parametrize("failures", [1, 5, 50])
def test_pauses_grow_to_five_minutes(failures: int) -> None:
    assert 0.5 <= back_off(failures) <= 300
    assert back_off(failures) <= 2.0 ** (failures - 1) or failures == 50


def test_a_refusal_is_not_hurried() -> None:
    assert back_off(1, refused=True) >= 15


@pytest.mark.parametrize(
    ("since", "cutoff"),
    [
        ("now", None),
        (datetime(2026, 1, 31, 8, tzinfo=UTC), datetime(2026, 1, 31, 8, tzinfo=UTC)),
    ],
)
def test_cut_offs(since: object, cutoff: datetime | None) -> None:
    assert as_cutoff(since) == cutoff
