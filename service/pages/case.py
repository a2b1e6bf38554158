"""One case."""

from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from service.case_view import Reader
from service.desk import DeskOf, PathId
from service.render import page
from triage.store import cases, notices

router = APIRouter()


@router.get("/cases/{case_id}")
def case(desk: DeskOf, case_id: PathId) -> HTMLResponse:
    with desk.database.transaction() as tx:
        found = cases.detail(tx, case_id)
        told = notices.of_case(tx, case_id)
    if found is None:
        raise HTTPException(404)
    reader = Reader(desk.model, desk.thresholds, datetime.now(UTC))
    return page(desk, "case.html", case=reader.case(found, told))
