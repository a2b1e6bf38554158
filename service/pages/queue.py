"""The queue of cases: the first page."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from service import views
from service.accounts.visitor import Visitor
from service.auth import allowed
from service.desk import Before, DeskOf
from service.permissions import Act
from service.render import page
from triage.store import attention, cases, mailboxes, mails

router = APIRouter()

CASES = 50
UNSCORED = 5
REFRESH_SECONDS = 15


@router.get("/")
def queue(
    desk: DeskOf,
    visitor: Annotated[Visitor, Depends(allowed(Act.SEE_QUEUE))],
    before: Before = None,
    refresh: Literal["on", "off"] = "on",
) -> HTMLResponse:
    """Cases, newest first. The first page renews itself unless asked not to."""
    with desk.database.transaction() as tx:
        rows = cases.page(tx, CASES + 1, before)
        stuck = attention.stuck_notices(tx, views.PATIENCE)
        folders = mailboxes.everyone(tx)
        unscored = mails.waiting_for_a_person(tx, UNSCORED)
        waiting = mails.count_for_a_person(tx)
    now = datetime.now(UTC)
    renewing = refresh == "on" and before is None
    return page(
        desk,
        "queue.html",
        visitor=visitor,
        headers={"Refresh": str(REFRESH_SECONDS)} if renewing else None,
        cards=[views.case_card(row, now) for row in rows[:CASES]],
        older=f"/?before={rows[CASES - 1].id}" if len(rows) > CASES else "",
        first=before is None,
        renewing=renewing,
        seconds=REFRESH_SECONDS,
        troubles=views.troubles(stuck, folders, now),
        watch=views.watch(folders, now),
        unscored=[views.unscored_card(row, now) for row in unscored],
        waiting=waiting,
    )
