"""The API, version 1: every route needs the key."""

from typing import Any

from fastapi import APIRouter, Depends

from service.api import cases, document, mailboxes, mails
from service.api.models import Problem
from service.auth import caller

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "No key, or a wrong one"},
    422: {"model": Problem, "description": "The request is not well formed"},
    429: {"model": Problem, "description": "Too many wrong keys"},
    503: {"model": Problem, "description": "The database does not answer"},
}

router = APIRouter(prefix="/api/v1", dependencies=[Depends(caller)], responses=_PROBLEMS)
router.include_router(cases.router)
router.include_router(mails.router)
router.include_router(mailboxes.router)
router.include_router(document.router)
