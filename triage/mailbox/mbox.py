"""An mbox file, read as a stream while mail clients append to it and rewrite it."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import mktime_tz, parsedate_tz
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from triage.errors import MailboxRefused
from triage.mailbox.files import FileSource, Listing, in_utc
from triage.types import RawMail

_LINE = 64 * 2**10

# Mail clients keep their bookkeeping in these; a mail stays the same mail without them.
_BOOKKEEPING = (
    b"status:",
    b"x-status:",
    b"x-keywords:",
    b"x-uid:",
    b"x-imap:",
    b"x-imapbase:",
    b"x-mozilla-status:",
    b"x-mozilla-status2:",
    b"x-mozilla-keys:",
    b"content-length:",
    b"lines:",
)
_FROM = re.compile(rb"From \S.{0,300}?\d\d:\d\d.{0,60}\d{4}\s*$")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_ZONE_BEFORE_YEAR = re.compile(r"([+-]\d{4}) (\d{4})\s*$")


@dataclass(frozen=True, slots=True)
class Span:
    """Where one mail lies: ``start`` is its From_ line, its bytes are ``begin`` to ``end``.

    ``uid`` is a 63-bit digest of those bytes without what mail clients rewrite.
    """

    start: int
    begin: int
    end: int
    uid: int
    received: datetime | None


class MboxSource(FileSource[Span]):
    """See ``Source``. A mail that stands in the file twice, byte for byte, is one mail. The last
    one is left for the next look while the file is being written to."""

    def _check(self) -> None:
        with _open(self.settings.path) as file:
            start = file.read(5)
        if start not in (b"", b"From "):
            raise MailboxRefused(f"{self.settings.label}: no mbox file: it must begin with 'From '")

    def _glance(self) -> object:
        status = self.settings.path.stat()
        return status.st_ino, status.st_size, status.st_mtime_ns

    def _scan(self) -> Listing[Span]:
        with _open(self.settings.path) as file:
            known, start = self._kept(file)
            found = list(spans(file, start))
            young = self._is_young(os.fstat(file.fileno()).st_mtime)
        held_back = found.pop() if young and found else None
        if held_back is not None:
            known.pop(held_back.uid, None)
        return Listing(known | {span.uid: span for span in found}, settled=not young)

    def _kept(self, file: BinaryIO) -> tuple[dict[int, Span], int]:
        """What an earlier look found and is still so, and where to go on reading.

        When the last mail known lies where it lay, the file has only grown: everything before
        it keeps its place. Otherwise all of it is read again.
        """
        if not self._entries:
            return {}, 0
        last = max(self._entries.values(), key=lambda span: span.start)
        now = next(spans(file, last.start), None)
        if now is None or now.uid != last.uid:
            return {}, 0
        return dict(self._entries), last.start

    def _received(self, entry: Span) -> datetime:
        return entry.received or in_utc(self.settings.path.stat().st_mtime)

    def _read(self, uid: int) -> RawMail | None:
        with _open(self.settings.path) as file:
            span = self._entries.get(uid)
            if span is None or next(spans(file, span.start), None) != span:
                self._entries = {found.uid: found for found in spans(file)}
                span = self._entries.get(uid)
            if span is None:
                return None
            content, size = read_span(file, span, self.settings.max_bytes)
        return self._raw(uid, self._received(span), content, size)


def spans(file: BinaryIO, start: int = 0) -> Iterator[Span]:
    """The mails of an mbox file from ``start`` (a From_ line) on, in order, read line by line.

    A mail begins at a line "From ... hh:mm ... year" that follows an empty line.
    """
    mail: _Measure | None = None
    position, fresh, blank = start, True, True
    file.seek(start)
    while line := file.readline(_LINE):
        after = position + len(line)
        if fresh and blank and (_FROM.match(line) or (position == start and line[:5] == b"From ")):
            if mail is not None and not mail.internal:
                yield mail.span()
                file.seek(after)  # whoever took it may have read from the same file
            mail = _Measure(position, after, line)
        elif mail is not None:
            mail.add(line, after, fresh)
        blank = fresh and not line.strip(b"\r\n")
        fresh = line.endswith(b"\n")
        position = after
    if mail is not None and not mail.internal:
        yield mail.span()


def read_span(file: BinaryIO, span: Span, limit: int) -> tuple[bytes, int]:
    """At most ``limit`` bytes of a mail, ">From " turned back into "From ", and its size."""
    file.seek(span.begin)
    size = span.end - span.begin
    content = _QUOTED_FROM.sub(rb"\1", file.read(min(size, limit)))
    return content, size if size > limit else len(content)


def _open(path: Path) -> BinaryIO:
    if not path.is_file():
        path.stat()
        raise OSError(None, "not a regular file", str(path))
    return path.open("rb")


class _Measure:
    """Takes one mail line by line and keeps what identifies it, not the mail."""

    def __init__(self, start: int, begin: int, from_line: bytes) -> None:
        self.internal = False
        self._start, self._begin, self._end = start, begin, begin
        self._digest = sha256()
        self._blank_lines = 0
        self._in_header = True
        self._skipping = False
        self._received = _date(from_line.partition(b" ")[2].partition(b" ")[2])

    def add(self, line: bytes, after: int, fresh: bool) -> None:
        """``fresh``: the line begins here, rather than being the rest of one too long."""
        text = line.rstrip(b"\r\n")
        if fresh and not text:
            self._in_header = False
            self._blank_lines += 1  # counted only when something follows
            return
        self._end = after
        if self._in_header and self._is_bookkeeping(text, fresh):
            return
        if fresh:
            self._digest.update(b"\n" * min(self._blank_lines + 1, _LINE))
            self._blank_lines = 0
        self._digest.update(text)

    def _is_bookkeeping(self, text: bytes, fresh: bool) -> bool:
        if fresh and not text.startswith((b" ", b"\t")):
            name = text[:40].lower()
            self._skipping = name.startswith(_BOOKKEEPING)
            self.internal = self.internal or b"FOLDER INTERNAL DATA" in text[:200]
            if self._received is None and name.startswith(b"date:"):
                self._received = _date(text[5:])
        return self._skipping

    def span(self) -> Span:
        uid = max(1, int.from_bytes(self._digest.digest()[:8]) >> 1)
        return Span(self._start, self._begin, self._end, uid, self._received)


def _date(text: bytes) -> datetime | None:
    """A date as From_ lines and Date headers write them, in UTC; None for anything else."""
    words = _ZONE_BEFORE_YEAR.sub(r"\2 \1", text[:200].decode("ascii", "replace"))
    try:
        parts = parsedate_tz(words)
        return None if parts is None else datetime.fromtimestamp(mktime_tz(parts), UTC)
    except (ValueError, OverflowError, OSError, IndexError, TypeError):
        return None
