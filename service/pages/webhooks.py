"""Webhooks: who outside is told of what happens to cases, and how the telling goes."""

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import RedirectResponse, Response

from service import webhooks as receivers
from service import words
from service.accounts.visitor import Visitor
from service.acts import NoCase, Refused
from service.auth import allowed
from service.desk import Before, Desk, DeskOf, PathId
from service.forms import Form, Posted, PostedOf
from service.permissions import Act
from service.plain import one_line
from service.render import page
from service.webhooks import Wanted
from triage.complaints.text import clean_line
from triage.store import webhooks as store
from triage.store.webhooks import Webhook

router = APIRouter()

ROWS = 50
_LONGEST_NOTE = 200
_KIND = re.compile(r"[a-z][a-z -]{0,59}")
_SAID = {
    "changed": "Saved.",
    "dropped": "The webhook is gone, and nothing more is sent there.",
    "again": "It is sent once more.",
}
Keeper = Annotated[Visitor, Depends(allowed(Act.WEBHOOKS_MANAGE))]
KINDS = (
    *("flagged", "acknowledged", "in hand", "answered", "customer told", "customer confirmed"),
    *("closed", "dismissed", "reopened", "handed over", "help asked", "overdue", "manager told"),
)
"""Events that are offered; any other name of one may be written."""


@router.get("/webhooks")
def show(desk: DeskOf, visitor: Keeper, said: str = "") -> Response:
    return _list(desk, visitor, Form(), said=_SAID.get(said, ""))


@router.post("/webhooks")
def make(desk: DeskOf, visitor: Keeper, form: PostedOf) -> Response:
    """Its secret is shown this once."""
    wrong = _wrong(form)
    if wrong:
        return _list(desk, visitor, Form(form.values, wrong), status=422)
    try:
        with desk.database.transaction() as tx:
            made, secret = receivers.make(tx, desk, visitor, _wanted(form, active=True))
    except Refused as error:
        return _list(desk, visitor, _again(form, error), status=422)
    return _one(desk, visitor, made.id, secret=secret)


@router.get("/webhooks/{webhook_id}")
def one(
    desk: DeskOf, visitor: Keeper, webhook_id: PathId, said: str = "", before: Before = None
) -> Response:
    return _one(desk, visitor, webhook_id, said=_SAID.get(said, ""), before=before)


@router.post("/webhooks/{webhook_id}")
def change(desk: DeskOf, visitor: Keeper, webhook_id: PathId, form: PostedOf) -> Response:
    """Field ``do``: save, drop, or a new secret."""
    try:
        if form["do"] == "drop":
            with desk.database.transaction() as tx:
                receivers.drop(tx, desk, visitor, webhook_id)
            return RedirectResponse("/webhooks?said=dropped", 303)
        if form["do"] == "secret":
            with desk.database.transaction() as tx:
                secret = receivers.renew_secret(tx, desk, visitor, webhook_id)
            return _one(desk, visitor, webhook_id, secret=secret)
        wrong = _wrong(form)
        if wrong:
            return _one(desk, visitor, webhook_id, form=Form(form.values, wrong), status=422)
        with desk.database.transaction() as tx:
            wanted = _wanted(form, active=form["active"] == "on")
            receivers.change(tx, desk, visitor, webhook_id, wanted)
    except NoCase:
        raise HTTPException(404) from None
    except Refused as error:
        return _one(desk, visitor, webhook_id, form=_again(form, error), status=422)
    return RedirectResponse(f"/webhooks/{webhook_id}?said=changed", 303)


@router.post("/webhooks/{webhook_id}/deliveries/{delivery_id}/again")
def again(desk: DeskOf, visitor: Keeper, webhook_id: PathId, delivery_id: PathId) -> Response:
    try:
        with desk.database.transaction() as tx:
            receivers.redeliver(tx, desk, visitor, webhook_id, delivery_id)
    except NoCase:
        raise HTTPException(404) from None
    return RedirectResponse(f"/webhooks/{webhook_id}?said=again", 303)


def _wrong(form: Posted) -> dict[str, str]:
    wrong = {}
    if not form["url"].strip():
        wrong["url"] = "Say where to send to."
    if len(clean_line(form["note"])) > _LONGEST_NOTE:
        wrong["note"] = f"At most {_LONGEST_NOTE} characters."
    if len(_kinds(form)) > 50 or not all(map(_KIND.fullmatch, _kinds(form))):
        wrong["kinds"] = "At most 50 names of events, of small letters, with commas between them."
    return wrong


def _kinds(form: Posted) -> tuple[str, ...]:
    found = (clean_line(kind).lower() for kind in form["kinds"].split(","))
    return tuple(dict.fromkeys(kind for kind in found if kind))


def _wanted(form: Posted, *, active: bool) -> Wanted:
    return Wanted(clean_line(form["url"]), _kinds(form), clean_line(form["note"]), active)


def _again(form: Posted, error: Refused) -> Form:
    return Form(form.values, error.fields or {"": str(error)})


def _list(
    desk: Desk, visitor: Visitor, form: Form, status: int = 200, *, said: str = ""
) -> Response:
    with desk.database.transaction() as tx:
        found = store.everyone(tx)
    now = datetime.now(UTC)
    return page(
        desk,
        "webhooks.html",
        visitor=visitor,
        status=status,
        said=said,
        form=form,
        offered=KINDS,
        webhooks=[_shown(one, now) for one in found],
    )


def _one(
    desk: Desk,
    visitor: Visitor,
    webhook_id: int,
    *,
    form: Form | None = None,
    secret: str = "",
    said: str = "",
    status: int = 200,
    before: int | None = None,
) -> Response:
    with desk.database.transaction() as tx:
        found = store.by_id(tx, webhook_id)
        rows = store.deliveries(tx, webhook_id, ROWS + 1, before)
    if found is None:
        raise HTTPException(404)
    now, shown = datetime.now(UTC), rows[:ROWS]
    kept = {
        "url": found.url,
        "kinds": ", ".join(found.kinds),
        "note": found.note,
        "active": "on" if found.active else "",
    }
    return page(
        desk,
        "webhook.html",
        visitor=visitor,
        status=status,
        said=said,
        secret=secret,
        form=form or Form(kept),
        offered=KINDS,
        webhook=_shown(found, now),
        older=f"/webhooks/{webhook_id}?before={shown[-1].id}" if len(rows) > ROWS else "",
        deliveries=[
            {
                "id": row.id,
                "what": words.sentence_case(one_line(row.what, 60)),
                "case_href": f"/cases/{row.case_id}",
                "state": row.state,
                "attempts": row.attempts,
                "answer": one_line(row.answer, 200),
                "at": words.moment(row.changed_at, now),
            }
            for row in shown
        ],
    )


def _shown(one: Webhook, now: datetime) -> dict[str, object]:
    failing = words.moment(one.failing_since, now) if one.failing_since else None
    return {
        "id": one.id,
        "url": one_line(one.url, 200),
        "note": one_line(one.note, 200),
        "kinds": ", ".join(one.kinds) or "everything",
        "active": one.active,
        "failing": failing,
        "stopped": one_line(one.stopped_because, 200),
        "waiting": one.waiting,
        "made": words.moment(one.made_at, now),
        "by": one_line(one.made_by, 60),
    }
