"""Mails that wait for a person, one mail, and its original bytes."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse, Response

from service import views
from service.accounts.visitor import Visitor
from service.auth import allowed
from service.case_view import Reader
from service.desk import Before, DeskOf, PathId
from service.permissions import Act
from service.render import page
from triage.store import cases, mails

router = APIRouter()

MAILS = 50
MailReader = Annotated[Visitor, Depends(allowed(Act.SEE_MAIL))]


@router.get("/mails/unscored")
def unscored(desk: DeskOf, visitor: MailReader, before: Before = None) -> HTMLResponse:
    """Mails that neither model nor parser could read, newest first."""
    with desk.database.transaction() as tx:
        rows = mails.waiting_for_a_person(tx, MAILS + 1, before)
        waiting = mails.count_for_a_person(tx)
    now = datetime.now(UTC)
    return page(
        desk,
        "unscored.html",
        visitor=visitor,
        unscored=[views.unscored_card(row, now) for row in rows[:MAILS]],
        older=f"/mails/unscored?before={rows[MAILS - 1].id}" if len(rows) > MAILS else "",
        waiting=waiting,
    )


@router.get("/mails/{mail_id}")
def mail(desk: DeskOf, mail_id: PathId, visitor: MailReader) -> HTMLResponse:
    with desk.database.transaction() as tx:
        found = cases.mail(tx, mail_id)
    if found is None:
        raise HTTPException(404)
    reader = Reader(desk.model, desk.thresholds, datetime.now(UTC))
    return page(desk, "mail.html", visitor=visitor, mail=reader.mail(found))


@router.get("/mails/{mail_id}/original.eml", dependencies=[Depends(allowed(Act.DOWNLOAD))])
def original(desk: DeskOf, mail_id: PathId) -> Response:
    """The bytes as they came, which a browser only ever saves and never opens."""
    with desk.database.transaction() as tx:
        content = mails.original(tx, mail_id)
    if content is None:
        raise HTTPException(404)
    return Response(
        content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="mail-{mail_id}.eml"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
