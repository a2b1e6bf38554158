"""Text from strangers, made fit to be shown: in a header, in a mail, beside our own words."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Final

SIGNAL_WORDS: Final = {
    "upset": "upset",
    "angry": "angry",
    "irate": "irate",
    "complaint": "complains",
    "supervisor": "asks for a manager",
    "threat_leave": "may leave",
    "threat_legal": "legal action",
    "threat_public": "going public",
    "threat_safety": "safety",
    "abusive": "abusive",
    "urgent": "urgent",
}

_JOINERS = "\u200c\u200d"  # Persian and emoji need them, and they hide nothing
_STACK = 4
_LINK_JOINT = re.compile(r"://|(?<=\w)[.@](?=[^\W\d_])")
_WORD_JOINER = "\u2060"


def one_line(text: str, longest: int) -> str:
    """At most ``longest`` characters on one line, without what could deceive the reader.

    Control characters, line ends of any script, direction overrides, invisible characters, broken
    surrogates and towers of accents are gone; white space is single.
    """
    kept: list[str] = []
    marks = 0
    for character in text[: 8 * longest]:
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category[0] == "Z" or character in "\t\r\n\v\f":
            kept.append(" ")
        elif category == "Cs":
            kept.append("\ufffd")
        elif (category[0] != "C" or character in _JOINERS) and marks <= _STACK:
            kept.append(character)
    line = " ".join("".join(kept).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def header_words(text: str, longest: int) -> str:
    """One line for a header: nothing in it reads as an encoded word (RFC 2047), which the library
    would decode, line ends and all, while it writes the header."""
    return one_line(text, longest).replace("=?", "= ?")


def unlinked(text: str) -> str:
    """The same to the eye, but mail programs make no links of it: a stranger's URL in a notice of
    ours must not be a tap away."""
    return _LINK_JOINT.sub(_broken, text)


def _broken(match: re.Match[str]) -> str:
    return f":{_WORD_JOINER}//" if match[0] == "://" else _WORD_JOINER + match[0]


def moment(time: datetime) -> str:
    """``Tue 3 Nov 2026, 14:05 UTC``"""
    return f"{time:%a} {time.day} {time:%b %Y, %H:%M} {time:%Z}".rstrip()


def size(count: int) -> str:
    """A number of bytes in words: ``840 KB``, ``34 MB``."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} KB"
    return f"{count / 1_000_000:.3g} MB"


def day_and_time(time: datetime) -> str:
    """``Tue 3 Nov, 14:05 CET``"""
    return f"{time:%a} {time.day} {time:%b, %H:%M} {time:%Z}".rstrip()


def span(seconds: float) -> str:
    """A length of time in words: ``40 seconds``, ``20 minutes``, ``3 hours 5 minutes``, ``2 days``.

    Its second part is left out where it says nothing.
    """
    left, parts = round(max(0.0, seconds)), []
    for name, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count, left = divmod(left, length)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
        elif parts:
            break
    return " ".join(parts[:2]) or "no time"


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``13th``"""
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ends.get(number % 10, 'th')}"


def listed(names: Sequence[str]) -> str:
    """``Pat Point, Sam and Rita``"""
    *others, last = [one_line(name, 60) for name in names] or [""]
    return f"{', '.join(others)} and {last}" if others else last
