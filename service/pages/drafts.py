"""Drafts of what to write to a customer: shown, edited, checked and copied; never sent."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse

from service.accounts.visitor import Visitor
from service.auth import allowed
from service.desk import Desk, DeskOf, PathId
from service.forms import PostedOf
from service.permissions import Act
from service.plain import plain
from service.render import page
from triage import advice, drafts
from triage.advice import Looked
from triage.drafts import Draft, DraftFacts, Fault, Step
from triage.errors import ActRefused

router = APIRouter()

Sees = Annotated[Visitor, Depends(allowed(Act.SEE_CASE))]


@dataclass(frozen=True, slots=True)
class FaultView:
    where: str
    what: str
    do: str
    rule: str
    stops: bool


@router.get("/cases/{case_id}/drafts/{step}")
def draft(desk: DeskOf, case_id: PathId, step: Step, visitor: Sees) -> HTMLResponse:
    looked, book = _look(desk, case_id), desk.works.drafts()
    facts, duty = facts_of(desk, visitor, looked, step), desk.works.caseload.duty()
    return _page(desk, visitor, looked, advice.draft(looked, book, step, facts, duty))


@router.post("/cases/{case_id}/drafts/{step}")
def check(desk: DeskOf, case_id: PathId, step: Step, visitor: Sees, form: PostedOf) -> HTMLResponse:
    """What is wrong with the text as it was edited."""
    looked, people = _look(desk, case_id), desk.works.caseload.duty().people
    text, subject = form["text"].replace("\r\n", "\n"), form["subject"]
    facts = facts_of(desk, visitor, looked, step)
    found = drafts.faults(text, facts, people, looked.notes, subject=subject)
    return _page(desk, visitor, looked, Draft(step, subject, text, found))


def facts_of(desk: Desk, visitor: Visitor, looked: Looked, step: Step | None = None) -> DraftFacts:
    """Signed by whoever looks, where they are somebody of the desk."""
    load, own = desk.works.caseload, tuple(sorted(desk.works.settings.own_addresses))
    duty = load.duty()
    signer = duty.person(visitor.person) if visitor.person else None
    return advice.facts(looked, duty, load.clock(), step=step, own_mails=own, signer=signer)


def _look(desk: Desk, case_id: int) -> Looked:
    try:
        with desk.database.transaction() as tx:
            return advice.look(tx, case_id)
    except ActRefused:
        raise HTTPException(404) from None


def _page(desk: Desk, visitor: Visitor, looked: Looked, draft: Draft) -> HTMLResponse:
    href = f"/cases/{looked.state.id}"
    return page(
        desk,
        "draft.html",
        visitor=visitor,
        title=desk.works.drafts().titles[draft.step],
        reference=f"T-{looked.state.id}",
        case_href=href,
        href=f"{href}/drafts/{draft.step}",
        draft={"subject": plain(draft.subject), "text": plain(draft.text)},
        faults=[_fault(draft, one) for one in draft.faults],
        stops=any(one.stops for one in draft.faults),
    )


def _fault(draft: Draft, fault: Fault) -> FaultView:
    where = "The whole"
    if fault.in_subject:
        where = "The subject"
    elif fault.end:
        where = f"Line {draft.text.count(chr(10), 0, fault.start) + 1}"
    return FaultView(where, fault.what, fault.do, fault.rule, fault.stops)
