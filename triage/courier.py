"""Takes notices out: one mail for one flag and person, whatever breaks on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import structlog

from triage.config import Desk, person
from triage.errors import DeliveryDeferred, DeliveryRefused
from triage.notify import FlagNotice, TroubleNotice, compose_trouble, deliver
from triage.pipeline import Tell
from triage.store import Database, notices
from triage.store.notices import DueNotice
from triage.types import Evidence, Person, Place, Severity

log = structlog.get_logger()

Send = Callable[[EmailMessage], str]
"""Hands a mail to the server; its answer. Raises ``DeliveryError``."""


ORPHAN_SECONDS = 60.0
"""How long a notice may wait without a job before the sweep gives it one."""


@dataclass(frozen=True, slots=True)
class Courier:
    """``tell`` defers the job that delivers a notice, ``tell_operator`` the one that tells of a
    refusal. ``base_url`` is the page's."""

    database: Database
    send: Send
    desk: Desk
    base_url: str
    tell: Tell
    tell_operator: Tell

    def deliver(self, notice_id: int) -> None:
        """Send a notice unless it is out, and put on record how it went.

        The row stays locked while the server is spoken to, so no second worker sends it. A crash
        between the server's word and ours leads to a second mail with the same Message-ID.
        Raises ``DeliveryDeferred`` when it must be tried again.
        """
        deferred: DeliveryDeferred | None = None
        with self.database.transaction() as tx:
            notice = notices.claim(tx, notice_id)
            if notice is None:
                return
            try:
                answer = deliver(self.send, self._flag_notice(notice))
                notices.settle(tx, notice, "sent", answer)
                log.info("notice sent", notice=notice_id, case=notice.reference)
            except DeliveryDeferred as error:
                deferred = error
                notices.settle(tx, notice, "deferred", str(error))
                log.warning("notice deferred", notice=notice_id, reason=str(error))
            except DeliveryRefused as error:
                notices.settle(tx, notice, "refused", str(error))
                self.tell_operator(tx, notice_id)
                log.error("notice refused for good", notice=notice_id, reason=str(error))
        if deferred is not None:
            raise deferred

    def sweep(self) -> None:
        """Give every notice that should go out and has no job a new one."""
        with self.database.transaction() as tx:
            lost = notices.orphans(tx, ORPHAN_SECONDS)
            for notice_id in lost:
                log.error("notice had no job", notice=notice_id)
                self.tell(tx, notice_id)

    def tell_of_refusal(self, notice_id: int) -> None:
        """Tell the operator that a notice was refused. Raises ``DeliveryDeferred``; where even
        this is refused, health, metrics and page still show it."""
        if not self.desk.operator:
            return
        with self.database.transaction() as tx:
            notice = notices.refused(tx, notice_id)
        if notice is None:
            return
        try:
            self.send(compose_trouble(self._trouble_notice(notice)))
        except DeliveryRefused as error:
            log.error("operator cannot be told", notice=notice_id, reason=str(error))

    def _flag_notice(self, notice: DueNotice) -> FlagNotice:
        return FlagNotice(
            notice_key=notice.key,
            recipient=person(notice.recipient),
            sender=person(self.desk.sender),
            reply_to=person(self.desk.operator) if self.desk.operator else None,
            case_id=notice.case_id,
            case_number=_numbers(notice),
            severity=Severity(notice.severity),
            customer=Person(notice.sender_name, notice.sender_address),
            subject=notice.subject,
            sent=notice.sent,
            received=notice.received,
            rule=notice.rule,
            because=notice.because,
            evidence=_evidence(notice.evidence),
            scores=_highest(notice.scores),
            link=self._link(notice),
            place=_place(notice),
            original=notice.content or b"",
            original_size=notice.size,
        )

    def _trouble_notice(self, notice: DueNotice) -> TroubleNotice:
        return TroubleNotice(
            notice_key=f"{notice.key}.trouble",
            recipient=person(self.desk.operator),
            sender=person(self.desk.sender),
            case_id=notice.case_id,
            case_number=_numbers(notice),
            severity=Severity(notice.severity),
            not_told=person(notice.recipient),
            answer=notice.answer,
            link=self._link(notice),
        )

    def _link(self, notice: DueNotice) -> str:
        return f"{self.base_url}/cases/{notice.case_id}"


def _numbers(notice: DueNotice) -> str:
    """The help desk's own number, where the mail carries one, with ours behind it."""
    return f"{notice.number} ({notice.reference})" if notice.number else notice.reference


def _evidence(rows: list[dict[str, Any]] | None) -> tuple[Evidence, ...]:
    return tuple(Evidence(**row) for row in rows or ())


def _highest(scores: dict[str, float] | None) -> tuple[tuple[str, float], ...]:
    """The signals worth showing: those more likely than not, the likeliest first."""
    likely = [(signal, p) for signal, p in (scores or {}).items() if p >= 0.5]
    return tuple(sorted(likely, key=lambda pair: -pair[1]))


def _place(notice: DueNotice) -> Place | None:
    if notice.mailbox is None or notice.folder is None or notice.uid is None:
        return None
    return Place(notice.mailbox, notice.folder, notice.uidvalidity or 0, notice.uid)
