"""What no request may hold: characters that the store cannot keep."""

import json
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError

_SAID = "holds a character that cannot be kept"


async def no_nulls(request: Request) -> None:
    """Raises ``RequestValidationError`` for a NUL in the address or in a JSON body."""
    values = [*request.path_params.items(), *request.query_params.multi_items()]
    for name, value in values:
        if "\0" in str(value):
            where = "path" if name in request.path_params else "query"
            raise RequestValidationError([{"loc": (where, name), "msg": _SAID}])
    if "json" in request.headers.get("content-type", "") and "ndjson" not in request.headers.get(
        "content-type", ""
    ):
        body = await request.body()
        if b"\\u0000" in body:
            _check(body)


def _check(body: bytes) -> None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return  # said by whoever reads it
    stack: list[tuple[tuple[str, ...], Any]] = [((), said)]
    while stack:
        where, value = stack.pop()
        if isinstance(value, str) and "\0" in value:
            raise RequestValidationError([{"loc": ("body", *where), "msg": _SAID}])
        if isinstance(value, dict):
            stack += [((*where, str(name)), inner) for name, inner in value.items()]
            if any("\0" in name for name in value):
                raise RequestValidationError([{"loc": ("body", *where), "msg": _SAID}])
        elif isinstance(value, list):
            stack += [((*where, str(at)), inner) for at, inner in enumerate(value)]
