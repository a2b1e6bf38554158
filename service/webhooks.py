"""Receivers outside, as admins look after them: for pages and programs alike."""

from dataclasses import dataclass

from service import acts
from service.accounts.visitor import Visitor
from service.acts import NoCase, Refused, require, sentence
from service.desk import Desk
from service.permissions import Act
from triage import webhooks
from triage.store import Transaction
from triage.store import webhooks as store
from triage.store.webhooks import Webhook
from triage.webhooks.guard import NotThere

MOST = 50
"""Webhooks there may be."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``kinds`` are names of events, none for all."""

    url: str
    kinds: tuple[str, ...] = ()
    note: str = ""
    active: bool = True


def make(tx: Transaction, desk: Desk, visitor: Visitor, wanted: Wanted) -> tuple[Webhook, str]:
    """The webhook and its secret, which is shown this once. Raises ``NotAllowed``, ``Refused``."""
    require(visitor, Act.WEBHOOKS_MANAGE)
    _require_good(desk, wanted)
    if len(store.everyone(tx)) >= MOST:
        raise Refused(f"There are {MOST} webhooks already.")
    secret, now = webhooks.new_secret(), desk.works.caseload.clock()
    made = store.make(
        tx, wanted.url, secret, wanted.kinds, note=wanted.note, who=visitor.login, now=now
    )
    acts.note(tx, desk, visitor, "webhook made", webhook=made.id)
    return made, secret


def change(
    tx: Transaction, desk: Desk, visitor: Visitor, webhook_id: int, wanted: Wanted
) -> Webhook:
    """Made active again it begins anew. Raises as ``make``, and ``NoCase``."""
    one(tx, visitor, webhook_id)
    _require_good(desk, wanted)
    store.change(tx, webhook_id, wanted.url, wanted.kinds, active=wanted.active, note=wanted.note)
    acts.note(tx, desk, visitor, "webhook changed", webhook=webhook_id, active=wanted.active)
    return one(tx, visitor, webhook_id)


def renew_secret(tx: Transaction, desk: Desk, visitor: Visitor, webhook_id: int) -> str:
    """A new secret from now on, shown this once."""
    one(tx, visitor, webhook_id)
    secret = webhooks.new_secret()
    store.renew_secret(tx, webhook_id, secret)
    acts.note(tx, desk, visitor, "webhook secret renewed", webhook=webhook_id)
    return secret


def drop(tx: Transaction, desk: Desk, visitor: Visitor, webhook_id: int) -> None:
    one(tx, visitor, webhook_id)
    store.drop(tx, webhook_id)
    acts.note(tx, desk, visitor, "webhook dropped", webhook=webhook_id)


def redeliver(
    tx: Transaction, desk: Desk, visitor: Visitor, webhook_id: int, delivery_id: int
) -> int:
    """The same event once more; the new delivery's id."""
    one(tx, visitor, webhook_id)
    made = store.again(tx, webhook_id, delivery_id)
    if made is None:
        raise NoCase(f"There is no delivery {delivery_id}.")
    acts.note(tx, desk, visitor, "webhook delivery repeated", delivery=delivery_id)
    return made


def one(tx: Transaction, visitor: Visitor, webhook_id: int) -> Webhook:
    require(visitor, Act.WEBHOOKS_MANAGE)
    found = store.by_id(tx, webhook_id)
    if found is None:
        raise NoCase(f"There is no webhook {webhook_id}.")
    return found


def _require_good(desk: Desk, wanted: Wanted) -> None:
    """It is looked at again, and pinned, each time something is sent."""
    try:
        webhooks.resolved(wanted.url, private=desk.web.webhooks_private)
    except (webhooks.Refused, NotThere) as error:
        said = sentence(str(error))
        raise Refused(said, {"url": said}) from None
