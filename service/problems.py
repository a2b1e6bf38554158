"""Errors as the asker can use them: problem+json (RFC 9457) for programs, a page for people."""

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from service.accounts.visitor import Visitor
from service.api.models import Problem, Wrong
from service.auth import Detour, for_program
from service.guard import HEADERS
from service.render import page
from triage.errors import StoreError

log = structlog.get_logger()

_SAID = {
    404: "There is no such page, or it is gone.",
    405: "That cannot be done here.",
    500: "Something broke on our side. It is in the log; nothing was lost.",
    503: "The database does not answer at the moment. Mail stays safe in its mailbox meanwhile.",
}


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(Detour, _detour)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(StoreError, _no_store)
    app.add_exception_handler(Exception, _broken)


async def _detour(request: Request, error: Exception) -> Response:
    assert isinstance(error, Detour)
    return error.response


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answer(request, error.status_code, str(error.detail), headers=error.headers)


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if not for_program(request):
        return _answer(request, 404, "")
    wrong = [
        Wrong(where=".".join(str(part) for part in item["loc"]), what=item["msg"])
        for item in error.errors()[:20]
    ]
    return _answer(request, 422, "The request is not well formed.", wrong=wrong)


async def _no_store(request: Request, error: Exception) -> Response:
    log.warning("request not answered: no database", reason=str(error))
    headers = {"Retry-After": "5"}
    if not for_program(request):
        headers["Refresh"] = "15"  # a queue left open comes back by itself
    return _answer(request, 503, _SAID[503], headers=headers)


async def _broken(request: Request, error: Exception) -> Response:
    """The server logs the exception; this answer is made outside the guard."""
    return _answer(request, 500, _SAID[500], headers=HEADERS)


def _answer(
    request: Request,
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    wrong: list[Wrong] | None = None,
) -> Response:
    title = HTTPStatus(status).phrase
    if for_program(request):
        problem = Problem(title=title, status=status, detail=detail or title, errors=wrong or [])
        return JSONResponse(
            problem.model_dump(), status, dict(headers or {}), "application/problem+json"
        )
    said = _SAID.get(status, detail)
    desk = request.app.state.desk
    return page(
        desk,
        "error.html",
        visitor=_visitor(request),
        status=status,
        headers=headers,
        title=title,
        said=said,
    )


def _visitor(request: Request) -> Visitor | None:
    """Who asked, where that was found out before it went wrong."""
    found = getattr(request.state, "visitor", None)
    return found if isinstance(found, Visitor) else None
