"""The main job under fire: mail keeps coming while the processes are killed at random."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest

from tests import house
from tests.servers.dovecot import Dovecot, require_dovecot
from tests.servers.smtp import SmtpServer
from triage.store import Database

pytestmark = [pytest.mark.dovecot, pytest.mark.timeout(900)]

MAILS = 500
KILLS = 20
CALM = "Hello, could you tell me how to change the delivery address? Thank you, {name}"
FURIOUS = (
    "This is the third time I write. You have lied to me and I have had enough of your"
    " incompetent staff. I want to speak to a manager today. {name}"
)


def _mail(number: int) -> bytes:
    text = (FURIOUS if number % 5 == 0 else CALM).format(name=f"Customer {number}")
    return (
        f"From: Customer {number} <c{number}@customer.example>\r\nTo: support@desk.example\r\n"
        f"Subject: Order {number}\r\nMessage-ID: <{number}@customer.example>\r\n\r\n{text}\r\n"
    ).encode()


@pytest.fixture
def imap() -> Iterator[Dovecot]:
    require_dovecot()
    with Dovecot() as server:
        yield server


def test_no_mail_is_lost_and_no_flag_told_twice_across_kills(
    imap: Dovecot, database: Database, tmp_path: Path
) -> None:
    with SmtpServer() as smtp:
        settings = house.write_settings(tmp_path, imap, smtp)
        appending = Thread(target=_append_slowly, args=[imap])
        appending.start()
        _kill_at_random(settings, database.url)
        appending.join()
        started = datetime.now(UTC)
        watcher, worker = (house.start(name, settings, database.url) for name in ("watch", "work"))
        try:
            _wait_until_settled(database, started)
        finally:
            codes = [house.stop(process) for process in (watcher, worker)]
        assert codes == [0, 0], (tmp_path / "watch.log").read_text()[-2000:]
        _check_ledger(database)
        _check_sink(database, smtp)


def _append_slowly(imap: Dovecot) -> None:
    """500 mails over the time that the kills take."""
    for number in range(1, MAILS + 1):
        imap.append("desk", _mail(number))
        sleep(0.1)


def _kill_at_random(settings: Path, database_url: str) -> None:
    """Kill the watcher and the worker, each by turns, at moments from start-up to full work."""
    moments = random.Random(4711)
    for turn in range(KILLS):
        watcher = house.start("watch", settings, database_url)
        worker = house.start("work", settings, database_url)
        sleep(moments.uniform(0.5, 5.0))
        for process in (watcher, worker) if turn % 2 else (worker, watcher):
            house.kill(process)


def _wait_until_settled(database: Database, started: datetime) -> None:
    """Until all mail is read, all notices are out, and the last processes are at work."""
    deadline = monotonic() + 600
    while monotonic() < deadline:
        with database.transaction() as tx:
            row = tx.execute(
                """select (select count(*) from ledger),
                          (select count(*) from notice where kind = 'flag' and state <> 'sent'),
                          (select count(*) from mailbox where seen_at > %(started)s),
                          (select count(*) from procrastinate_workers
                           where last_heartbeat > %(started)s)""",
                {"started": started},
            ).fetchone()
        if row and row[:2] == (MAILS, 0) and row[2] and row[3]:
            return
        sleep(0.5)
    pytest.fail(f"mails in the ledger, notices not out, watching, working: {row}")


def _check_ledger(database: Database) -> None:
    with database.transaction() as tx:
        places = tx.execute("select uid, mail_id, outcome from ledger").fetchall()
        flags = tx.execute("select count(*) from flag").fetchone()
    assert sorted(uid for uid, _, _ in places) == list(range(1, MAILS + 1))
    assert len({mail_id for _, mail_id, _ in places}) == MAILS
    outcomes = Counter(outcome for _, _, outcome in places)
    assert outcomes == {"flag": MAILS // 5, "pass": MAILS - MAILS // 5}
    assert flags == (MAILS // 5,)


def _check_sink(database: Database, smtp: SmtpServer) -> None:
    """One notice a flag; one sent again after a crash carries the Message-ID of the first.
    Reminders, which come when this takes long, are not counted."""
    with database.transaction() as tx:
        notices = tx.execute("select count(*) from notice where kind = 'flag'").fetchone()
    told = [mail.message for mail in smtp.received if mail.message["X-Triage-Kind"] == "flag"]
    seen = Counter(str(message["Message-ID"]) for message in told)
    assert notices == (MAILS // 5,)
    assert len(seen) == MAILS // 5
    subjects = {str(message["Subject"]) for message in told}
    assert len(subjects) == MAILS // 5
    assert max(seen.values()) <= KILLS
