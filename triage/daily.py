"""What happens once a day by itself: holes of the rota told, the Manager's digest, a seal.

A look may be taken as often as one likes, by as many as one likes: each thing has a lasting key.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from triage import duty as desk_duty
from triage.caseload import Tell, named, utc_now
from triage.config import Desk, person
from triage.duty import Duty, Hole, Role
from triage.duty.wall import day_of, moment_of
from triage.policy import Policy
from triage.store import Database, Transaction, audit, notices
from triage.store.notices import NewNotice

AHEAD = timedelta(days=7)
"""How long before it begins a hole is told of."""
A_DAY = timedelta(days=1)
KNOWN = timedelta(days=60)
"""How long it is remembered who was told of a hole: it may begin long before it is seen."""


@dataclass(frozen=True, slots=True)
class Daily:
    """``tell`` defers the job that hands over a notice; ``duty`` and ``policy`` give what is in
    force."""

    database: Database
    desk: Desk
    duty: Callable[[], Duty]
    policy: Callable[[], Policy]
    tell: Tell
    clock: Callable[[], datetime] = utc_now

    def look(self) -> None:
        """Do what is due and not done. Raises ``StoreError``."""
        now = self.clock()
        with self.database.transaction() as tx:
            wanted = [*self._holes(tx, now), *self._digest(now)]
            for notice_id in notices.prepare(tx, wanted, now):
                self.tell(tx, notice_id)
        audit.seal(self.database, now, every=A_DAY)

    def _holes(self, tx: Transaction, now: datetime) -> Iterator[NewNotice]:
        """Those of the coming week, once to each who can fill them."""
        gaps, manager = _gaps(self.duty(), now), self._manager(now)
        people = {manager.mail.lower(): (manager.id, named(manager))}
        if self.desk.operator:
            address = person(self.desk.operator).address.lower()
            people.setdefault(address, ("", self.desk.operator))
        for id, recipient in people.values() if gaps else ():
            told = notices.holes_told(tx, recipient, now - KNOWN)
            new = [gap for gap in gaps if (gap["role"], gap["since"]) not in told]
            if new:
                names = "".join(gap["role"] + gap["since"] for gap in new)
                key = f"hole.{sha256(f'{recipient}{names}'.encode()).hexdigest()[:32]}"
                yield _notice("hole", key, id, recipient, {"gaps": new})

    def _digest(self, now: datetime) -> Iterator[NewNotice]:
        """Of the 24 hours before its time; it bears the date of their middle, so that one of the
        morning is about the day before."""
        time, zone = self.policy().manager_digest, self.duty().hours.zone
        if time is None:
            return
        today, minutes = day_of(now, zone), time.hour * 60 + time.minute
        until = moment_of(today, minutes, zone)
        if now < until:
            return
        since = moment_of(today - A_DAY, minutes, zone)
        day = day_of(since + (until - since) / 2, zone).isoformat()
        facts = {"day": day, "since": since.isoformat(), "until": until.isoformat()}
        manager = self._manager(now)
        yield _notice("digest", f"digest.{day}", manager.id, named(manager), facts)

    def _manager(self, now: datetime) -> desk_duty.Person:
        return desk_duty.on_duty(self.duty(), Role.MANAGER, now).person


def _gaps(duty: Duty, now: datetime) -> list[dict[str, str]]:
    """Of Point, and of every other role that has a rota; each by its true begin, not by ours."""
    roles = dict.fromkeys([Role.POINT, *(layer.role for layer in duty.rota.layers)])
    return [
        {
            "role": role,
            "since": _begin(duty, role, hole, now).isoformat(),
            "until": hole.until.isoformat(),
            "covered_by": hole.covered_by.id,
            "because": hole.because,
        }
        for role in roles
        for hole in desk_duty.holes(duty, role, now, now + AHEAD)
    ]


def _begin(duty: Duty, role: Role, hole: Hole, now: datetime) -> datetime:
    return hole.since if hole.since > now else desk_duty.on_duty(duty, role, now).since


def _notice(kind: str, key: str, id: str, recipient: str, facts: Mapping[str, object]) -> NewNotice:
    return NewNotice(
        key=key,
        kind=kind,
        case_id=None,
        flag_id=None,
        person=id,
        recipient=recipient,
        channel="mail",
        facts=facts,
        urgent=True,
    )
