"""A complaint's incident report, on the page and as a file, for the house or for the customer."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import HTMLResponse, Response

from service import acts, record_form
from service.accounts.visitor import Visitor
from service.auth import allowed
from service.desk import Desk, DeskOf, PathId
from service.permissions import Act
from service.render import page
from triage.complaints.compose import for_the_customer, for_the_house
from triage.complaints.document import Document
from triage.complaints.html import report_html
from triage.complaints.pdf import report_pdf
from triage.complaints.report import IncidentReport
from triage.errors import ActRefused
from triage.store import incident

router = APIRouter()

TAKEN = "incident report taken"
May = Annotated[Visitor, Depends(allowed(Act.SEE_LOG))]
For = Annotated[Literal["house", "customer"], Query(alias="for")]


@router.get("/cases/{case_id}/report")
def show(desk: DeskOf, case_id: PathId, visitor: May, reader: For = "house") -> HTMLResponse:
    """As it would be printed. Where the customer's copy would give something away, what."""
    report = _report(desk, case_id)
    document, refused = None, ""
    try:
        document = _document(desk, report, reader)
    except ActRefused as error:
        refused = acts.sentence(str(error))
    return page(
        desk,
        "report.html",
        visitor=visitor,
        status=200 if document else 409,
        case_id=case_id,
        reference=report.case.reference,
        document=document,
        refused=refused,
        reader=reader,
        lacks=record_form.lacking(report.missing),
    )


@router.get("/cases/{case_id}/report.{kind}")
def take(
    desk: DeskOf,
    case_id: PathId,
    visitor: May,
    kind: Literal["pdf", "html"],
    *,
    reader: For = "house",
    paper: Literal["a4", "letter"] = "a4",
) -> Response:
    """A file that needs nothing beside it."""
    report = _report(desk, case_id)
    try:
        document = _document(desk, report, reader)
    except ActRefused as error:
        raise HTTPException(409, acts.sentence(str(error))) from None
    if kind == "pdf":
        content, media = report_pdf(document, paper).content, "application/pdf"
    else:
        content, media = report_html(document, paper).encode(), "text/html; charset=utf-8"
    with desk.database.transaction() as tx:
        acts.note(tx, desk, visitor, TAKEN, case=case_id, kind=kind, reader=reader)
    name = f"{report.case.reference}-{'report' if reader == 'house' else 'your-complaint'}.{kind}"
    return Response(
        content, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _report(desk: Desk, case_id: int) -> IncidentReport:
    """Raises 404."""
    duty = desk.works.caseload.duty()
    with desk.database.transaction() as tx:
        found = incident.report(
            tx,
            case_id,
            datetime.now(UTC),
            zone=duty.hours.zone,
            needed=desk.works.book().to_report,
            desk=desk.works.settings.desk.name,
            names={one.id: one.name for one in duty.people},
        )
    if found is None:
        raise HTTPException(404)
    return found


def _document(desk: Desk, report: IncidentReport, reader: str) -> Document:
    if reader == "customer":
        return for_the_customer(report, desk.works.caseload.duty().people)
    return for_the_house(report)
