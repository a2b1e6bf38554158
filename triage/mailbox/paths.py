"""Mail from wherever a path leads: one ``.eml`` file, a folder of them, an mbox, a Maildir."""

import re
from collections.abc import Iterator
from pathlib import Path

from triage.errors import MailboxError
from triage.mailbox.eml import EmlSource, walk
from triage.mailbox.files import FileSource, digest_uid, in_utc, read_file
from triage.mailbox.maildir import MaildirSource
from triage.mailbox.mbox import read_span, spans
from triage.mailbox.settings import MAX_BYTES, FolderSettings, Kind
from triage.types import Place, RawMail

_HEADER = re.compile(rb"[!-9;-~]{1,100}:[ \t\r\n]|Return-Path:")


def recognise(path: Path) -> Kind | None:
    """What kind of source a path is; None for a single mail. Raises MailboxError for neither."""
    try:
        if path.is_dir():
            return _recognise_folder(path)
        if not path.is_file():
            path.stat()
            raise MailboxError(f"{path}: neither a file nor a folder")
        start = read_file(path, 1024)[0]
    except OSError as exc:
        raise MailboxError(f"{path}: {exc.strerror or exc}") from exc
    if start.startswith(b"From "):
        return "mbox"
    if path.suffix.lower() == ".eml" or _HEADER.match(start):
        return None
    if not start:
        return "mbox"
    raise MailboxError(f"{path}: neither a mail nor an mbox file")


def read_path(path: Path, max_bytes: int = MAX_BYTES) -> Iterator[RawMail]:
    """Every mail a path holds, one at a time, in the order of the file or of the names.

    A mail that cannot be read comes without content (see ``Source.fetch``).
    Raises MailboxError when the path is no mail at all or cannot be read.
    """
    kind = recognise(path)
    if kind is None:
        yield _single(path, max_bytes)
    elif kind == "mbox":
        yield from _mbox(path, max_bytes)
    else:
        settings = FolderSettings(path.name, path, kind, max_bytes=max_bytes)
        make = MaildirSource if kind == "maildir" else EmlSource
        yield from _in_order(make(settings, settle=0))


def _recognise_folder(path: Path) -> Kind:
    if (path / "cur").is_dir() and (path / "new").is_dir():
        return "maildir"
    if any(items for _, items in walk(path)):
        return "eml"
    raise MailboxError(f"{path}: neither a Maildir nor a folder with .eml files")


def _in_order(source: FileSource[Path]) -> Iterator[RawMail]:
    source.open()
    source.uids()
    yield from source.fetch(source.by_name())


def _single(path: Path, max_bytes: int) -> RawMail:
    try:
        content, size, received = read_file(path, max_bytes)
    except OSError as exc:
        raise MailboxError(f"{path}: {exc.strerror or exc}") from exc
    place = Place(path.name, "INBOX", 0, digest_uid(path.name.encode(errors="replace")))
    return RawMail(place, received, content, size)


def _mbox(path: Path, max_bytes: int) -> Iterator[RawMail]:
    try:
        with path.open("rb") as file:
            modified = in_utc(path.stat().st_mtime)
            for span in spans(file):
                content, size = read_span(file, span, max_bytes)
                place = Place(path.name, "INBOX", 0, span.uid)
                yield RawMail(place, span.received or modified, content, size)
    except OSError as exc:
        raise MailboxError(f"{path}: {exc.strerror or exc}") from exc
