"""The incident report of a case as a file."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from service import records
from service.accounts.visitor import Visitor
from service.api.faults import problems
from service.api.mails import INERT
from service.auth import allowed
from service.desk import DeskOf, PathId
from service.permissions import Act

router = APIRouter(tags=["complaints"])
Sees = Annotated[Visitor, Depends(allowed(Act.SEE_CASE))]
_REPORT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report as a file",
        "content": {
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            "text/html": {"schema": {"type": "string"}},
        },
    }
}


@router.get(
    "/cases/{case_id}/report",
    response_class=Response,
    responses=_REPORT | problems(404, 409),
    operation_id="download_report",
)
def download_report(
    desk: DeskOf,
    visitor: Sees,
    case_id: PathId,
    reader: Annotated[Literal["house", "customer"], Query(alias="for")] = "house",
    format: Literal["pdf", "html"] = "pdf",
) -> Response:
    """The incident report, for the house or for the customer, who sees nothing internal."""
    from triage.complaints.compose import for_the_customer, for_the_house  # noqa: PLC0415 - heavy
    from triage.complaints.html import report_html  # noqa: PLC0415
    from triage.complaints.pdf import report_pdf  # noqa: PLC0415

    with desk.database.transaction() as tx:
        report = records.report(tx, desk, case_id)
    people = desk.works.caseload.duty().people
    document = for_the_house(report) if reader == "house" else for_the_customer(report, people)
    html = format == "html"
    content = report_html(document).encode() if html else report_pdf(document).content
    name = f'attachment; filename="T-{case_id}-{reader}.{format}"'
    kind = "text/html; charset=utf-8" if html else "application/pdf"
    return Response(content, media_type=kind, headers=INERT | {"Content-Disposition": name})
