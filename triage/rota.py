"""The rota in force: the duty file's, with the changes that people agreed on at the desk."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock

import structlog

from triage.duty import Duty
from triage.errors import StoreError
from triage.store import Database
from triage.store import rota as store
from triage.store.rota import Changes

log = structlog.get_logger()

BACK = timedelta(days=400)
"""Changes that ended longer ago are no longer looked at: nobody asks who was on duty then."""


class RotaInForce:
    """Called, it gives the desk as it is now. Threads may share it.

    At most once in ``every`` seconds somebody who asks looks for changes; without a database
    those known last stay in force.
    """

    def __init__(
        self,
        base: Callable[[], Duty],
        database: Database,
        *,
        every: float = 3.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.base = base
        self._database, self._every, self._now = database, every, now
        self._lock = Lock()
        self._looked: float | None = None
        self._changes = Changes()
        self._merged: tuple[Duty, Changes, Duty] | None = None

    def __call__(self) -> Duty:
        """The file's desk with the changes. Raises what ``base`` raises."""
        self._look()
        base, changes, merged = self.base(), self._changes, self._merged
        if merged is None or merged[0] is not base or merged[1] is not changes:
            merged = self._merged = (base, changes, with_changes(base, changes))
        return merged[2]

    def look_again(self) -> None:
        """Take a change into force at once, in this process."""
        self._looked = None

    def _look(self) -> None:
        """One looks at a time, and nobody waits for them: whoever asks may hold a connection."""
        first = self._looked is None
        if not first and self._now() - (self._looked or 0) < self._every:
            return
        if not self._lock.acquire(blocking=False):
            return
        try:
            with self._database.transaction() as tx:
                found = store.in_force(tx, datetime.now(UTC) - BACK)
            if found != self._changes:
                self._changes = found
        except StoreError as error:
            log.warning("changes of the rota not read, those known stay", reason=str(error))
        finally:
            self._looked = self._now()
            self._lock.release()


def with_changes(duty: Duty, changes: Changes) -> Duty:
    if not changes.changes and not changes.absences:
        return duty
    rota = replace(
        duty.rota,
        changes=(*duty.rota.changes, *changes.changes),
        absences=(*duty.rota.absences, *changes.absences),
    )
    return replace(duty, rota=rota)
