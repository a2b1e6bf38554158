"""What Maildir, mbox and folders of ``.eml`` files have in common: they are only looked at."""

import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from threading import Event
from time import monotonic, time
from typing import Generic, TypeVar

import structlog

from triage.errors import MailboxError, MailboxRefused
from triage.mailbox.settings import FolderSettings
from triage.types import Place, RawMail

log = structlog.get_logger()

SETTLE_SECONDS = 2.0
"""Something written to more recently than this may still be being written."""

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Listing(Generic[Entry]):
    """What a look found. ``settled`` is False when a later look may find more without any
    further change: something was too young, or changed while we looked."""

    entries: dict[int, Entry]
    settled: bool


class FileSource(ABC, Generic[Entry]):
    """See ``Source``. Opens files for reading only; locks nothing, changes nothing."""

    uidvalidity = 0

    def __init__(self, settings: FolderSettings, settle: float = SETTLE_SECONDS) -> None:
        self.settings = settings
        self.settle = settle
        self._entries: dict[int, Entry] = {}
        self._seen: object = None

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def folder(self) -> str:
        return self.settings.folder

    def open(self) -> None:
        with self._reading():
            self._check()

    def close(self) -> None:
        self._entries = {}
        self._seen = None

    def uids(self, above: int = 0, since: date | None = None) -> list[int]:
        with self._reading():
            before = self._glance()
            listing = self._scan()
            settled = listing.settled and before == self._glance()
            # A change within the clock's tick would not show in a time: look again later.
            self._seen = before if settled else None
            self._entries = listing.entries
        return sorted(
            uid
            for uid, entry in listing.entries.items()
            if uid > above and (since is None or self._received_since(entry, since))
        )

    def fetch(self, uids: Sequence[int]) -> Iterator[RawMail]:
        for uid in uids:
            with self._reading():
                mail = self._read(uid)
            if mail is not None:
                yield mail

    def wait(self, seconds: float, stop: Event) -> bool:
        end = monotonic() + seconds
        if self._seen is not None and self._changed():
            return True
        while (left := end - monotonic()) > 0:
            if stop.wait(min(left, self.settings.poll_seconds)):
                return False
            if self._changed():
                return True
        return False

    def by_name(self) -> list[int]:
        """What the last look found, in the order of names or places rather than of UIDs."""
        return sorted(self._entries, key=lambda uid: str(self._entries[uid]))

    def asked(self) -> dict[str, list[int]]:
        return {}

    def mark(self, uid: int) -> None:
        """Nothing, unless a kind of source can do better."""

    def _changed(self) -> bool:
        with self._reading():
            return self._glance() != self._seen

    def _received_since(self, entry: Entry, day: date) -> bool:
        try:
            return self._received(entry).date() >= day
        except OSError:  # gone, or unreadable: let fetch find out which
            return True

    def _raw(self, uid: int, received: datetime, content: bytes, size: int) -> RawMail:
        return RawMail(Place(self.name, self.folder, 0, uid), received, content, size)

    def _raw_file(self, uid: int, path: Path) -> RawMail:
        """One mail a file. Raises FileNotFoundError; other trouble is a mail without content."""
        limit = self.settings.max_bytes
        try:
            content, size, received = read_file(path, limit)
        except FileNotFoundError:
            raise
        except OSError as exc:
            log.warning("mail unreadable", mailbox=self.name, uid=uid, reason=exc.strerror)
            return self._raw(uid, datetime.now(UTC), b"", 1)
        return self._raw(uid, received, content, size)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as exc:
            raise MailboxRefused(
                f"{self.settings.label}: {exc.filename or self.settings.path}: {exc.strerror}; "
                "check path and who may read it"
            ) from exc
        except OSError as exc:
            raise MailboxError(f"{self.settings.label}: {exc.strerror or exc}") from exc

    @abstractmethod
    def _check(self) -> None:
        """Raise OSError or MailboxRefused when the path is not what the settings say."""

    @abstractmethod
    def _glance(self) -> object:
        """Something cheap that differs after every change."""

    @abstractmethod
    def _scan(self) -> Listing[Entry]: ...

    @abstractmethod
    def _received(self, entry: Entry) -> datetime: ...

    @abstractmethod
    def _read(self, uid: int) -> RawMail | None: ...

    def _is_young(self, modified: float) -> bool:
        """A time in the future is a wrong clock, not youth."""
        return abs(time() - modified) < self.settle


def digest_uid(name: bytes) -> int:
    """63-bit digest of a mail's lasting name, never 0."""
    return max(1, int.from_bytes(sha256(name).digest()[:8]) >> 1)


def read_file(path: Path, limit: int) -> tuple[bytes, int, datetime]:
    """At most ``limit`` bytes, the file's size, and when it was last written, in UTC.

    Raises OSError, also for what is no regular file: opening a pipe would wait for ever.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(None, "not a regular file", str(path))
        content = file.read(min(limit, status.st_size) + 1)[:limit]
    return content, max(status.st_size, len(content)), in_utc(status.st_mtime)


def in_utc(seconds: float) -> datetime:
    """A file's time; now, where it lies outside the calendar."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.now(UTC)
