"""The API, version 1: every route but its description says which act it is."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute

from service.api import (
    accounts,
    advice,
    audit,
    byhand,
    cases,
    complaints,
    deeds,
    document,
    duty,
    events,
    house,
    imports,
    log,
    mailboxes,
    mails,
    policy,
    reports,
    score,
    tokens,
    trends,
    verdicts,
    webhooks,
)
from service.api.models import Problem
from service.api.plain_requests import no_nulls
from service.auth import visitor

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The request cannot be read"},
    401: {"model": Problem, "description": "No token, or one that is no good"},
    403: {"model": Problem, "description": "Not within the roles, or the scopes of the token"},
    413: {"model": Problem, "description": "More than is taken in at once"},
    422: {"model": Problem, "description": "The request is not well formed"},
    503: {"model": Problem, "description": "The database does not answer"},
}


def _named(route: APIRoute) -> str:
    """What a generated client calls it."""
    return route.name


router = APIRouter(
    prefix="/api/v1",
    dependencies=[Depends(no_nulls), Depends(visitor)],
    responses=_PROBLEMS,
    generate_unique_id_function=_named,
)
router.include_router(cases.router)
router.include_router(deeds.router)
router.include_router(mails.router)
router.include_router(verdicts.router)
router.include_router(events.router)
router.include_router(mailboxes.router)
router.include_router(tokens.router)
router.include_router(accounts.router)
router.include_router(audit.router)
for _part in (
    complaints,
    reports,
    advice,
    byhand,
    log,
    trends,
    duty,
    policy,
    house,
    score,
    imports,
    webhooks,
):
    router.include_router(_part.router)
router.include_router(document.router)
