"""Whom an address field names (RFC 5322, and as it is broken in practice)."""

import re
from collections.abc import Iterator

from triage.mail.charset import clean_line
from triage.mail.headers import decode_words
from triage.types import Person

MAX_PEOPLE = 200


def person(value: str | None) -> Person:
    """The first person a field names; both parts empty where it names nobody."""
    return next(iter(people(value)), Person("", ""))


def people(value: str | None) -> tuple[Person, ...]:
    """Everybody an address field names, groups opened, at most 200; never raises."""
    if not value:
        return ()
    found: list[Person] = []
    for entry in _entries(value):
        one = _one(entry)
        if one is not None:
            found.append(one)
        if len(found) == MAX_PEOPLE:
            break
    return tuple(found)


_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"?|<[^<>]*+>?|[,;:()]|[^"<,;:()]+', re.S)


_Entry = tuple[list[str], str | None, str]


def _entries(value: str) -> Iterator[_Entry]:
    """Each mailbox as (words of the name, address in brackets, comment)."""
    words: list[str] = []
    address: str | None = None
    comment, depth = "", 0
    for piece in _PIECE.findall(value):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif depth:
            comment += piece
        elif piece in ",;":
            yield words, address, comment
            words, address, comment = [], None, ""
        elif piece == ":" and address is None:
            words = []  # the name of a group
        elif piece.startswith("<"):
            address = piece.strip("<> \t\r\n")
        else:
            words.append(piece)
    yield words, address, comment


def _one(entry: _Entry) -> Person | None:
    words, address, comment = entry
    name = decode_words(" ".join(_unquoted(word) for word in words))
    if address is None and words:
        bare = "".join(words).strip()
        spot = next((word for word in bare.split() if "@" in word), bare if " " not in bare else "")
        address, name = spot, decode_words(comment or name.replace(spot, " ") if spot else name)
    address = clean_line(decode_words(address or "")).replace(" ", "")[:320]
    if not address and not name:
        return None
    return Person(name[:500], address)


def _unquoted(word: str) -> str:
    if not word.startswith('"'):
        return word
    return re.sub(r"\\(.)", r"\1", word.strip('"'))
