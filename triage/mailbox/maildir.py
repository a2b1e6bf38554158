"""A Maildir (and Maildir++ subfolders), read beside whoever delivers to it and cleans it up."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from triage.errors import MailboxRefused
from triage.mailbox.files import FileSource, Listing, digest_uid, in_utc
from triage.types import RawMail


class MaildirSource(FileSource[Path]):
    """See ``Source``. A UID is the digest of the unique name, which outlives flags and moves
    between ``new`` and ``cur``. ``mark`` moves the file to ``flag_folder``'s ``cur``."""

    def _check(self) -> None:
        _require_maildir(self._home(self.folder), self.settings.label)

    def _home(self, folder: str) -> Path:
        return self.settings.path if folder == "INBOX" else self.settings.path / f".{folder}"

    def _glance(self) -> object:
        return tuple((self._home(self.folder) / part).stat().st_mtime_ns for part in ("new", "cur"))

    def _scan(self) -> Listing[Path]:
        # ``new`` first: a mail that moves to ``cur`` meanwhile is met twice rather than never.
        entries: dict[int, Path] = {}
        young = False
        for part in ("new", "cur"):
            folder = self._home(self.folder) / part
            young = young or self._is_young(folder.stat().st_mtime)
            with os.scandir(folder) as found:
                for item in found:
                    if not item.name.startswith(".") and _is_file(item):
                        entries[digest_uid(unique_name(item.name))] = Path(item.path)
        return Listing(entries, settled=not young)

    def _received(self, entry: Path) -> datetime:
        return in_utc(entry.stat().st_mtime)

    def _read(self, uid: int) -> RawMail | None:
        for path in self._paths(uid):
            try:
                return self._raw_file(uid, path)
            except FileNotFoundError:
                continue
        return None

    def _paths(self, uid: int) -> Iterator[Path]:
        """Where the mail was last seen, then, should it not be there, where it is now: flags are
        part of a file's name, so it moves whenever somebody reads it."""
        if uid in self._entries:
            yield self._entries[uid]
        self._entries = self._scan().entries
        if uid in self._entries:
            yield self._entries[uid]

    def mark(self, uid: int) -> None:
        target = self.settings.flag_folder
        if not target:
            return
        home = self._home(target)
        with self._reading():
            _require_maildir(home, f"{self.settings.label}: flag_folder {target!r}")
            for path in self._paths(uid):
                name = path.name if ":2," in path.name else f"{path.name}:2,"
                try:
                    path.rename(home / "cur" / name)
                except FileNotFoundError:
                    continue
                return


def unique_name(name: str) -> bytes:
    """A Maildir file's name without its flags."""
    return os.fsencode(name.partition(":")[0])


def _is_file(item: "os.DirEntry[str]") -> bool:
    try:
        return item.is_file()
    except OSError:  # a symlink that leads to itself
        return False


def _require_maildir(path: Path, label: str) -> None:
    for part in ("cur", "new"):
        if not (path / part).is_dir():
            raise MailboxRefused(f"{label}: {path} is no Maildir: it has no folder {part!r}")
