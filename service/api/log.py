"""The complaint log and its trends as JSON and as files."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, ConfigDict, Field

from service import acts
from service.accounts.visitor import Visitor
from service.api.cursor import Cursor, Limit, before
from service.api.models import Model
from service.auth import allowed
from service.desk import Desk, DeskOf
from service.permissions import Act
from triage.complaints import Fault
from triage.complaints.log import LogFilter
from triage.life import Status
from triage.store import log
from triage.types import Severity

router = APIRouter(tags=["log"])
_CHUNK = 64 * 1024

Names = list[Annotated[str, Field(min_length=1, max_length=200)]]
Several = Annotated[Names, Field(max_length=50)]


class LogOut(Model):
    """A case with its record; empty where nothing was written yet."""

    case_id: int
    reference: str
    number: str
    opened_at: datetime
    status: Status
    severity: Severity
    source: str
    owner: str
    customer_name: str
    customer_address: str
    subject: str
    happened: str
    cause: str
    cause_group: str
    product: str
    team: str
    fault: str
    remedy: str
    amount: Decimal | None
    currency: str
    remedy_state: str
    ending: str
    resolution: str
    lesson: str
    acknowledged_at: datetime | None
    answered_at: datetime | None
    told_at: datetime | None
    ended_at: datetime | None
    promises: int
    overdue: int


class LogPage(Model):
    """Newest first; `found` counts all there are, and stops at 10,000."""

    items: list[LogOut]
    found: int
    next: str | None


class LogWanted(Model):
    """What the log is narrowed down by; several values of one are alternatives."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field("", max_length=500, description="As in the list of cases.")
    status: list[Status] = Field([], max_length=20)
    severity: list[Severity] = Field([], max_length=20)
    cause: Several = Field([], description="Ids, as of product and team.")
    product: Several = Field([])
    team: Several = Field([])
    fault: list[Fault] = Field([], max_length=10)
    owner: Several = Field([])
    source: list[Literal["mail", "call", "chat", "visit"]] = Field([], max_length=10)
    customer: str = Field("", max_length=320, description="A mail address.")
    since: AwareDatetime | None = Field(None, description="Opened then or later.")
    until: AwareDatetime | None = Field(None, description="Opened before then.")
    overdue: bool = Field(False, description="A promise is past its date, unkept.")

    def as_filter(self) -> LogFilter:
        lists = ("status", "severity", "cause", "product", "team", "fault", "owner", "source")
        return LogFilter(
            text=self.q,
            customer=self.customer,
            since=self.since,
            until=self.until,
            overdue=self.overdue,
            **{name: tuple(getattr(self, name)) for name in lists},
        )


class LogPageWanted(LogWanted):
    cursor: Cursor = None
    limit: Limit = 50


@router.get("/log", dependencies=[Depends(allowed(Act.SEE_LOG))], operation_id="list_log")
def list_log(desk: DeskOf, wanted: Annotated[LogPageWanted, Query()]) -> LogPage:
    """The complaint log: every case with its record, newest first."""
    now, chosen = desk.works.caseload.clock(), wanted.as_filter()
    with desk.database.transaction() as tx:
        rows = log.page(tx, chosen, now, limit=wanted.limit, before=before(wanted.cursor))
        found = log.count(tx, chosen, now)
    following = str(rows[-1].case_id) if len(rows) == wanted.limit else None
    items = [LogOut.model_validate(row) for row in rows]
    return LogPage(items=items, found=found, next=following)


_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The log as a file; cells that a spreadsheet would compute are defused",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
                "schema": {"type": "string", "format": "binary"}
            },
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    }
}
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}


class ExportWanted(LogWanted):
    format: Literal["csv", "xlsx", "jsonl"] = "csv"


@router.get(
    "/log/export",
    response_class=StreamingResponse,
    responses=_FILE,
    operation_id="export_log",
)
def export_log(
    desk: DeskOf,
    visitor: Annotated[Visitor, Depends(allowed(Act.LOG_EXPORT))],
    wanted: Annotated[ExportWanted, Query()],
) -> StreamingResponse:
    """All of the log that is wanted, row by row: its length does not matter."""
    with desk.database.transaction() as tx:
        acts.note(tx, desk, visitor, "log exported", format=wanted.format)
    headers = {"Content-Disposition": f'attachment; filename="complaints.{wanted.format}"'}
    return StreamingResponse(
        _exported(desk, wanted), media_type=_TYPES[wanted.format], headers=headers
    )


def _exported(desk: Desk, wanted: ExportWanted) -> Iterator[bytes]:
    from triage.complaints.export import csv_lines, json_lines, write_xlsx  # noqa: PLC0415 - heavy

    zone, now = desk.works.caseload.duty().hours.zone, desk.works.caseload.clock()
    with desk.database.transaction() as tx:
        rows = log.stream(tx, wanted.as_filter(), now)
        if wanted.format == "xlsx":
            with SpooledTemporaryFile(max_size=8 * 2**20) as file:
                write_xlsx(rows, zone, file)  # type: ignore[arg-type]  # it is one, but for isatty
                file.seek(0)
                yield from iter(lambda: file.read(_CHUNK), b"")
        else:
            yield from (csv_lines if wanted.format == "csv" else json_lines)(rows, zone)
