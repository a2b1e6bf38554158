"""Text from outside, made fit to be stored, searched and printed."""

import re

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029]")
_SPACES = re.compile(r"\s+")
LONGEST_QUERY = 500
LONGEST_WORD = 100


def clean(text: str) -> str:
    """Without control characters and lone surrogates, lines ended by ``\\n``, ends trimmed."""
    return _UNSTORABLE.sub("", _LINE_ENDS.sub("\n", text)).strip()


def clean_line(text: str) -> str:
    return _SPACES.sub(" ", clean(text))


def clean_query(text: str) -> str:
    """What is searched for, cut to what the database can take: endless words are none."""
    words = clean_line(text[: LONGEST_QUERY * 4]).split(" ")
    return " ".join(word for word in words if len(word) <= LONGEST_WORD)[:LONGEST_QUERY]
