"""What to do now with a case, and what to write: guidance and drafts. Nothing here sends."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field

from service import acts
from service.accounts.visitor import Visitor
from service.api.faults import problems
from service.api.models import Model
from service.auth import allowed
from service.desk import Desk, DeskOf, PathId
from service.permissions import Act
from triage import advice, drafts
from triage.advice import Looked
from triage.drafts import DraftFacts, Fault, Step
from triage.drafts.check import LONGEST
from triage.errors import ActRefused

router = APIRouter(tags=["drafts"])
Sees = Annotated[Visitor, Depends(allowed(Act.SEE_CASE))]


class FaultOut(Model):
    """Characters `start` until `end` of the text, or of the subject; 0 to 0 is the whole. A draft
    with a fault that `stops` must not leave, of others a person judges."""

    kind: str
    start: int
    end: int
    in_subject: bool
    rule: str
    what: str
    do: str
    stops: bool


class DraftOut(Model):
    """To be read, edited and sent by a person."""

    step: Step
    title: str
    subject: str
    text: str
    faults: list[FaultOut]


class DraftText(Model):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        max_length=2 * LONGEST, examples=["Dear Dana Reyes,\n\nyour router comes today. T-1001"]
    )
    subject: str | None = Field(None, max_length=2000, examples=["Your case T-1001"])


class Faults(Model):
    faults: list[FaultOut]


class AdviceOut(Model):
    id: str
    title: str
    do: list[str]
    avoid: list[str]
    say: list[str]
    why: str
    rules: list[str]
    drafts: list[Step]


class NumberOut(Model):
    label: str
    number: str


class GuidanceOut(Model):
    """`now` is the step one is at, `place` of `of`; `asides` hold besides, the graver first;
    `numbers` are to be called where there is danger; `drafts` fit now."""

    now: AdviceOut
    place: int
    of: int
    then: str
    asides: list[AdviceOut]
    numbers: list[NumberOut]
    drafts: list[Step]


@router.get("/cases/{case_id}/guidance", responses=problems(404), operation_id="show_guidance")
def show_guidance(desk: DeskOf, visitor: Sees, case_id: PathId) -> GuidanceOut:
    """The step one is at with this customer, and what to do now."""
    looked = _look(desk, case_id)
    load = desk.works.caseload
    given = advice.guidance(
        looked, desk.works.guide(), _facts(desk, visitor, looked), load.policy(), load.duty()
    )
    return GuidanceOut.model_validate(given)


@router.get("/cases/{case_id}/drafts/{step}", responses=problems(404), operation_id="show_draft")
def show_draft(desk: DeskOf, visitor: Sees, case_id: PathId, step: Step) -> DraftOut:
    """A draft with what is wrong with it, such as what is still to be filled in."""
    looked, book = _look(desk, case_id), desk.works.drafts()
    facts = _facts(desk, visitor, looked, step)
    made = advice.draft(looked, book, step, facts, desk.works.caseload.duty())
    return DraftOut(
        step=step,
        title=book.titles[step],
        subject=made.subject,
        text=made.text,
        faults=_faults(made.faults),
    )


@router.post(
    "/cases/{case_id}/drafts/{step}/check", responses=problems(404), operation_id="check_draft"
)
def check_draft(
    desk: DeskOf, visitor: Sees, case_id: PathId, step: Step, said: DraftText
) -> Faults:
    """What is wrong with a draft as it was edited; nothing of it is kept."""
    looked = _look(desk, case_id)
    found = drafts.faults(
        said.text,
        _facts(desk, visitor, looked, step),
        desk.works.caseload.duty().people,
        looked.notes,
        subject=said.subject,
    )
    return Faults(faults=_faults(found))


def _look(desk: Desk, case_id: int) -> Looked:
    try:
        with desk.database.transaction() as tx:
            return advice.look(tx, case_id)
    except ActRefused as error:
        raise acts.NoCase(acts.sentence(str(error))) from None


def _facts(desk: Desk, visitor: Visitor, looked: Looked, step: Step | None = None) -> DraftFacts:
    """Signed by whoever asks, where they are somebody of the desk."""
    load, own = desk.works.caseload, tuple(sorted(desk.works.settings.own_addresses))
    duty = load.duty()
    signer = duty.person(visitor.person) if visitor.person else None
    return advice.facts(looked, duty, load.clock(), step=step, own_mails=own, signer=signer)


def _faults(found: tuple[Fault, ...]) -> list[FaultOut]:
    return [FaultOut.model_validate(one) for one in found]
