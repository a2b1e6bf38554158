"""A backlog from Dovecot to saved assessments, as a share of its two halves alone.

Peers, in the same run on the same mails: (a) imapclient fetching the bodies in batches of 200
and throwing them away; (b) the classifier assessing the parsed mails and nothing else.

    python -m benchmarks.backlog [--mails 20000]
"""

import argparse
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event
from time import perf_counter, sleep

import psutil
from imapclient import IMAPClient

from benchmarks.mails import own_mails
from tests.caseloads import POLICY, caseload
from tests.mailboxes import imap_settings
from tests.servers.dovecot import Dovecot
from triage.classifier import Classifier, live_model
from triage.cli import roles
from triage.config import HOUSE
from triage.mail import ReadingRules, parse
from triage.mailbox import ImapSource
from triage.pipeline import Reader, Saver
from triage.store import Database
from triage.types import Email, Place, RawMail
from triage.watcher import BATCH, FolderWatcher

SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mails", type=int, default=20_000)
    count = parser.parse_args().mails
    roles.share_the_interpreter()
    classifier = Classifier.load(live_model(HOUSE / "models"))
    reader = Reader(ReadingRules(), classifier, lambda: POLICY)
    with Dovecot() as server, tempfile.TemporaryDirectory(prefix="triage-") as folder:
        server.append_many("desk", own_mails(count))
        fetching = count / _timed(lambda: _fetch_alone(server))
        emails = list(_emails(count))
        scoring = count / _timed(partial(_score_alone, reader, emails))
        del emails
        store = Database.open("", Path(folder))
        watcher = _watcher(server, store, reader)
        with _memory() as samples:
            whole = count / _timed(lambda: _watch_all(watcher))
        watcher.give_up()
        store.close()
    slower = min(fetching, scoring)
    print(f"{count} mails, {classifier.name}, {psutil.cpu_count()} cores")
    print(f"(a) fetching alone     {fetching:9.1f} mails/s")
    print(f"(b) scoring alone      {scoring:9.1f} mails/s")
    share = whole / slower
    print(f"    mailbox to saved   {whole:9.1f} mails/s: {share:.0%} of the slower (aim 90 %)")
    print("    memory (MiB) at 10 points of the run: " + " ".join(map(str, _ten(samples))))


def _timed(job: Callable[[], None]) -> float:
    start = perf_counter()
    job()
    return perf_counter() - start


def _fetch_alone(server: Dovecot) -> None:
    with IMAPClient(server.address, server.port, ssl=False) as client:
        client.login("desk", server.password("desk"))
        client.select_folder("INBOX", readonly=True)
        uids = client.search()
        for start in range(0, len(uids), 200):
            client.fetch(uids[start : start + 200], ["BODY.PEEK[]", "INTERNALDATE"])


def _emails(count: int) -> Iterator[Email]:
    rules = ReadingRules()
    for number, content in enumerate(own_mails(count)):
        yield parse(RawMail(Place("", "", 0, number), SINCE, content, len(content)), rules)


def _score_alone(reader: Reader, emails: list[Email]) -> None:
    for start in range(0, len(emails), BATCH):
        reader.assessed(emails[start : start + BATCH])


def _watcher(server: Dovecot, store: Database, reader: Reader) -> FolderWatcher:
    saver = Saver(caseload("pat@desk.example"))
    return FolderWatcher(
        ImapSource(imap_settings(server)), store, reader, saver, SINCE, Event(), poll_seconds=1
    )


def _watch_all(watcher: FolderWatcher) -> None:
    while watcher.step():
        pass


@contextmanager
def _memory() -> Iterator[list[int]]:
    """Resident MiB of this process, once a second."""
    samples: list[int] = []
    done = threading.Event()

    def sample() -> None:
        process = psutil.Process()
        while not done.is_set():
            samples.append(process.memory_info().rss // 2**20)
            sleep(1)

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        done.set()
        thread.join()


def _ten(samples: list[int]) -> list[int]:
    return [samples[i * (len(samples) - 1) // 9] for i in range(10)]


if __name__ == "__main__":
    main()
