"""Watching a folder: a step that says whether to go on at once, and the loop around it."""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from threading import Event, Thread
from time import monotonic
from typing import TypeVar

import structlog

from triage.errors import MailboxError, MailboxRefused, StoreError
from triage.heeding import Heeding, Keywords
from triage.mailbox import Source
from triage.pipeline import Parsed, Reader, Saver
from triage.store import Database, ledger, mailboxes
from triage.store.database import Lease
from triage.store.ledger import Entry
from triage.types import Decision, Outcome, Place, RawMail, Reading

log = structlog.get_logger()
Item = TypeVar("Item")

STRETCH = 256
"""Mails read between two looks for newer ones, which go first."""
BATCH = 64
"""Mails scored and saved together."""
FULL_LOOK_SECONDS = 3600.0
"""How often the whole folder is compared with the ledger while watching."""
STANDBY_SECONDS = 2.0
"""How often a watcher without the lease asks for it."""


@dataclass(slots=True)
class FolderWatcher:
    """Reads one folder for as long as it holds the folder's lease.

    With a ``Heeding`` for a saver it is a folder by which people ask for something: mail counts
    from its being put there, however old it is; what lay there at the very first is left alone.
    """

    source: Source
    database: Database
    reader: Reader
    saver: Saver | Heeding
    since: datetime | None
    stop: Event = field(default_factory=Event)
    poll_seconds: float = 30.0
    keywords: Keywords | None = None
    _lease: Lease = field(init=False)
    _cutoff: datetime = field(init=False)
    _todo: list[int] | None = field(init=False, default=None)
    _newest: int = field(init=False, default=0)
    _looked_at: float = field(init=False, default=0.0)
    _reported: tuple[str, float] = field(init=False, default=("", 0.0))

    def __post_init__(self) -> None:
        self._lease = self.database.lease(f"{self.source.name}/{self.source.folder}")

    def step(self) -> bool:
        """Do the next thing; ``True`` when there is more to do at once.

        Raises ``MailboxError`` or ``StoreError`` when one of both cannot be reached; after
        ``give_up`` the next step starts afresh.
        """
        if not self._lease.held():
            self._report("standby")
            self.stop.wait(STANDBY_SECONDS)
            return False
        if self._todo is None:
            self._open()
        assert self._todo is not None
        if self._todo:
            self._report("reading")
            self._read_stretch()
            return True
        self._report("waiting")
        self._heed_keywords()
        if monotonic() - self._looked_at > FULL_LOOK_SECONDS:
            self._look_at_everything()
        elif self.source.wait(self.poll_seconds, self.stop):
            self._look_for_newer()
        return bool(self._todo)

    def give_up(self) -> None:
        """Let go of the source and the lease."""
        self._todo = None
        if self.keywords:
            self.keywords.forget()
        self.source.close()
        self._lease.release()

    def _open(self) -> None:
        name, folder = self.source.name, self.source.folder
        with self.database.transaction() as tx:
            self._cutoff = mailboxes.meet(tx, name, folder, self.since)
            new = mailboxes.is_new(tx, name, folder)
        self.source.open()
        log.info("mailbox opened", mailbox=name, folder=folder)
        if new and self._asks:
            self._leave_alone()
        self._look_at_everything()

    @property
    def _asks(self) -> bool:
        return isinstance(self.saver, Heeding)

    def _leave_alone(self) -> None:
        held = [Place(*self._folder_key, uid) for uid in self.source.uids()]
        with self.database.transaction() as tx:
            ledger.record(tx, [Entry(place, ledger.TOO_OLD) for place in held])

    def _heed_keywords(self) -> None:
        if self.keywords is None:
            return
        for place in self.keywords.look(self._read):
            self._mark(place)

    def _look_at_everything(self) -> None:
        """List what the folder holds and the ledger does not: what came, and what was missed."""
        with self.database.transaction() as tx:
            entered = ledger.entered(tx, *self._folder_key)
        held = self.source.uids(since=None if self._asks else first_day(self._cutoff))
        self._todo = [uid for uid in held if uid not in entered]
        self._newest = max([*held, *entered], default=0)
        self._looked_at = monotonic()

    def _look_for_newer(self) -> None:
        """Mails that came since the last look go before those that have waited longer."""
        newer = self.source.uids(above=self._newest)
        if not self._in_order:
            self._look_at_everything()
        elif newer:
            self._newest = max(newer)
            self._todo = [*newer, *(self._todo or [])]

    @property
    def _in_order(self) -> bool:
        """Whether UIDs rise as mail comes, as a server's do and digests of file names do not."""
        return self.source.uidvalidity != 0

    @property
    def _folder_key(self) -> tuple[str, str, int]:
        return self.source.name, self.source.folder, self.source.uidvalidity

    def _read_stretch(self) -> None:
        """Fetch and parse in one thread, read in another, save here: each a batch ahead."""
        assert self._todo is not None
        stretch, self._todo = self._todo[:STRETCH], self._todo[STRETCH:]
        flagged: list[Place] = []
        for readings in _ahead(map(self._read, _ahead(self._parsed_batches(stretch)))):
            flagged += self._save(readings)
            if self.stop.is_set():
                break
        for place in flagged:  # now that no fetch is using the connection
            self._mark(place)
        if self._todo and not self.stop.is_set():
            self._look_for_newer()

    def _parsed_batches(self, uids: Sequence[int]) -> Iterator[list[Parsed]]:
        arrived: set[int] = set()
        raws = self._young_enough(self.source.fetch(uids), arrived)
        while batch := [self.reader.parsed(raw) for raw in islice(raws, BATCH)]:
            yield batch
        self._record_vanished([uid for uid in uids if uid not in arrived])

    def _young_enough(self, raws: Iterator[RawMail], arrived: set[int]) -> Iterator[RawMail]:
        for raw in raws:
            arrived.add(raw.place.uid)
            if self._asks or raw.received >= self._cutoff:
                yield raw
                continue
            with self.database.transaction() as tx:
                entry = Entry(raw.place, ledger.TOO_OLD, received=raw.received)
                ledger.record(tx, [entry])

    def _record_vanished(self, uids: Sequence[int]) -> None:
        """Enter mails the server no longer lists; one that it lists is tried at the next look."""
        if not uids:
            return
        listed = set(self.source.uids(above=min(uids) - 1))
        gone = [Place(*self._folder_key, uid) for uid in uids if uid not in listed]
        with self.database.transaction() as tx:
            ledger.record(tx, [Entry(place, ledger.VANISHED) for place in gone])
        log.info("mails vanished before they were fetched", count=len(gone))

    def _read(self, batch: Sequence[Parsed]) -> list[Reading]:
        """Read a batch; a mail that breaks the reader is set apart for a person."""
        try:
            return self.reader.read(batch)
        except Exception as error:
            if not self.reader.works():
                raise
            if len(batch) == 1:
                return [_set_apart(batch[0][0], error)]
            return [reading for one in batch for reading in self._read([one])]

    def _save(self, readings: Sequence[Reading]) -> list[Place]:
        """Save readings in one transaction; one that cannot be saved is set apart likewise.

        Where the flagged ones lie.
        """
        try:
            with self.database.transaction() as tx:
                self.saver.save(tx, readings)
        except StoreError:
            raise
        except Exception as error:
            if len(readings) == 1:
                if readings[0].email is None:
                    raise
                readings = [_set_apart(readings[0].raw, error)]
            return [place for reading in readings for place in self._save([reading])]
        return [one.raw.place for one in readings if one.decision.outcome is Outcome.FLAG]

    def _mark(self, place: Place) -> None:
        try:
            self.source.mark(place.uid)
        except MailboxRefused as error:  # a courtesy to the reps: its failure stops nothing
            log.warning("flagged mail could not be marked", place=place, reason=str(error))

    def _report(self, state: str) -> None:
        """Put the folder's state on record: at once when it changes, else every ten seconds."""
        last, at = self._reported
        if state == last and monotonic() - at < 10:
            return
        uidvalidity = self.source.uidvalidity if state in {"reading", "waiting"} else None
        mailboxes.report(
            self.database, self.source.name, self.source.folder, state, uidvalidity=uidvalidity
        )
        self._reported = (state, monotonic())

    def report_trouble(self, error: Exception) -> None:
        state = "refused" if isinstance(error, MailboxRefused) else "trouble"
        name, folder = self.source.name, self.source.folder
        self._reported = (state, monotonic())
        mailboxes.report(self.database, name, folder, state, trouble=str(error))


def _set_apart(raw: RawMail, error: Exception) -> Reading:
    """A mail that broke us, for a person: its bytes are kept, and no other waits for it."""
    log.error("a mail could not be processed", place=raw.place, exc_info=error)
    decision = Decision(Outcome.FAILED, None, "unreadable")
    return Reading(raw, None, None, decision, f"internal error: {type(error).__name__}")


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The items, each made in another thread while the one before is used."""
    end = object()
    with ThreadPoolExecutor(1, thread_name_prefix="fetch") as pool:
        upcoming = pool.submit(next, items, end)
        while (item := upcoming.result()) is not end:
            upcoming = pool.submit(next, items, end)
            yield item  # type: ignore[misc]  # not the end, so an item


def keep_watching(watcher: FolderWatcher) -> None:
    """Step until told to stop; trouble means a pause that grows to five minutes, then anew."""
    failures = 0
    while not watcher.stop.is_set():
        try:
            watcher.step()
            failures = 0
        except Exception as error:  # a watcher never dies of one bad day
            failures += 1
            pause = back_off(failures, refused=isinstance(error, MailboxRefused))
            _tell_of_trouble(watcher, error, pause)
            watcher.give_up()
            watcher.stop.wait(pause)
    watcher.give_up()
    _tell_of_stop(watcher)


def back_off(failures: int, *, refused: bool = False) -> float:
    """Seconds to wait after so many failures in a row: doubling from 1 (30 where a login or
    a folder is refused, lest the account be locked) to 300, jittered by half."""
    longest = min(300.0, (30.0 if refused else 1.0) * 2.0 ** min(failures - 1, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def _tell_of_trouble(watcher: FolderWatcher, error: Exception, pause: float) -> None:
    where = {"mailbox": watcher.source.name, "folder": watcher.source.folder}
    if isinstance(error, MailboxError | StoreError):
        log.warning("watching paused", **where, reason=str(error), seconds=round(pause, 1))
    else:
        log.exception("watching paused", **where, seconds=round(pause, 1))
    try:
        watcher.report_trouble(error)
    except StoreError:
        log.warning("trouble not on record: the database cannot be reached", **where)


def _tell_of_stop(watcher: FolderWatcher) -> None:
    try:
        mailboxes.report(watcher.database, watcher.source.name, watcher.source.folder, "stopped")
    except StoreError:
        log.warning("stop not on record: the database cannot be reached")


def watch(watchers: Sequence[FolderWatcher], stop: Event) -> list[Thread]:
    """Start a thread a folder, so that one folder's trouble is never another's."""
    for watcher in watchers:
        watcher.stop = stop
    threads = [
        Thread(
            target=keep_watching,
            args=[watcher],
            name=f"watch {watcher.source.name}/{watcher.source.folder}",
        )
        for watcher in watchers
    ]
    for thread in threads:
        thread.start()
    return threads


def as_cutoff(since: object) -> datetime | None:
    """A configured ``since`` as an aware moment; ``None`` for "now" (the first start)."""
    if isinstance(since, datetime):
        return since if since.tzinfo else since.astimezone(UTC)
    if since == "now":
        return None
    return datetime.fromisoformat(f"{since}T00:00:00").astimezone(UTC)


def first_day(cutoff: datetime) -> date:
    """The day to ask a server for so that its own calendar, up to a day off, hides nothing."""
    return cutoff.astimezone(UTC).date() - timedelta(days=1)
