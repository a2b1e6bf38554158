"""A file in force, taken anew when it changes, and never half or wrong."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

import structlog

from triage import duty, policy
from triage.duty import Duty
from triage.errors import ConfigError, TriageError
from triage.policy import Policy

T = TypeVar("T")
log = structlog.get_logger()

_TICK = 2.0
"""Seconds: a file younger than that may change again without its times showing it."""
_ANYWAY = 60.0
"""Seconds after which the bytes are looked at whatever the times say: some file systems lie."""
_LARGEST = 2_000_000
"""Bytes; what is larger is refused by whoever loads it."""


def kept_policy(path: Path | None, every: float = 1.0) -> "Kept[Policy]":
    """The policy of ``path``, or the packaged one. Raises ``ConfigError``."""
    return Kept(path, sound_policy, every=every)


def kept_duty(path: Path | None, every: float = 1.0) -> "Kept[Duty]":
    """People, rota and hours of ``path``, or the packaged ones. Raises ``ConfigError``."""
    return Kept(path, duty.load, every=every)


def sound_policy(path: Path | None) -> Policy:
    """A policy that does as its own examples say. Raises ``ConfigError``."""
    loaded = policy.load(path)
    failures = policy.check(loaded)
    if failures:
        line = failures[0].example.line
        where = f"{loaded.source}, line {line}" if line else loaded.source
        count = "an example comes" if len(failures) == 1 else f"{len(failures)} examples come"
        raise ConfigError(f"{where}: {count} out otherwise than it says; see triage policy check")
    return loaded


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at the file saw: what ``stat`` says of it (nothing where there is none), when
    it last changed, and the digest of its bytes."""

    stat: tuple[int, ...]
    changed: float
    digest: str


class Kept(Generic[T]):
    """What is in force of a file. Threads may share it.

    At most once in ``every`` seconds somebody who asks looks whether the file has changed. A
    changed file is loaded once it lies still for that long, since the beginning of a file can be
    valid too. One that is refused, or gone, changes nothing but ``trouble``.
    """

    def __init__(
        self,
        path: Path | None,
        load: Callable[[Path | None], T],
        *,
        every: float = 1.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Loads at once. Raises what ``load`` raises: there is nothing in force to keep yet."""
        self._path, self._load, self._every, self._now = path, load, every, now
        self._lock = Lock()
        self._trouble = ""
        self._looked = self._read = now()
        self._seen = self._settled = _look(path) if path else _Look((), 0, "")
        self._value = load(path)

    @property
    def value(self) -> T:
        """What is in force now. Never raises and never waits for another's look."""
        self._look_again()
        return self._value

    @property
    def trouble(self) -> str:
        """Why the file as it lies there is not in force: file, line, reason. Empty while it is."""
        self._look_again()
        return self._trouble

    def _look_again(self) -> None:
        if self._path is None or abs(self._now() - self._looked) < self._every:
            return
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._compare(self._path)
        finally:
            self._lock.release()

    def _compare(self, path: Path) -> None:
        now = self._now()
        before, self._looked = self._seen, now
        if not self._may_differ(path, before, now):
            return
        seen = self._seen = _look(path)
        self._read = now
        lies_still = seen == before or (seen.digest != "" and now - seen.changed >= self._every)
        if seen.digest != self._settled.digest and lies_still:
            self._settled = seen
            self._take(path)

    def _may_differ(self, path: Path, before: _Look, now: float) -> bool:
        return (
            before.digest != self._settled.digest
            or self._read - before.changed < _TICK
            or abs(now - self._read) >= _ANYWAY
            or _stat(path)[0] != before.stat
        )

    def _take(self, path: Path) -> None:
        try:
            self._value = self._load(path)
        except TriageError as error:
            self._refuse(path, str(error))
        except Exception as error:  # a file must not be able to stop the desk, whatever is in it
            self._refuse(path, f"{path}: {type(error).__name__}")
        else:
            self._trouble = ""
            log.info("file taken anew", file=str(path), digest=self._settled.digest[:12])

    def _refuse(self, path: Path, reason: str) -> None:
        self._trouble = reason
        log.error("file refused, the one in force stays", file=str(path), reason=reason)


def _stat(path: Path) -> tuple[tuple[int, ...], float]:
    try:
        found = os.stat(path)  # noqa: PTH116 - follows links, as the reading does
    except OSError:
        return (), 0.0
    times = found.st_mtime_ns, found.st_ctime_ns
    return (found.st_dev, found.st_ino, found.st_size, *times), max(times) / 1e9


def _look(path: Path) -> _Look:
    stat, changed = _stat(path)
    try:
        with path.open("rb") as file:
            digest = sha256(file.read(_LARGEST)).hexdigest()
    except OSError:
        digest = ""
    return _Look(stat, changed, digest)
