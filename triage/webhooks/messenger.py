"""Deliveries: each event once to each receiver that wants it, tried again until it is taken."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from triage.errors import DeliveryDeferred
from triage.store import Database, Transaction, desk_audit
from triage.store import webhooks as store
from triage.store.webhooks import Delivery
from triage.webhooks.guard import NotThere, Refused, resolved
from triage.webhooks.send import Unreachable, post
from triage.webhooks.sign import signed

log = structlog.get_logger()
Defer = Callable[[Transaction, int], None]
"""Defers, inside the transaction, the job that delivers the delivery with this id."""

STOPPED = "webhook stopped"
PATIENCE = timedelta(days=5)
"""A receiver that fails for so long is told no more, and the operator is."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Messenger:
    """``private`` lets webhooks go to the house's own networks; ``url`` is the desk's own."""

    database: Database
    defer: Defer
    url: str
    private: bool = False
    patience: timedelta = PATIENCE
    clock: Callable[[], datetime] = utc_now

    def hand_out(self) -> int:
        """Give each new delivery its job; how many there were."""
        with self.database.transaction() as tx:
            ids = store.take_new(tx, self.clock())
            for id in ids:
                self.defer(tx, id)
        return len(ids)

    def tidy(self) -> None:
        """Forget deliveries that were over long ago."""
        with self.database.transaction() as tx:
            store.forget_old(tx, self.clock())

    def deliver(self, delivery_id: int) -> None:
        """Send it. Raises ``DeliveryDeferred`` where it must be tried again."""
        with self.database.transaction() as tx:
            delivery = store.to_go(tx, delivery_id)
        if delivery is None:
            return  # delivered, dropped, or its webhook is gone
        if not delivery.active:
            self._settle(delivery, "dropped", None, "the webhook is not active")
            return
        taken, status, said, for_good = self._sent(delivery)
        if taken:
            self._settle(delivery, "delivered", status, said)
            return
        stopped = self._settle(delivery, "failed" if for_good else "waiting", status, said)
        if not (for_good or stopped):
            raise DeliveryDeferred(said)

    def _sent(self, delivery: Delivery) -> tuple[bool, int | None, str, bool]:
        """Whether it was taken, the status and the words of the answer, and whether it is of no
        use to try again."""
        body = json.dumps(payload(delivery, self.url), separators=(",", ":")).encode()
        headers = {
            "content-type": "application/json",
            "user-agent": "Triage webhooks",
            **signed(delivery.secret, f"evt_{delivery.event_id}", self.clock(), body),
        }
        try:
            answer = post(resolved(delivery.url, private=self.private), body, headers)
        except Refused as error:
            return False, None, str(error), True
        except (NotThere, Unreachable) as error:
            return False, None, str(error), False
        return answer.taken, answer.status, answer.said, answer.gone

    def _settle(self, delivery: Delivery, state: str, status: int | None, said: str) -> bool:
        """Note how it went; whether the webhook was stopped for it."""
        now = self.clock()
        with self.database.transaction() as tx:
            store.settle(tx, delivery.id, state, status, said, now=now)
            if state == "delivered":
                store.went_well(tx, delivery.webhook_id)
            if state in {"delivered", "dropped"}:
                return False
            since = store.went_wrong(tx, delivery.webhook_id, now)
            gone = status == 410
            if not gone and now - since < self.patience:
                return False
            because = (
                "the receiver said that it is gone"
                if gone
                else f"nothing was taken since {since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            )
            store.stop(tx, delivery.webhook_id, because)
            desk_audit.note(
                tx,
                STOPPED,
                who="triage",
                address="worker",
                now=now,
                webhook=delivery.webhook_id,
                because=because,
            )
        log.warning("webhook stopped", webhook=delivery.webhook_id, reason=because)
        return True


def payload(delivery: Delivery, url: str) -> dict[str, Any]:
    """Ids and names alone."""
    return {
        "type": f"case.{delivery.what.replace(' ', '_')}",
        "timestamp": delivery.at.astimezone(UTC).isoformat(),
        "data": {
            "event": delivery.event_id,
            "case": delivery.case_id,
            "reference": f"T-{delivery.case_id}",
            "what": delivery.what,
            "revision": delivery.revision,
            "url": f"{url}/api/v1/cases/{delivery.case_id}",
        },
    }
