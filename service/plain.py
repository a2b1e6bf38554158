"""Strangers' text made harmless to look at: no character changes how its neighbours read."""

import re

_MISLEADING = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls other than tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction marks, overrides, isolates
    "\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"  # invisible ones
    "\U000e0000-\U000e007f"  # tags
    "]"
)
_BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029]")


def plain(text: str) -> str:
    """``text`` without characters that hide, reorder or erase; line breaks as newlines."""
    return _MISLEADING.sub("", _BREAKS.sub("\n", text))


def one_line(text: str, longest: int = 200) -> str:
    """``text`` on one line, cut with an ellipsis."""
    line = " ".join(plain(text[: longest * 8]).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
