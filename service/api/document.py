"""The API's own description (OpenAPI 3.1)."""

import json
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from service.api.examples import operations, with_examples

router = APIRouter()

ABOUT = """What the desk's page can do, programs can do.

Send a token as `Authorization: Bearer trg_...`; it may do what its account's roles and its own
scopes allow. Errors are problems (RFC 9457) as `application/problem+json`. Lists give a `next`
cursor. A case has an ETag; acts on it need it as `If-Match`, and a stale one gets 409 with both
versions. Every POST takes an `Idempotency-Key`: sent twice, it is done once. `GET /api/v1/events`
tells of changes as they happen, webhooks tell programs elsewhere.
"""
_NAMES = {"service__permissions__Role": "AccountRole", "triage__duty__people__Role": "DutyRole"}
_TAGS = {
    "cases": "The queue and each case",
    "acts": "What a person does with a case, step by step",
    "complaints": "The complaint record and the incident report",
    "drafts": "What to do now, and what to write; nothing is ever sent from here",
    "by hand": "Calls, chats, visits, and mail that the model passed over",
    "mails": "Mail as it was read",
    "verdicts": "Right or wrong, and rows to train on",
    "log": "The complaint log and its trends",
    "events": "Changes as they happen",
    "webhooks": "Telling programs elsewhere",
    "score": "What the model makes of a text",
    "import": "Bringing mail in",
    "desk": "People, duty and policy",
    "mailboxes": "Where mail comes from",
    "house": "Model, settings, health",
    "tokens": "Tokens of programs",
    "accounts": "Who may use the desk",
    "audit": "What was done at the desk's door",
}


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> JSONResponse:
    app = request.app
    assert isinstance(app, FastAPI)
    return JSONResponse(describe(app))


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, made once an app; errors under the media type they are sent with."""
    if app.openapi_schema is None:
        made = get_openapi(
            title="Triage",
            version=app.version,
            description=ABOUT,
            routes=app.routes,
            tags=[{"name": name, "description": said} for name, said in _TAGS.items()],
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        )
        for operation in operations(made):
            _set_problem_type(operation["responses"])
            _name_bodies(operation, made["components"]["schemas"])
        app.openapi_schema = with_examples(_renamed(made))
    return app.openapi_schema


def _renamed(document: dict[str, Any]) -> dict[str, Any]:
    """Schemas of one name from different rooms, under names that say which is which."""
    text = json.dumps(document)
    for ours, theirs in _NAMES.items():
        text = text.replace(f'"{ours}":', f'"{theirs}":').replace(f'/{ours}"', f'/{theirs}"')
    found: dict[str, Any] = json.loads(text)
    return found


def _name_bodies(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Bodies that were described by hand are named as the others are."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = content.get("schema", {})
        if "properties" in schema and "title" in schema:
            schemas[schema["title"]] = schema
            content["schema"] = {"$ref": f"#/components/schemas/{schema['title']}"}


def _set_problem_type(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        content = response.get("content", {})
        if status >= "400" and "application/json" in content:
            response["content"] = {"application/problem+json": content["application/json"]}
