"""Filling in a record: what comes from a form or a program becomes fields, or is refused whole."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from triage.complaints.book import Book
from triage.complaints.record import Choice, Ending, Fact, Fault, How, Record, Side
from triage.complaints.text import clean, clean_line
from triage.errors import ActRefused

LONGEST = 10_000
"""Characters of a text."""
MOST_FACTS = 200
AHEAD = timedelta(minutes=5)
"""How far a complaint may seem to be reported in the future: clocks differ."""

_E = TypeVar("_E", bound=StrEnum)


def edited(record: Record, changes: Mapping[str, str], book: Book, now: datetime) -> Record:
    """The record with ``changes``: field -> text; the id of a choice, an ISO 8601 time with its
    offset; empty for nothing.

    A choice that the record has already stays as it is, whatever became of it in the file.
    Raises ``ActRefused`` that names every field that cannot be taken.
    """
    taken: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, text in changes.items():
        try:
            taken[name] = _value(record, name, text, book, now)
        except ValueError as error:
            wrong[name[:40]] = str(error)
    if wrong:
        said = "; ".join(f"{name}: {reason}" for name, reason in wrong.items())
        raise ActRefused(said, tuple(wrong))
    return replace(record, **taken)


def with_fact(
    record: Record, side: str, text: str, *, who: str, now: datetime, internal: bool
) -> Record:
    """The record with a fact more; facts are not taken back, a later one may correct them.

    Raises ``ActRefused``.
    """
    try:
        said = _text(text)
        fact = Fact(_one_of(Side)(side), said, who, now, internal)
    except ValueError as error:
        raise ActRefused(f"fact: {error}", ("facts",)) from None
    if not said:
        raise ActRefused("fact: must not be empty", ("facts",))
    if len(record.facts) >= MOST_FACTS:
        raise ActRefused(f"fact: there are {MOST_FACTS} already", ("facts",))
    return replace(record, facts=(*record.facts, fact))


def _value(record: Record, name: str, text: str, book: Book, now: datetime) -> object:
    if name in _CHOICES:
        kept = getattr(record, name)
        return kept if kept and kept.id == text else _choice(_CHOICES[name](book), text)
    if name == "reported_at":
        return _moment(text, now)
    if name in _PLAIN:
        return _PLAIN[name](text)
    raise ValueError("no such field, or not one to fill in")


def _choice(choices: tuple[Choice, ...], id: str) -> Choice | None:
    if not id:
        return None
    found = next((choice for choice in choices if choice.id == id), None)
    if found is None:
        raise ValueError(f"there is none with the id {id[:40]!r}")
    return found


def _moment(text: str, now: datetime) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a time such as 2026-01-05T09:30:00+01:00") from None
    if moment.utcoffset() is None:
        raise ValueError("must say its offset, as 2026-01-05T09:30:00+01:00")
    if not now - timedelta(days=3660) <= moment <= now + AHEAD:
        raise ValueError("must lie in the last ten years")
    return moment


def _line(text: str) -> str:
    said = clean_line(text)
    if len(said) > 300:
        raise ValueError("must have at most 300 characters")
    return said


def _text(text: str) -> str:
    said = clean(text)
    if len(said) > LONGEST:
        raise ValueError(f"must have at most {LONGEST} characters")
    return said


def _one_of(kind: type[_E]) -> Callable[[str], _E]:
    def read(text: str) -> _E:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"must be one of: {', '.join(kind)}") from None

    return read


def _ending(text: str) -> Ending | None:
    return _one_of(Ending)(text) if text else None


_CHOICES: dict[str, Callable[[Book], tuple[Choice, ...]]] = {
    "cause": lambda book: book.causes,
    "product": lambda book: book.products,
    "team": lambda book: book.teams,
}
_PLAIN: dict[str, Callable[[str], object]] = {
    "customer_name": _line,
    "contact": _line,
    "how": _one_of(How),
    "happened": _text,
    "fault": _one_of(Fault),
    "ending": _ending,
    "resolution": _text,
    "lesson": _text,
}
FIELDS = (*_CHOICES, "reported_at", *_PLAIN)
"""What ``edited`` takes."""
