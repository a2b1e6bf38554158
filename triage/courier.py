"""Takes notices out: one message for one person and channel, whatever breaks on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog

from triage.caseload import Tell, utc_now
from triage.config import Desk
from triage.duty import Duty
from triage.errors import ConfigError, DeliveryDeferred, DeliveryError, DeliveryRefused
from triage.notify import (
    NeedsOperator,
    Notice,
    TroubleNotice,
    Unworded,
    compose_trouble,
    deliver,
    short_text,
    worded,
)
from triage.policy import Policy
from triage.store import Database, Transaction, moot, notices, storms
from triage.store.notices import Claimed
from triage.wording import Wording

log = structlog.get_logger()

Send = Callable[[EmailMessage], str]
"""Hands a mail to the server; its answer. Raises ``DeliveryError``."""

SendShort = Callable[[str, str, str], str]
"""Hands title and body to a channel's URL; its answer. Raises ``DeliveryError``."""

NO_LONGER = "no longer so"
WORDINGS = 5
"""How often a notice is tried that cannot be put into words; then it is refused."""
ORPHAN_SECONDS = 60.0
"""How long a notice may wait without a job before the sweep gives it one."""


@dataclass(frozen=True, slots=True)
class Courier:
    """``tell`` defers the job that delivers a notice, ``tell_operator`` the one that tells of a
    refusal. ``duty`` and ``policy`` give what is in force; ``clock`` the time."""

    database: Database
    send: Send
    send_short: SendShort
    wording: Wording
    duty: Callable[[], Duty]
    policy: Callable[[], Policy]
    tell: Tell
    tell_operator: Tell
    clock: Callable[[], datetime] = utc_now

    def deliver(self, notice_id: int) -> None:
        """Send a notice unless it is out, and put on record how it went.

        The row stays locked while the server is spoken to, so no second worker sends it. A crash
        between the server's word and ours leads to a second mail with the same Message-ID.
        Raises ``DeliveryDeferred`` when it must be tried again.
        """
        deferred: DeliveryDeferred | None = None
        with self.database.transaction() as tx:
            claimed = notices.claim(tx, notice_id)
            if claimed is None or self._is_held(tx, claimed):
                return
            try:
                self._take_out(tx, claimed)
            except DeliveryDeferred as error:
                if _is_hopeless(claimed, error):
                    self._refuse(tx, claimed, error)
                    return
                deferred = error
                notices.settle(tx, claimed, "deferred", str(error), self.clock())
                log.warning("notice deferred", notice=notice_id, reason=str(error))
            except DeliveryRefused as error:
                self._refuse(tx, claimed, error)
        if deferred is not None:
            raise deferred

    def bundle(self, now: datetime) -> int:
        """Make one notice of those that were held for a person until now; how many go out."""
        with self.database.transaction() as tx:
            made = [
                notice_id
                for recipient in storms.due_bundles(tx, now)
                for notice_id in storms.bundle(tx, recipient, now)
            ]
            for notice_id in made:
                self.tell(tx, notice_id)
        return len(made)

    def sweep(self) -> None:
        """Give every notice that should go out and has no job a new one."""
        with self.database.transaction() as tx:
            lost = notices.orphans(tx, self.clock() - timedelta(seconds=ORPHAN_SECONDS))
            for notice_id in lost:
                log.error("notice had no job", notice=notice_id)
                self.tell(tx, notice_id)

    def tell_of_refusal(self, notice_id: int) -> None:
        """Tell the operator that a notice was refused. Raises ``DeliveryDeferred``; where even
        this is refused, health, metrics and page still show it."""
        desk: Desk = self.wording.desk
        if not desk.operator:
            return
        with self.database.transaction() as tx:
            claimed = notices.refused(tx, notice_id)
            notice = self._trouble(tx, claimed) if claimed else None
        if notice is None:
            return
        try:
            self.send(compose_trouble(notice))
        except DeliveryRefused as error:
            log.error("operator cannot be told", notice=notice_id, reason=str(error))

    def _refuse(self, tx: Transaction, claimed: Claimed, why: DeliveryError) -> None:
        notices.settle(tx, claimed, "refused", str(why), self.clock())
        self.tell_operator(tx, claimed.id)
        log.error("notice refused for good", notice=claimed.id, reason=str(why))

    def _trouble(self, tx: Transaction, claimed: Claimed) -> TroubleNotice:
        """In bare words where the case's own are what went wrong."""
        try:
            with worded(), tx.transaction():
                return self.wording.trouble(tx, claimed)
        except Unworded:
            return self.wording.bare_trouble(claimed)

    def _take_out(self, tx: Transaction, claimed: Claimed) -> None:
        """Only of what is still so; for a bundle that goes for each that it carries. Cases are
        written to last: nobody waits for them while the server is spoken to."""
        carried = notices.bundled(tx, claimed.id)
        gone = [one for one in (*carried, claimed) if self._is_moot(tx, one)]
        left = [one for one in carried if one not in gone]
        notice = None if claimed in gone else self._notice(tx, claimed, left)
        answer = self._hand_over(claimed, notice) if notice else NO_LONGER
        for one in gone:
            notices.settle(tx, one, "dropped", NO_LONGER, self.clock())
        if claimed not in gone:
            notices.settle(tx, claimed, "sent" if notice else "dropped", answer, self.clock())
        log.info("notice settled", notice=claimed.id, kind=claimed.kind, out=notice is not None)

    def _notice(self, tx: Transaction, claimed: Claimed, left: Sequence[Claimed]) -> Notice | None:
        """Raises ``DeliveryError``, after which the transaction goes on."""
        with worded(), tx.transaction():
            return self.wording.of(tx, claimed, left)

    def _hand_over(self, claimed: Claimed, notice: Notice) -> str:
        if claimed.channel == "mail":
            return deliver(self.send, notice)
        person = self.duty().person(claimed.person)
        channel = next(
            (one for one in person.channels if one.name == claimed.channel) if person else iter(()),
            None,
        )
        if channel is None:
            raise DeliveryRefused(f"{claimed.person} has no channel {claimed.channel} any more")
        with worded():
            said = short_text(notice)
        try:
            return self.send_short(channel.url(), *said)
        except ConfigError as error:
            raise NeedsOperator(str(error)) from error

    def _is_moot(self, tx: Transaction, claimed: Claimed) -> bool:
        storm = self.policy().storm
        since = self.clock() - timedelta(seconds=storm.window)
        return moot.is_moot(tx, claimed, since, storm.singly)

    def _is_held(self, tx: Transaction, claimed: Claimed) -> bool:
        """In a storm a person gets a few notices singly and the rest as one bundle."""
        if claimed.urgent or claimed.kind == "bundle" or claimed.channel != "mail":
            return False
        storm, now = self.policy().storm, self.clock()
        window = timedelta(seconds=storm.window)
        if not storms.storms_on(tx, claimed.recipient, now - window, storm.singly):
            return False
        storms.hold(tx, claimed.id, now, now + window)
        return True


def _is_hopeless(claimed: Claimed, error: DeliveryDeferred) -> bool:
    """The program goes wrong over its words in one and the same way, time after time."""
    tried = claimed.attempts + 1
    return isinstance(error, Unworded) and claimed.answer == str(error) and tried >= WORDINGS
