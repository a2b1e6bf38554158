"""A folder of ``.eml`` files, at any depth."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import structlog

from triage.mailbox.files import FileSource, Listing, digest_uid, in_utc
from triage.types import RawMail

log = structlog.get_logger()


class EmlSource(FileSource[Path]):
    """See ``Source``. A UID is the digest of the path below the folder. A file written to within
    the last seconds is left for the next look, so that no half mail is read."""

    def _check(self) -> None:
        with os.scandir(self.settings.path):
            pass

    def _glance(self) -> object:
        root = self.settings.path
        return tuple((str(folder), _changed(folder)) for folder, _ in walk(root))

    def _scan(self) -> Listing[Path]:
        entries: dict[int, Path] = {}
        settled = True
        for folder, items in walk(self.settings.path):
            settled = settled and not self._is_young(_changed(folder) / 1e9)
            for item in items:
                path = folder / item.name
                try:
                    young = self._is_young(item.stat().st_mtime)
                except OSError:  # gone since, or a symlink to nowhere
                    continue
                if young:
                    settled = False
                else:
                    entries[self._uid(path)] = path
        return Listing(entries, settled)

    def _uid(self, path: Path) -> int:
        return digest_uid(os.fsencode(path.relative_to(self.settings.path)))

    def _received(self, entry: Path) -> datetime:
        return in_utc(entry.stat().st_mtime)

    def _read(self, uid: int) -> RawMail | None:
        if uid not in self._entries:
            self._entries = self._scan().entries
        path = self._entries.get(uid)
        if path is None:
            return None
        try:
            return self._raw_file(uid, path)
        except FileNotFoundError:
            return None


def walk(root: Path) -> "Iterator[tuple[Path, list[os.DirEntry[str]]]]":
    """Each folder from ``root`` down with its ``.eml`` files. Symlinked folders are not entered,
    so none is met twice; one that cannot be read is skipped, unless it is ``root``."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as found:
                items = list(found)
        except OSError as exc:
            if folder == root:
                raise
            log.warning("folder unreadable", path=str(folder), reason=exc.strerror)
            continue
        yield folder, [item for item in items if _is_mail(item)]
        waiting += [folder / item.name for item in items if item.is_dir(follow_symlinks=False)]


def _is_mail(item: "os.DirEntry[str]") -> bool:
    if item.name.startswith(".") or not item.name.lower().endswith(".eml"):
        return False
    try:
        return item.is_file()
    except OSError:  # a symlink that leads to itself
        return False


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0
