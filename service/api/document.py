"""The API's own description (OpenAPI)."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

router = APIRouter()


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
            description=app.description,
            routes=app.routes,
        )
        for path in made["paths"].values():
            for operation in path.values():
                _set_problem_type(operation["responses"])
        app.openapi_schema = made
    return app.openapi_schema


def _set_problem_type(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        if status >= "400":
            content = response.get("content", {})
            response["content"] = {"application/problem+json": content["application/json"]}
