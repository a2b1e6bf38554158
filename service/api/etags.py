"""ETags: the revision of a case, which grows with everything that happens to it."""

import re
from typing import Annotated

from fastapi import Depends, Header, HTTPException
from fastapi.exceptions import RequestValidationError

from service.desk import LARGEST_ID

_TAG = re.compile(r'\s*(?:W/)?"(\d{1,18})"\s*')

IfMatch = Annotated[
    str | None,
    Header(
        max_length=200,
        description="The `ETag` of the case as you saw it; `*` for whatever it is now.",
        examples=['"7"'],
    ),
]
IfNoneMatch = Annotated[str | None, Header(max_length=1000, examples=['"7"'])]


def etag(revision: int) -> str:
    return f'"{revision}"'


def matches(tag: str, if_none_match: str | None) -> bool:
    """Whether who asks has it already."""
    if if_none_match is None:
        return False
    given = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return tag in given or "*" in given


def _seen(if_match: IfMatch = None) -> int | None:
    if if_match is None:
        raise HTTPException(428, "Send the ETag of the case as you saw it, as If-Match.")
    if if_match.strip() == "*":
        return None
    found = [_TAG.fullmatch(one) for one in if_match.split(",")]
    revisions = [int(one[1]) for one in found if one]
    if not revisions or max(revisions) > LARGEST_ID or len(revisions) < len(found):
        wrong = {"loc": ("header", "If-Match"), "msg": "is no ETag given out here"}
        raise RequestValidationError([wrong])
    return max(revisions)


Seen = Annotated[int | None, Depends(_seen)]
"""The revision that whoever asks saw; ``None`` where they take it as it is."""
