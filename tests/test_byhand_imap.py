"""By keyword and by folder, on a true Dovecot (P7): within a poll, once, and nothing is lost."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest

from tests.caseloads import POLICY, caseload
from tests.mailboxes import imap_settings
from tests.servers.dovecot import Dovecot, require_dovecot
from tests.test_byhand import PAT, SAM, as_read
from tests.waiting import PATIENCE, until
from triage.byhand import FLAGGED_BY_HAND, ByHand, Wish
from triage.errors import MailboxError
from triage.heeding import Heeding, Keywords
from triage.mail import ReadingRules
from triage.mailbox import ImapSource, probe
from triage.pipeline import Parsed, Reader, Saver
from triage.store import Database, cases, ledger
from triage.types import Email, Reading
from triage.watcher import FolderWatcher, keep_watching

pytestmark = pytest.mark.dovecot

SINCE = datetime(2020, 1, 1, 12, tzinfo=UTC)
FLAG, HELP = "TriageFlag", "TriageHelp"


class CalmReader(Reader):
    """Takes mail apart as ever, and finds no anger in any: what is flagged was asked for."""

    def read(self, batch: list[Parsed]) -> list[Reading]:  # type: ignore[override]
        return [as_read(raw, mail) for raw, mail in batch if isinstance(mail, Email)]

    def works(self) -> bool:
        return True


READER = CalmReader(ReadingRules(), None, lambda: POLICY)  # type: ignore[arg-type]


@pytest.fixture
def server() -> Iterator[Dovecot]:
    require_dovecot()
    with Dovecot() as running:
        for folder in ("Flag", "Help"):
            running.create("desk", folder)
        yield running


@dataclass
class Desk:
    """Watchers of a server's folders, each stepped by hand or left to run."""

    server: Dovecot
    database: Database
    made: list[FolderWatcher] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    told: list[int] = field(default_factory=list)

    def inbox(self, **settings: Any) -> FolderWatcher:
        source = ImapSource(imap_settings(self.server, asking=(FLAG, HELP), **settings))
        wishes = {FLAG: Wish.FLAG, HELP: Wish.HELP}
        by = "by keyword in support/INBOX"
        heeds = {word: Heeding(self._saver, self._hand, wish, by) for word, wish in wishes.items()}
        watcher = self._watcher(source, self._saver)
        watcher.keywords = Keywords(source, self.database, READER, heeds)
        return watcher

    def folder(self, name: str, wish: Wish) -> FolderWatcher:
        source = ImapSource(imap_settings(self.server, folder=name))
        by = f"by folder support/{name}"
        return self._watcher(source, Heeding(self._saver, self._hand, wish, by))

    def _watcher(self, source: ImapSource, saver: Saver | Heeding) -> FolderWatcher:
        watcher = FolderWatcher(source, self.database, READER, saver, SINCE, Event(), 0.3)
        self.made.append(watcher)
        return watcher

    @property
    def _hand(self) -> ByHand:
        return ByHand(caseload(PAT, SAM, tell=lambda _, one: self.told.append(one)), as_read)

    @property
    def _saver(self) -> Saver:
        return Saver(self._hand.caseload)

    def run(self, watcher: FolderWatcher, poll_seconds: float) -> None:
        watcher.poll_seconds = poll_seconds
        thread = Thread(target=keep_watching, args=[watcher])
        thread.start()
        self.threads.append(thread)

    def history(self) -> list[tuple[int, str, str]]:
        """Case, who, what, of everything that happened."""
        with self.database.transaction() as tx:
            rows = tx.execute("select case_id, who, what from event order by id").fetchall()
        return [(int(row[0]), str(row[1]), str(row[2])) for row in rows]

    def end(self) -> None:
        for watcher in self.made:
            watcher.stop.set()
        for thread in self.threads:
            thread.join(PATIENCE)
        for watcher in self.made:
            watcher.give_up()


@pytest.fixture
def desk(server: Dovecot, database: Database) -> Iterator[Desk]:
    made = Desk(server, database)
    yield made
    made.end()


def calm(number: int = 1) -> bytes:
    return (
        f"From: Bob <bob{number}@customer.example>\r\nTo: support@desk.example\r\n"
        f"Subject: Hours {number}\r\nMessage-ID: <c{number}@customer.example>\r\n\r\n"
        "Hello, could you tell me your opening hours on Saturday? Thank you, Bob\r\n"
    ).encode()


def settle(watcher: FolderWatcher) -> None:
    """Step until all that is there was read and heeded."""
    for _ in range(2):
        while watcher.step():
            pass


def flagged_by(by: str, case_id: int = 1001) -> tuple[int, str, str]:
    return (case_id, by, "flagged")


BY_KEYWORD, BY_FOLDER = "by keyword in support/INBOX", "by folder support/Flag"


def test_a_keyword_on_a_read_mail_flags_it_once(server: Dovecot, desk: Desk) -> None:
    uid = server.append("desk", calm())
    watcher = desk.inbox()
    settle(watcher)
    assert desk.history() == []
    server.set_flags("desk", uid, [FLAG])
    settle(watcher)
    settle(watcher)
    assert desk.history() == [flagged_by(BY_KEYWORD)]
    assert len(desk.told) == 1
    with desk.database.transaction() as tx:
        mail = cases.mail(tx, 1)
    assert mail is not None
    assert (mail.outcome, mail.rule, mail.severity) == ("flag", FLAGGED_BY_HAND, "normal")
    assert mail.original  # it passed, so its bytes were not kept; now a person wants to see it


def test_the_help_keyword_asks_for_help(server: Dovecot, desk: Desk) -> None:
    server.append("desk", calm(), flags=[HELP])
    settle(desk.inbox())
    assert desk.history() == [flagged_by(BY_KEYWORD), (1001, BY_KEYWORD, "help asked")]


def test_nothing_of_the_mail_is_changed(server: Dovecot, desk: Desk) -> None:
    uid = server.append("desk", calm(), flags=[FLAG])
    settle(desk.inbox())
    assert server.flags("desk", uid) == {FLAG}


def test_a_keyword_set_while_idling_wakes_the_watcher(server: Dovecot, desk: Desk) -> None:
    """A poll lasts ten minutes and IDLE's own look forty: only the server's word is so quick."""
    uid = server.append("desk", calm())
    watcher = desk.inbox(poll_seconds=600.0)
    desk.run(watcher, poll_seconds=600.0)
    until(lambda: watcher._reported[0] == "waiting")
    server.set_flags("desk", uid, [FLAG])
    until(lambda: desk.history() == [flagged_by(BY_KEYWORD)])


def test_without_idle_it_takes_a_poll(server: Dovecot, desk: Desk) -> None:
    uid = server.append("desk", calm())
    desk.run(desk.inbox(idle=False, poll_seconds=0.3), poll_seconds=0.3)
    until(lambda: _count(desk) == 1)
    server.set_flags("desk", uid, [FLAG])
    until(lambda: desk.history() == [flagged_by(BY_KEYWORD)])


def test_a_new_uidvalidity_flags_nothing_again(server: Dovecot, desk: Desk) -> None:
    server.append("desk", calm(), flags=[FLAG])
    first = desk.inbox()
    settle(first)
    first.give_up()
    server.set_uidvalidity("desk", "INBOX", 4711)
    again = desk.inbox()
    settle(again)
    uid = server.append("desk", calm(2))
    settle(again)
    server.set_flags("desk", uid, [FLAG])
    settle(again)
    assert desk.history() == [flagged_by(BY_KEYWORD), flagged_by(BY_KEYWORD, 1002)]


def test_a_restart_flags_nothing_again_and_what_was_asked_meanwhile(
    server: Dovecot, desk: Desk
) -> None:
    uids = [server.append("desk", calm(number)) for number in (1, 2)]
    server.set_flags("desk", uids[0], [FLAG])
    first = desk.inbox()
    settle(first)
    first.give_up()
    server.set_flags("desk", uids[1], [FLAG])
    settle(desk.inbox())
    assert desk.history() == [flagged_by(BY_KEYWORD), flagged_by(BY_KEYWORD, 1002)]


def test_a_mail_from_before_the_cut_off_is_read_when_it_is_asked_for(
    server: Dovecot, desk: Desk
) -> None:
    uid = server.append("desk", calm(), date=SINCE - timedelta(days=30))
    watcher = desk.inbox()
    settle(watcher)
    server.set_flags("desk", uid, [FLAG])
    settle(watcher)
    assert desk.history() == [flagged_by(BY_KEYWORD)]


def test_a_mail_that_is_gone_before_it_is_read_again_is_flagged_by_what_is_known(
    server: Dovecot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = server.append("desk", calm())
    watcher = desk.inbox()
    settle(watcher)
    monkeypatch.setattr(watcher.source, "asked", lambda: {FLAG: [uid, uid + 1]})
    server.expunge("desk", [uid])
    settle(watcher)
    assert desk.history() == [flagged_by(BY_KEYWORD)]


def test_a_dropped_connection_loses_no_keyword(server: Dovecot, desk: Desk) -> None:
    uid = server.append("desk", calm())
    watcher = desk.inbox()
    settle(watcher)
    server.set_flags("desk", uid, [FLAG])
    server.kill_sessions()
    with pytest.raises(MailboxError):
        for _ in range(20):
            watcher.step()
    watcher.give_up()
    settle(watcher)
    assert desk.history() == [flagged_by(BY_KEYWORD)]


@pytest.mark.parametrize("known", [True, False], ids=["known", "never seen"])
@pytest.mark.parametrize("wish", Wish)
def test_a_mail_moved_into_a_folder(server: Dovecot, desk: Desk, wish: Wish, known: bool) -> None:
    name = wish.capitalize()
    inbox, folder = desk.inbox(), desk.folder(name, wish)
    settle(inbox)
    settle(folder)
    uid = server.append("desk", calm(), date=SINCE - timedelta(days=30 if not known else 0))
    if known:
        settle(inbox)
    server.move("desk", [uid], name)
    settle(folder)
    by = f"by folder support/{name}"
    asked = [(1001, by, "help asked")] if wish is Wish.HELP else []
    assert desk.history() == [flagged_by(by), *asked]
    outcome = _entered(desk, name)
    assert outcome == {1: ledger.REPEAT if known else "pass"}


def test_a_copy_and_a_keyword_are_one_wish(server: Dovecot, desk: Desk) -> None:
    inbox, folder = desk.inbox(), desk.folder("Flag", Wish.FLAG)
    settle(folder)
    uid = server.append("desk", calm(), flags=[FLAG])
    settle(inbox)
    client = server.client("desk")
    client.select_folder("INBOX")
    client.copy([uid], "Flag")
    client.unselect_folder()
    settle(folder)
    settle(inbox)
    assert desk.history() == [flagged_by(BY_KEYWORD)]


def test_what_lies_in_the_folder_at_first_is_left_alone(server: Dovecot, desk: Desk) -> None:
    server.append("desk", calm(1), "Flag")
    folder = desk.folder("Flag", Wish.FLAG)
    settle(folder)
    assert desk.history() == []
    folder.give_up()
    server.append("desk", calm(2), "Flag")
    settle(desk.folder("Flag", Wish.FLAG))
    assert desk.history() == [flagged_by(BY_FOLDER)]


def test_a_server_that_keeps_no_keywords_is_said_so_and_works(
    server: Dovecot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = imap_settings(server, asking=(FLAG,))
    assert "keyword" not in probe(settings)
    select = ImapSource._examine  # PERMANENTFLAGS of a folder that may only be read

    def poor(self: ImapSource) -> bool:
        with self._talking("test") as client:
            answer = select(self, client)
        return rb"\*" in answer.get(b"PERMANENTFLAGS", ())

    monkeypatch.setattr(ImapSource, "keeps_keywords", poor)
    assert f"so {FLAG} cannot be set: ask by folder" in probe(settings)
    server.append("desk", calm())
    settle(desk.inbox())
    assert _count(desk) == 1


def _entered(desk: Desk, folder: str) -> dict[int, str]:
    with desk.database.transaction() as tx:
        return ledger.entered(tx, "support", folder, desk.server.uidvalidity("desk", folder))


def _count(desk: Desk) -> int:
    with desk.database.transaction() as tx:
        row = tx.execute("select count(*) from mail").fetchone()
    assert row is not None
    return int(row[0])
