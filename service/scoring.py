"""The model within the serving process: loaded when first asked for, one text after the other."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, TypeVar

from triage.errors import TriageError

if TYPE_CHECKING:  # its libraries are loaded with the model
    from triage.pipeline import Reader

T = TypeVar("T")


class Busy(TriageError):
    """So many texts wait for the model that no more are taken now."""


class Scorer:
    """``load`` makes the reader, which takes seconds and some hundred megabytes; ``most`` may wait
    or be under way at a time."""

    def __init__(self, load: Callable[[], "Reader"], most: int = 16) -> None:
        self._load = load
        self._places = BoundedSemaphore(most)
        self._worker = ThreadPoolExecutor(1, "score")
        self._lock = Lock()
        self._reader: Reader | None = None

    def reader(self) -> "Reader":
        """The reader, loaded now where it was not. Raises ``ModelError`` or ``ConfigError``."""
        with self._lock:
            if self._reader is None:
                self._reader = self._load()
            return self._reader

    def read(self, work: Callable[["Reader"], T], seconds: float = 60) -> T:
        """What ``work`` makes of the reader, in the one thread that the model has.

        Raises ``Busy`` where too many wait, ``TimeoutError``, and what ``work`` raises.
        """
        if not self._places.acquire(blocking=False):
            raise Busy("the model has more to read than it can take in now")
        try:
            done: Future[T] = self._worker.submit(lambda: work(self.reader()))
        except BaseException:
            self._places.release()
            raise
        done.add_done_callback(lambda _: self._places.release())
        return done.result(seconds)
