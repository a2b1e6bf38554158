"""One case."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse

from service.accounts.visitor import Visitor
from service.auth import allowed
from service.case_view import Reader
from service.desk import DeskOf, PathId
from service.permissions import Act
from service.render import page
from triage.store import cases, notices

router = APIRouter()


@router.get("/cases/{case_id}")
def case(
    desk: DeskOf, case_id: PathId, visitor: Annotated[Visitor, Depends(allowed(Act.SEE_CASE))]
) -> HTMLResponse:
    with desk.database.transaction() as tx:
        found = cases.detail(tx, case_id)
        told = notices.of_case(tx, case_id)
    if found is None:
        raise HTTPException(404)
    reader = Reader(desk.model, desk.thresholds, datetime.now(UTC))
    return page(desk, "case.html", visitor=visitor, case=reader.case(found, told))
