"""The complaint record of a case, and the incident report made of it."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from service import acts, records
from service.accounts.visitor import Visitor
from service.api.case_models import CaseNow, EventOut
from service.api.complaint_models import (
    BookOut,
    DecisionIn,
    FactIn,
    RecordChange,
    RecordOut,
    RemedyIn,
    RemedyKindOut,
)
from service.api.etags import IfNoneMatch, Seen, etag, matches
from service.api.faults import conflict, problems, stale_problem
from service.api.once import Answer, OnceOf
from service.auth import allowed
from service.desk import Desk, DeskOf, PathId
from service.permissions import Act
from triage.complaints import Record
from triage.store import Transaction, cases, life
from triage.store.complaints import ChangedMeanwhile

router = APIRouter(tags=["complaints"])
Sees = Annotated[Visitor, Depends(allowed(Act.SEE_CASE))]
Writes = Annotated[Visitor, Depends(allowed(Act.COMPLAINT_WRITE))]
Approves = Annotated[Visitor, Depends(allowed(Act.COMPLAINT_APPROVE))]
_LARGEST = 2**31 - 1
_CHANGES = problems(404, 428) | stale_problem()


@router.get(
    "/cases/{case_id}/complaint",
    response_model=RecordOut,
    responses=problems(404) | {304: {"description": "You have it already"}},
    operation_id="show_complaint",
)
def show_complaint(
    desk: DeskOf, visitor: Sees, case_id: PathId, if_none_match: IfNoneMatch = None
) -> Response:
    """The record of a case, as far as it is filled in; its ETag is that of the case."""
    with desk.database.transaction() as tx:
        record, tag = records.of_case(tx, case_id), _tag(tx, case_id)
    if matches(tag, if_none_match):
        return Response(status_code=304, headers={"ETag": tag})
    shown = RecordOut.of(record, desk.works.book())
    return JSONResponse(shown.model_dump(mode="json"), headers={"ETag": tag})


@router.patch(
    "/cases/{case_id}/complaint",
    response_model=RecordOut,
    responses=_CHANGES,
    operation_id="change_complaint",
)
def change_complaint(
    request: Request,
    *,
    desk: DeskOf,
    visitor: Writes,
    case_id: PathId,
    seen: Seen,
    changes: RecordChange,
) -> Response:
    """Fill in fields of the record. Somebody else's change of another field is no conflict."""
    request.state.asked = dict(changes.changes())
    with desk.database.transaction() as tx:
        return _changed(
            request,
            desk,
            tx,
            case_id,
            lambda: records.edit(
                tx, desk, visitor, case_id, changes.changes(), seen=_revision(seen)
            ),
        )


@router.post(
    "/cases/{case_id}/complaint/facts",
    response_model=RecordOut,
    responses=problems(404, 409),
    operation_id="add_fact",
)
def add_fact(
    desk: DeskOf, visitor: Writes, case_id: PathId, once: OnceOf, said: FactIn
) -> Response:
    """Add what one side says. Facts are not taken back; a later one may correct them."""

    def do(tx: Transaction) -> Answer:
        record = records.add_fact(
            tx, desk, visitor, case_id, said.side, text=said.text, internal=said.internal
        )
        shown = RecordOut.of(record, desk.works.book())
        return Answer(shown, headers={"ETag": _tag(tx, case_id)})

    return once.run(visitor, do)


@router.put(
    "/cases/{case_id}/complaint/remedy",
    response_model=RecordOut,
    responses=_CHANGES,
    operation_id="propose_remedy",
)
def propose_remedy(
    request: Request,
    *,
    desk: DeskOf,
    visitor: Writes,
    case_id: PathId,
    seen: Seen,
    said: RemedyIn,
) -> Response:
    """Set the remedy: granted at once within your authority, else it waits for who may grant it."""
    request.state.asked = said.model_dump(mode="json")
    with desk.database.transaction() as tx:
        return _changed(
            request,
            desk,
            tx,
            case_id,
            lambda: records.propose(
                tx, desk, visitor, case_id, said.kind, amount=said.amount, seen=_revision(seen)
            ),
        )


@router.put(
    "/cases/{case_id}/complaint/remedy/decision",
    response_model=RecordOut,
    responses=_CHANGES,
    operation_id="decide_remedy",
)
def decide_remedy(
    request: Request,
    *,
    desk: DeskOf,
    visitor: Approves,
    case_id: PathId,
    seen: Seen,
    said: DecisionIn,
) -> Response:
    """Approve or refuse the remedy that waits."""
    request.state.asked = said.model_dump(mode="json")
    with desk.database.transaction() as tx:
        return _changed(
            request,
            desk,
            tx,
            case_id,
            lambda: records.decide(
                tx,
                desk,
                visitor,
                case_id,
                approve=said.decision == "approve",
                seen=_revision(seen),
            ),
        )


@router.get(
    "/complaints/choices",
    dependencies=[Depends(allowed(Act.SEE_CASE))],
    operation_id="list_choices",
)
def list_choices(desk: DeskOf) -> BookOut:
    """The causes, products, teams and remedies that a record may name."""
    book = desk.works.book()
    named = {n: getattr(book, n) for n in BookOut.model_fields if n != "remedies"}
    remedies = [
        RemedyKindOut(id=one.choice.id, name=one.choice.name, has_amount=one.has_amount)
        for one in book.remedies
    ]
    return BookOut.model_validate(named | {"remedies": remedies})


def _changed(
    request: Request, desk: Desk, tx: Transaction, case_id: int, do: Callable[[], Record]
) -> Response:
    """The record afterwards; or both versions, where the same was changed meanwhile."""
    try:
        record = do()
    except ChangedMeanwhile as error:
        book, case = desk.works.book(), life.look(tx, case_id)
        assert case is not None
        theirs = RecordOut.of(records.of_case(tx, case_id), book).model_dump(mode="json")
        since = cases.events_since(tx, case_id, 0, 20)
        return conflict(
            request,
            acts.sentence(str(error)),
            tag=etag(error.revision),
            theirs={
                "case": CaseNow.of(case).model_dump(mode="json"),
                "complaint": theirs,
                "fields": list(error.missing),
                "since": [EventOut.model_validate(one).model_dump(mode="json") for one in since],
            },
        )
    shown = RecordOut.of(record, desk.works.book()).model_dump(mode="json")
    return JSONResponse(shown, headers={"ETag": _tag(tx, case_id)})


def _tag(tx: Transaction, case_id: int) -> str:
    case = life.look(tx, case_id)
    if case is None:
        raise acts.NoCase(f"There is no case {case_id}.")
    return etag(case.revision)


def _revision(seen: int | None) -> int:
    """Whoever takes the record as it is has seen everything."""
    return _LARGEST if seen is None else min(seen, _LARGEST)
