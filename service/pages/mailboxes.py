"""Mailboxes: whether each folder is watched, and what became of all that was seen in it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from service import views_watching
from service.accounts.visitor import Visitor
from service.auth import allowed
from service.desk import DeskOf
from service.permissions import Act
from service.render import page
from triage.store import mailboxes, watching

router = APIRouter()

LATELY = timedelta(days=1)


@router.get("/mailboxes")
def show(
    desk: DeskOf, visitor: Annotated[Visitor, Depends(allowed(Act.MAILBOXES_SEE))]
) -> HTMLResponse:
    now = datetime.now(UTC)
    with desk.database.transaction() as tx:
        folders = mailboxes.everyone(tx)
        counts = watching.ledger_counts(tx, now - LATELY)
    named = desk.works.settings.mailboxes
    return page(
        desk,
        "mailboxes.html",
        visitor=visitor,
        folders=[views_watching.folder_view(one, counts, named, now) for one in folders],
        unknown=views_watching.never_met(named, folders),
    )
