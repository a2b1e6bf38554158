"""One case: what to do, the mail, and everything known of it; and its acts."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from service import acts, views, words
from service.accounts.visitor import Visitor
from service.act_forms import FORMS, SAFE_WHEN_STALE
from service.auth import allowed
from service.case_acts import Doer, Sent, as_sent, made
from service.case_story import event_view
from service.case_view import Read, Reader
from service.desk import LARGEST_ID, Desk, DeskOf, PathId
from service.forms import Posted, PostedOf
from service.pages.drafts import facts_of
from service.permissions import Act
from service.render import page
from triage import advice
from triage.advice import Looked
from triage.drafts import Guidance
from triage.errors import ActRefused
from triage.store import Transaction, cases, notices, queue, verdicts

router = APIRouter()

EARLIER = 10
"""Cases of the same customer that are listed."""
Sees = Annotated[Visitor, Depends(allowed(Act.SEE_CASE))]


@router.get("/cases/{case_id}")
def show_case(request: Request, desk: DeskOf, case_id: PathId, visitor: Sees) -> HTMLResponse:
    done = request.query_params.get("done", "")
    return case_page(desk, visitor, case_id, done=done if done in FORMS else "")


@router.get("/cases/{case_id}/acts/{name}")
def after_an_act(case_id: PathId, name: str) -> Response:
    """For whoever loads again what an act answered."""
    return RedirectResponse(f"/cases/{case_id}", 303)


@router.post("/cases/{case_id}/acts/{name}")
def act(desk: DeskOf, case_id: PathId, name: str, visitor: Sees, form: PostedOf) -> Response:
    """Do it; what cannot be done is said beside its field, and nothing written is lost."""
    if name not in FORMS:
        raise HTTPException(404)
    try:
        deed = made(name, form, desk.works.caseload.duty().hours.zone)
        acts.perform(desk, visitor, case_id, deed, _seen(name, form))
    except acts.Refused as error:
        sent = as_sent(name, form, error)
        status = 422 if error.fields else 409
        return case_page(desk, visitor, case_id, sent=sent, status=status)
    except acts.Stale as error:
        sent = as_sent(name, form)
        return case_page(desk, visitor, case_id, sent=sent, stale=error, status=409)
    return RedirectResponse(f"/cases/{case_id}?done={name}", 303)


def case_page(
    desk: Desk,
    visitor: Visitor,
    case_id: int,
    *,
    sent: Sent | None = None,
    stale: acts.Stale | None = None,
    done: str = "",
    status: int = 200,
) -> HTMLResponse:
    load = desk.works.caseload
    now, duty = load.clock(), load.duty()
    with desk.database.transaction() as tx:
        looked = _look(tx, case_id)
        read = _read(tx, case_id, looked)
    if read is None:
        raise HTTPException(404)
    who = views.names(duty.people, visitor.person)
    reader = Reader(desk.model, desk.thresholds, now, who, judges=visitor.may(Act.VERDICT))
    doer = Doer(visitor, duty.people, duty.hours.zone, now)
    return page(
        desk,
        "case.html",
        visitor=visitor,
        status=status,
        now=words.moment(now, now),
        case=reader.case(read),
        acts=doer.acts(read.state, read.row, sent),
        done=_done(done, doer, read),
        since=[event_view(one, who, now) for one in stale.since] if stale else [],
        unsaid=_unsaid(sent, doer, read),
        guidance=_guidance(desk, visitor, looked) if looked else None,
        titles=desk.works.drafts().titles,
    )


def _look(tx: Transaction, case_id: int) -> Looked | None:
    """``None`` for a case that is not there, or that came in with old mail and has no life."""
    try:
        return advice.look(tx, case_id)
    except ActRefused:
        return None


def _guidance(desk: Desk, visitor: Visitor, looked: Looked) -> Guidance:
    load = desk.works.caseload
    facts = facts_of(desk, visitor, looked)
    return advice.guidance(looked, desk.works.guide(), facts, load.policy(), load.duty())


def _read(tx: Transaction, case_id: int, looked: Looked | None) -> Read | None:
    row = queue.one(tx, case_id)
    found = looked.case if looked else cases.detail(tx, case_id)
    if row is None or found is None:
        return None
    return Read(
        row=row,
        state=looked.state if looked else None,
        case=found,
        notices=notices.of_case(tx, case_id),
        said=verdicts.of_mails(tx, [mail.id for mail in found.mails]),
        earlier=queue.of_customer(tx, row.customer_address, EARLIER, but=case_id),
        rude=queue.rude_notes(tx, row.customer_address),
    )


def _seen(name: str, form: Posted) -> int | None:
    """The revision that whoever acts had before them, where that matters."""
    text = form["seen"]
    if name in SAFE_WHEN_STALE or not (text.isascii() and text.isdecimal() and len(text) < 10):
        return None
    return min(int(text), LARGEST_ID)


def _done(name: str, doer: Doer, read: Read) -> dict[str, Any] | None:
    """What was done, in words, and how to take it back where that can be."""
    if not name:
        return None
    form = FORMS[name]
    shown = doer.acts(read.state, read.row, None)
    now = {one.form.name for one in (*shown.others, *filter(None, [shown.likeliest]))}
    undo = form.undo if form.undo and form.undo[0] in now else None
    return {"act": name, "said": form.done, "undo": undo, "undo_words": form.undo_words}


def _unsaid(sent: Sent | None, doer: Doer, read: Read) -> dict[str, Any] | None:
    """An act that is not possible any more, with what was written for it."""
    if sent is None:
        return None
    shown = doer.acts(read.state, read.row, sent)
    there = (*shown.others, *filter(None, [shown.likeliest]))
    if any(one.form.name == sent.act for one in there):
        return None
    written = [text for text in sent.form.values.values() if text.strip()]
    return {"does": FORMS[sent.act].does, "said": sent.form.unplaced, "written": written}
