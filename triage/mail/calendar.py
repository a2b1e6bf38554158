"""The words of an invitation (RFC 5545), for mails that carry nothing else."""

import re

_FIELD = re.compile(r"^(SUMMARY|DESCRIPTION|COMMENT|LOCATION)(?:;[^\n:]{0,300})?:(.*)$", re.M)
_REPLY = re.compile(r"^METHOD:REPLY\b", re.M | re.I)


def calendar_text(source: str) -> str:
    """Summary, place, description and comment, a line or more each."""
    unfolded = re.sub(r"\n[ \t]", "", source)
    values = (_unescaped(value).strip() for _, value in _FIELD.findall(unfolded)[:20])
    return "\n".join(dict.fromkeys(value for value in values if value))


def is_reply(source: str) -> bool:
    """Whether it is an answer to an invitation of ours, made at a click."""
    return _REPLY.search(source) is not None


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda hit: "\n" if hit[1] in "nN" else hit[1], value)
