"""Mails that wait for a person, one mail, what it came with, and what people say of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from service import as_sent, views, words
from service import verdicts as judged
from service.accounts.visitor import Visitor
from service.api.mails import inert
from service.auth import allowed, own_address
from service.case_view import Reader
from service.desk import Before, Desk, DeskOf, PathId
from service.forms import PostedOf
from service.judging import Saying, saying
from service.permissions import Act
from service.render import page
from service.verdicts import Said
from triage.errors import ParseError
from triage.mail import parts
from triage.store import Transaction, cases, mails, verdicts
from triage.store.verdicts import ANGER

router = APIRouter()

MAILS = 50
MailReader = Annotated[Visitor, Depends(allowed(Act.SEE_MAIL))]
Downloads = Annotated[Visitor, Depends(allowed(Act.DOWNLOAD))]


@router.get("/mails/unscored")
def unscored(desk: DeskOf, visitor: MailReader, before: Before = None) -> HTMLResponse:
    """Mails that neither model nor parser could read, newest first."""
    with desk.database.transaction() as tx:
        rows = mails.waiting_for_a_person(tx, MAILS + 1, before)
        waiting = mails.count_for_a_person(tx)
    now = desk.works.caseload.clock()
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
    load = desk.works.caseload
    now = load.clock()
    with desk.database.transaction() as tx:
        found = cases.mail(tx, mail_id)
        said = verdicts.of_mail(tx, mail_id)
    if found is None:
        raise HTTPException(404)
    who = views.names(load.duty().people, visitor.person)
    judges = visitor.may(Act.VERDICT)
    reader = Reader(desk.model, desk.thresholds, now, who, judges=judges)
    return page(
        desk,
        "mail.html",
        visitor=visitor,
        now=words.moment(now, now),
        mail=reader.mail(found, said),
    )


@router.post("/mails/{mail_id}/verdicts")
def judge(
    desk: DeskOf,
    mail_id: PathId,
    visitor: Annotated[Visitor, Depends(allowed(Act.VERDICT))],
    form: PostedOf,
) -> Response:
    """What a button said of a signal, or that it is taken back."""
    said = saying(form["say"])
    if said is None:
        raise HTTPException(404)
    with desk.database.transaction() as tx:
        _judge(tx, desk, visitor, mail_id, said)
    return RedirectResponse(own_address(form["back"] or f"/mails/{mail_id}"), 303)


@router.get("/mails/{mail_id}/verdicts")
def after_a_verdict(mail_id: PathId) -> Response:
    return RedirectResponse(f"/mails/{mail_id}", 303)


def _judge(tx: Transaction, desk: Desk, visitor: Visitor, mail_id: int, said: Saying) -> None:
    before = {one.signal for one in verdicts.of_mail(tx, mail_id)}
    if not said.it_was:
        for signal in before.intersection(said.signals):
            judged.take_back(tx, desk, visitor, mail_id, signal)
        return
    read = verdicts.read_of(tx, mail_id)
    scores = read[1] if read else {}
    for signal in said.signals:
        there = scores.get(signal, 0.0) >= desk.thresholds.get(signal, 0.5)
        is_right = _holds(signal, said.it_was) == there
        judged.judge(tx, desk, visitor, mail_id, signal, said=Said(is_right, said.it_was))


def _holds(signal: str, it_was: str) -> bool:
    """Whether the signal is there in a mail that was ``it_was``."""
    if signal in ANGER:
        return ANGER.index(it_was) >= ANGER.index(signal)
    return it_was == "yes"


@router.get("/mails/{mail_id}/original.eml")
def original(desk: DeskOf, mail_id: PathId, visitor: Downloads) -> Response:
    """The bytes as they came, which a browser only ever saves and never opens."""
    return inert(_bytes(desk, mail_id), f"mail-{mail_id}.eml")


@router.get("/mails/{mail_id}/attachments/{number}")
def attachment(
    desk: DeskOf,
    mail_id: PathId,
    visitor: Downloads,
    number: Annotated[int, Path(ge=1, le=10_000)],
) -> Response:
    """A file that came with a mail; ``number`` is its place in the list, from 1."""
    try:
        found, data = parts.attachment(_bytes(desk, mail_id), number - 1)
    except ParseError:
        raise HTTPException(404) from None
    return inert(data, found.name or f"attachment-{number}")


@router.get("/mails/{mail_id}/as-sent")
def shown_as_sent(desk: DeskOf, mail_id: PathId, visitor: MailReader) -> HTMLResponse:
    """The mail's own HTML, made harmless; for a frame, where it is confined a second time."""
    content = as_sent.page(_bytes(desk, mail_id))
    headers = {"Content-Security-Policy": as_sent.SECURITY, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(content, headers=headers)


def _bytes(desk: Desk, mail_id: int) -> bytes:
    with desk.database.transaction() as tx:
        content = mails.original(tx, mail_id)
    if content is None:
        raise HTTPException(404)
    return content
