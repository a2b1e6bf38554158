"""Rings the clocks of cases: a step that says whether to go on at once, and the loop around it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

import structlog

from triage.caseload import Caseload
from triage.errors import StoreError
from triage.store import Database, life

log = structlog.get_logger()

STRETCH = 100
"""Cases rung between two looks at what is due, so that the most overdue go first."""
TOGETHER = 20
"""Cases rung in one transaction. In a burst most of the time goes into beginning and committing;
people who act on one of these cases wait for all of them, a tenth of a second."""
PAUSE_SECONDS = 0.5
TROUBLE_SECONDS = 60.0
"""How long a case that cannot be rung is left alone; it is told of at once and again then."""
ADOPT_SECONDS = 60.0


@dataclass(slots=True)
class Ringer:
    """``bundle`` makes the bundles that are due. Start as many as you like: a case is locked by
    whoever rings it, and passed over by the others."""

    database: Database
    caseload: Caseload
    bundle: Callable[[datetime], int]
    _looked: datetime | None = None

    def step(self) -> bool:
        """Ring what is due; ``True`` when there is more. Raises ``StoreError``."""
        now = self.caseload.clock()
        with self.database.transaction() as tx:
            due = life.due_cases(tx, now, STRETCH)
        rang = sum(
            self._ring_together(due[first : first + TOGETHER], now)
            for first in range(0, len(due), TOGETHER)
        )
        self.bundle(now)
        if self._looked is None or now - self._looked > timedelta(seconds=ADOPT_SECONDS):
            self._looked = now
            self._adopt()
        return rang > 0

    def _ring_together(self, case_ids: Sequence[int], now: datetime) -> int:
        """All of them or, where that fails, each by itself."""
        try:
            with self.database.transaction() as tx:
                return sum(self.caseload.ring(tx, case_id) for case_id in case_ids)
        except StoreError:
            raise
        except Exception:
            return sum(self._ring(case_id, now) for case_id in case_ids)

    def _ring(self, case_id: int, now: datetime) -> int:
        """One case's trouble is never another's."""
        try:
            with self.database.transaction() as tx:
                return self.caseload.ring(tx, case_id)
        except StoreError:
            raise
        except Exception:
            log.exception("a clock could not ring", case=case_id)
            with self.database.transaction() as tx:
                life.put_off(tx, case_id, now, now + timedelta(seconds=TROUBLE_SECONDS))
            return 0

    def _adopt(self) -> None:
        with self.database.transaction() as tx:
            lost = life.clockless(tx)
        for case_id in lost:
            log.error("case had no clock", case=case_id)
            try:
                with self.database.transaction() as tx:
                    self.caseload.adopt(tx, case_id)
            except StoreError:
                raise
            except Exception:
                log.exception("a case cannot be given its clocks", case=case_id)


def keep_ringing(ringer: Ringer, stop: Event) -> None:
    """Ring until told to stop; whatever happens, try again."""
    while not stop.is_set():
        try:
            more = ringer.step()
        except StoreError as error:
            log.warning("ringing paused", reason=str(error))
            more = False
        except Exception:
            log.exception("ringing paused")
            more = False
        if not more:
            stop.wait(PAUSE_SECONDS)
