"""Webhooks: who outside is told of what happens to cases."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import ConfigDict, Field

from service import webhooks as receivers
from service.accounts.visitor import Visitor
from service.api.cursor import Cursor, Limit, before, cut
from service.api.faults import problems
from service.api.models import Model
from service.api.once import Answer, OnceOf
from service.auth import allowed
from service.desk import DeskOf, PathId
from service.permissions import Act
from service.webhooks import Wanted
from triage.store import Transaction
from triage.store import webhooks as store
from triage.webhooks.guard import LONGEST

router = APIRouter(tags=["webhooks"])
Manages = Annotated[Visitor, Depends(allowed(Act.WEBHOOKS_MANAGE))]
Kind = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z][a-z -]*$")]


class WebhookIn(Model):
    """`kinds` are names of events of a case, such as `acknowledged`; none for all."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=LONGEST, examples=["https://example.org/hook"])
    kinds: list[Kind] = Field([], max_length=50, examples=[["flagged", "acknowledged"]])
    note: str = Field("", max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
    active: bool = True

    def wanted(self) -> Wanted:
        return Wanted(self.url, tuple(self.kinds), self.note, self.active)


class WebhookOut(Model):
    """`failing_since` is since when nothing was taken; after five days it is stopped, and
    `stopped_because` says so. `waiting` counts deliveries under way."""

    id: int
    url: str
    kinds: list[str]
    active: bool
    note: str
    made_by: str
    made_at: datetime
    failing_since: datetime | None
    stopped_because: str
    waiting: int


class WebhookMade(WebhookOut):
    """`secret` signs what is sent (Standard Webhooks, v1), and is shown this once."""

    secret: str


class Webhooks(Model):
    items: list[WebhookOut]


class DeliveryOut(Model):
    """`status` is the HTTP status that was answered last, `answer` what was said in words."""

    id: int
    webhook_id: int
    event_id: int
    case_id: int
    what: str
    state: str
    attempts: int
    status: int | None
    answer: str
    made_at: datetime
    changed_at: datetime


class Deliveries(Model):
    """Newest first."""

    items: list[DeliveryOut]
    next: str | None


class Secret(Model):
    secret: str


class Again(Model):
    delivery: int


@router.get("/webhooks", operation_id="list_webhooks")
def list_webhooks(desk: DeskOf, visitor: Manages) -> Webhooks:
    with desk.database.transaction() as tx:
        found = store.everyone(tx)
    return Webhooks(items=[WebhookOut.model_validate(one) for one in found])


@router.post(
    "/webhooks",
    status_code=201,
    response_model=WebhookMade,
    responses=problems(409),
    operation_id="make_webhook",
)
def make_webhook(desk: DeskOf, visitor: Manages, once: OnceOf, said: WebhookIn) -> Response:
    """Tell a receiver of what happens. Nothing is sent into private networks."""

    def do(tx: Transaction) -> Answer:
        made, secret = receivers.make(tx, desk, visitor, said.wanted())
        shown = dict(WebhookOut.model_validate(made)) | {"secret": secret}
        return Answer(
            WebhookMade.model_validate(shown), 201, {"Location": f"/api/v1/webhooks/{made.id}"}
        )

    return once.run(visitor, do)


@router.get("/webhooks/{webhook_id}", responses=problems(404), operation_id="show_webhook")
def show_webhook(desk: DeskOf, visitor: Manages, webhook_id: PathId) -> WebhookOut:
    with desk.database.transaction() as tx:
        return WebhookOut.model_validate(receivers.one(tx, visitor, webhook_id))


@router.put("/webhooks/{webhook_id}", responses=problems(404), operation_id="change_webhook")
def change_webhook(
    desk: DeskOf, visitor: Manages, webhook_id: PathId, said: WebhookIn
) -> WebhookOut:
    """Made active again it begins anew."""
    with desk.database.transaction() as tx:
        changed = receivers.change(tx, desk, visitor, webhook_id, said.wanted())
        return WebhookOut.model_validate(changed)


@router.delete(
    "/webhooks/{webhook_id}",
    status_code=204,
    response_class=Response,
    responses=problems(404),
    operation_id="drop_webhook",
)
def drop_webhook(desk: DeskOf, visitor: Manages, webhook_id: PathId) -> Response:
    with desk.database.transaction() as tx:
        receivers.drop(tx, desk, visitor, webhook_id)
    return Response(status_code=204)


@router.post(
    "/webhooks/{webhook_id}/secret",
    response_model=Secret,
    responses=problems(404),
    operation_id="renew_webhook_secret",
)
def renew_webhook_secret(
    desk: DeskOf, visitor: Manages, webhook_id: PathId, once: OnceOf
) -> Response:
    """A new secret, with which everything is signed from now on."""

    def do(tx: Transaction) -> Answer:
        return Answer(Secret(secret=receivers.renew_secret(tx, desk, visitor, webhook_id)))

    return once.run(visitor, do)


@router.get(
    "/webhooks/{webhook_id}/deliveries", responses=problems(404), operation_id="list_deliveries"
)
def list_deliveries(
    desk: DeskOf, visitor: Manages, webhook_id: PathId, cursor: Cursor = None, limit: Limit = 50
) -> Deliveries:
    """What was sent, and how it went; of the last 30 days."""
    with desk.database.transaction() as tx:
        receivers.one(tx, visitor, webhook_id)
        rows = store.deliveries(tx, webhook_id, limit + 1, before(cursor))
    here, following = cut(rows, limit)
    return Deliveries(items=[DeliveryOut.model_validate(row) for row in here], next=following)


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/again",
    status_code=202,
    response_model=Again,
    responses=problems(404),
    operation_id="redeliver",
)
def redeliver(
    desk: DeskOf, visitor: Manages, webhook_id: PathId, delivery_id: PathId, once: OnceOf
) -> Response:
    """Send the same event once more."""

    def do(tx: Transaction) -> Answer:
        made = receivers.redeliver(tx, desk, visitor, webhook_id, delivery_id)
        return Answer(Again(delivery=made), 202)

    return once.run(visitor, do)
