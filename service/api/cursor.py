"""Cursors: opaque to callers, the id of the last item of a page to us."""

from collections.abc import Sequence
from typing import Annotated, Protocol, TypeVar

from fastapi import Query
from fastapi.exceptions import RequestValidationError

from service.desk import LARGEST_ID

Cursor = Annotated[str | None, Query(max_length=64, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200, description="Items a page.")]


class Identified(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=Identified)


def before(cursor: str | None) -> int | None:
    """Raises ``RequestValidationError`` for a cursor that is none of ours."""
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdecimal() or not 0 < int(cursor) <= LARGEST_ID:
        wrong = {"loc": ("query", "cursor"), "msg": "is not a cursor given out here"}
        raise RequestValidationError([wrong])
    return int(cursor)


def cut(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], str | None]:
    """A page of ``limit`` from one row more than that, and the cursor of the next page."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], str(rows[limit - 1].id)
