"""Refusals of the house as problem+json (RFC 9457), each with a type of its own."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from service import acts
from service.api.case_models import CaseNow, EventOut
from service.api.models import Problem, StaleProblem, Wrong
from service.auth import for_program, note_refusal
from service.render import page
from service.scoring import Busy
from triage.errors import ActRefused, ModelError, TriageError

MEDIA_TYPE = "application/problem+json"
STALE, REFUSED, FIELDS = "urn:triage:stale", "urn:triage:refused", "urn:triage:fields"

Responses = dict[int | str, dict[str, Any]]
_WORDS = {
    400: "The request cannot be read",
    404: "There is none of that number",
    409: "Refused as things stand: nothing was done",
    413: "More than is taken in at once",
    415: "Not a kind of content that is taken here",
    422: "The request is not well formed, or its fields will not do",
    428: "`If-Match` is missing",
    503: "The database does not answer, or too many wait for the model",
}


def problems(*statuses: int) -> Responses:
    """Errors as a route's description lists them."""
    return {s: {"model": Problem, "description": _WORDS[s]} for s in statuses}


def stale_problem() -> Responses:
    described = "Refused as things stand, or stale: `yours` and `theirs` are both versions"
    return {409: {"model": StaleProblem, "description": described}}


def add_fault_handlers(app: FastAPI) -> None:
    for kind in (acts.NotAllowed, acts.NoCase, acts.Refused, acts.Stale, Busy, ActRefused):
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(ModelError, _refused)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, TriageError)
    if isinstance(error, acts.NotAllowed):
        desk, visitor = request.app.state.desk, request.state.visitor
        await run_in_threadpool(note_refusal, request, desk, visitor, error.act.name.lower())
    if not for_program(request):
        return _as_page(request, error)
    if isinstance(error, acts.Stale):
        return stale(request, error)
    if isinstance(error, acts.Refused) and error.fields:
        wrong = [Wrong(where=f"body.{name}", what=why) for name, why in error.fields.items()]
        return problem(422, str(error), FIELDS, wrong)
    if isinstance(error, acts.Refused | ActRefused):
        return problem(409, acts.sentence(str(error)), REFUSED, missing=error.missing)
    status = {acts.NotAllowed: 403, acts.NoCase: 404}.get(type(error), 503)
    headers = {"Retry-After": "5"} if status == 503 else None
    return problem(status, acts.sentence(str(error)), headers=headers)


def problem(
    status: int,
    detail: str,
    type: str = "about:blank",
    wrong: Iterable[Wrong] = (),
    *,
    missing: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    said = Problem(
        type=type,
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=list(wrong),
        missing=list(missing),
    )
    return JSONResponse(said.model_dump(), status, dict(headers or {}), MEDIA_TYPE)


def stale(request: Request, error: acts.Stale) -> JSONResponse:
    """What was asked for, and what the case has become meanwhile."""
    since = [EventOut.model_validate(one).model_dump(mode="json") for one in error.since]
    theirs = {"case": CaseNow.of(error.case).model_dump(mode="json"), "since": since}
    tag = f'"{error.case.revision}"'
    return conflict(request, str(error), tag=tag, theirs=theirs, seen=error.seen)


def conflict(
    request: Request,
    detail: str,
    *,
    tag: str,
    theirs: Mapping[str, object],
    seen: int | None = None,
) -> JSONResponse:
    """Both versions."""
    asked = getattr(request.state, "asked", {})
    said = StaleProblem(
        type=STALE,
        title=HTTPStatus(409).phrase,
        status=409,
        detail=detail,
        yours={"asked": asked} if seen is None else {"revision": seen, "asked": asked},
        theirs=dict(theirs),
    )
    return JSONResponse(said.model_dump(), 409, {"ETag": tag}, MEDIA_TYPE)


def _as_page(request: Request, error: TriageError) -> Response:
    status = {acts.NotAllowed: 403, acts.NoCase: 404}.get(type(error), 409)
    desk = request.app.state.desk
    title = HTTPStatus(status).phrase
    visitor = getattr(request.state, "visitor", None)
    return page(desk, "error.html", visitor=visitor, status=status, title=title, said=str(error))
