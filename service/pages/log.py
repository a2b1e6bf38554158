"""The complaint log: searched, narrowed down, read page by page, taken away as a file."""

from collections.abc import Iterator
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from service import acts, log_wanted
from service.accounts.visitor import Visitor
from service.asked import zone_of
from service.auth import allowed
from service.desk import Before, Desk, DeskOf
from service.log_wanted import Wanted
from service.permissions import Act
from service.render import page
from service.views_log import log_line
from triage.complaints.export import csv_lines, json_lines, write_xlsx
from triage.complaints.log import LogFilter
from triage.duty.wall import day_of
from triage.store import log

router = APIRouter()

ROWS = 50
COUNTED = 10_000
EXPORTED = "complaint log exported"
_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_IN_MEMORY = 2**20


@router.get("/log")
def complaint_log(
    request: Request,
    desk: DeskOf,
    visitor: Annotated[Visitor, Depends(allowed(Act.SEE_LOG))],
    before: Before = None,
) -> HTMLResponse:
    """Newest case first; the whole view is in the address."""
    now, duty = datetime.now(UTC), desk.works.caseload.duty()
    wanted = log_wanted.read(request.query_params, duty.hours.zone)
    options = log_wanted.options_of(desk.works.book(), duty)
    with desk.database.transaction() as tx:
        rows = log.page(tx, wanted.filter, now, limit=ROWS + 1, before=before)
        found = log.count(tx, wanted.filter, now, most=COUNTED)
    names = {one.id: one.name for one in duty.people}
    shown = rows[:ROWS]
    return page(
        desk,
        "log.html",
        visitor=visitor,
        status=422 if wanted.form.wrong else 200,
        form=wanted.form,
        options=options,
        chips=list(wanted.chips(options)),
        lines=[log_line(row, names, now) for row in shown],
        found=f"{COUNTED:,} or more" if found >= COUNTED else f"{found:,}",
        older=wanted.href(before=shown[-1].case_id) if len(rows) > ROWS else "",
        newest=wanted.href() if before is not None else "",
        exports=[(kind, wanted.href(f"/log.{kind}")) for kind in _KINDS],
    )


@router.get("/log.{kind}")
def export(
    request: Request,
    desk: DeskOf,
    visitor: Annotated[Visitor, Depends(allowed(Act.LOG_EXPORT))],
    kind: Literal["csv", "jsonl", "xlsx"],
) -> Response:
    """All rows of a view, as they were when the first was taken."""
    wanted = log_wanted.read(request.query_params, zone_of(desk))
    with desk.database.transaction() as tx:
        acts.note(tx, desk, visitor, EXPORTED, kind=kind, query=wanted.query[:1000])
    stem = f"complaints-{day_of(datetime.now(UTC), zone_of(desk))}"
    return StreamingResponse(
        _content(desk, wanted, kind),
        media_type=_KINDS[kind],
        headers={"Content-Disposition": f'attachment; filename="{stem}.{kind}"'},
    )


def _content(desk: Desk, wanted: Wanted, kind: str) -> Iterator[bytes]:
    return _workbook(desk, wanted.filter) if kind == "xlsx" else _lines(desk, wanted.filter, kind)


def _lines(desk: Desk, chosen: LogFilter, kind: str) -> Iterator[bytes]:
    written = csv_lines if kind == "csv" else json_lines
    with desk.database.transaction() as tx:
        yield from written(log.stream(tx, chosen, datetime.now(UTC)), zone_of(desk))


def _workbook(desk: Desk, chosen: LogFilter) -> Iterator[bytes]:
    """A workbook is whole or nothing: it is written aside first."""
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        with desk.database.transaction() as tx:
            write_xlsx(log.stream(tx, chosen, datetime.now(UTC)), zone_of(desk), file)  # type: ignore[arg-type]
        file.seek(0)
        while piece := file.read(2**16):
            yield piece
