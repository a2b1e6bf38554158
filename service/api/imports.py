"""Bringing in mail: sent at once, read in the background."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from service import acts
from service.accounts.visitor import Visitor
from service.api.cursor import Cursor, Limit, before, cut
from service.api.faults import problems
from service.api.models import Model
from service.api.once import Answer, OnceOf
from service.auth import allowed
from service.desk import DeskOf, PathId
from service.permissions import Act
from triage.store import Transaction, imports

router = APIRouter(tags=["import"])
Imports = Annotated[Visitor, Depends(allowed(Act.IMPORT))]

_ANY = "application/octet-stream"
FORMATS = {
    "message/rfc822": "eml",
    "application/mbox": "mbox",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
}
_LINE = (
    '{"from": "dana@customer.example", "name": "Dana Reyes", "subject": "Order 5512", '
    '"text": "I waited.", "date": "2026-06-03T09:30:00+02:00", "message_id": "1@customer.example"}'
)
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": _BINARY,
            "message/rfc822": _BINARY,
            "application/mbox": _BINARY,
            "application/x-ndjson": {"schema": {"type": "string"}, "example": _LINE},
        },
    }
}


class BatchOut(Model):
    """`found` counts the mails read so far; `kept` those that were new, `wrong` the first 100
    places that could not be read, and why."""

    id: int
    who: str
    made_at: datetime
    changed_at: datetime
    format: str
    opens_cases: bool
    state: Literal["waiting", "running", "done", "failed"]
    found: int
    kept: int
    repeated: int
    flagged: int
    wrong: list[str]
    wrong_count: int


class BatchPage(Model):
    """Newest first."""

    items: list[BatchOut]
    next: str | None


@router.post(
    "/import",
    status_code=202,
    response_model=BatchOut,
    responses=problems(400, 413, 415),
    openapi_extra=_BODY,
    operation_id="import_mails",
)
async def import_mails(
    request: Request,
    *,
    desk: DeskOf,
    visitor: Imports,
    once: OnceOf,
    cases: Annotated[
        bool, Query(description="Open cases and tell people, as for mail that comes in now.")
    ] = False,
    given: Annotated[
        Literal["eml", "mbox", "jsonl"] | None,
        Query(alias="format", description="Needed where the content type does not say it."),
    ] = None,
) -> Response:
    """Bring in one mail, an mbox file, or mails as lines of JSON, 64 MiB at most. What is known
    already is not read again."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FORMATS and (kind != _ANY or given is None):
        known = ", ".join(FORMATS)
        raise HTTPException(415, f"Send one of: {known}; or {_ANY} and say the format.")
    form = FORMATS.get(kind) or given or ""
    content = await request.body()
    if not content.strip():
        raise HTTPException(400, "There is nothing in it.")
    if form == "mbox" and not content.startswith(b"From "):
        raise HTTPException(400, "This is no mbox file: it must begin with 'From '.")

    def do(tx: Transaction) -> Answer:
        made = imports.make(
            tx,
            visitor.account,
            visitor.login,
            content,
            format=form,
            opens_cases=cases,
            now=desk.works.caseload.clock(),
        )
        desk.works.bring_in(tx, made.id)
        acts.note(tx, desk, visitor, "mail brought in", batch=made.id, bytes=len(content))
        shown = BatchOut.model_validate(made)
        return Answer(shown, 202, {"Location": f"/api/v1/import/{made.id}"})

    return await run_in_threadpool(once.run, visitor, do)


@router.get("/import", operation_id="list_imports")
def list_imports(
    desk: DeskOf, visitor: Imports, cursor: Cursor = None, limit: Limit = 50
) -> BatchPage:
    """What was brought in, newest first."""
    with desk.database.transaction() as tx:
        rows = imports.newest(tx, limit + 1, before(cursor))
    here, following = cut(rows, limit)
    return BatchPage(items=[BatchOut.model_validate(row) for row in here], next=following)


@router.get("/import/{batch_id}", responses=problems(404), operation_id="show_import")
def show_import(desk: DeskOf, visitor: Imports, batch_id: PathId) -> BatchOut:
    """How far it is."""
    with desk.database.transaction() as tx:
        found = imports.by_id(tx, batch_id)
    if found is None:
        raise acts.NoCase(f"There is no import {batch_id}.")
    return BatchOut.model_validate(found)
