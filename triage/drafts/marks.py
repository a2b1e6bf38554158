"""Gaps still to be filled in, and marks of templates that were left standing."""

import re
from collections.abc import Iterator

from triage.drafts.plain import Span

_MARK = re.compile(
    r"\{[{%#]|[%#}]\}|\$\{[^}\n]{0,60}\}?|%\(\w{1,40}\)[sd]|<<[^>\n]{1,60}>>"
    r"|<(?!https?:|mailto:|[\w.+-]+@)[A-Za-z][\w .-]{0,60}>"
    r"|\[(?!\d{1,3}\])[^\[\]\n]{0,120}\]|_{4,}|\.{5,}|\b[Xx]{4,}\b|\b(?:TODO|TBD|TBC|FIXME|INSERT)\b"
    r"|\(private\)|\bNone\b(?=[,.]?\s*$)|\bUndefined\b",
    re.M,
)
_HOLLOW = re.compile(
    r"^(?:Dear|Hello|Hi|Good (?:morning|afternoon|evening))\s+[,!]"
    r"|\b(?:by|until|at|on|of|with|number|to)\s+[.,;:](?=\s|$)|:\s*\.(?=\s|$)",
    re.M,
)


def gaps(text: str, own_numbers: tuple[str, ...]) -> Iterator[Span]:
    """Of a text in which quoted lines are blanked; the case's own number may stand in brackets."""
    own = {f"[{one}]" for one in own_numbers} | {f"[#{one}]" for one in own_numbers}
    for match in (*_MARK.finditer(text), *_HOLLOW.finditer(text)):
        if match[0] not in own:
            yield match.span()
