"""A case's history in words: what happened, who did it, and what they wrote."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service import words
from service.plain import one_line, plain
from service.views import Names
from service.words import Moment
from triage.store.cases import EventRow

OURSELVES = "triage"
_WRITTEN = ("text", "said", "why", "reason", "done", "note", "because")
"""Of an event's particulars, what a person wrote."""
_COLLEAGUES = frozenset(
    {"note", "handed over", "help asked", "help given", "given back", "manager answered", "rude"}
)
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class EventView:
    """``who`` is empty for what happened by itself; ``mine`` is what the visitor did; ``quiet`` is
    nothing that anybody did to the case."""

    id: int
    at: Moment
    who: str
    what: str
    detail: str
    written: str
    mine: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class NoteView:
    who: str
    what: str
    text: str
    at: Moment


def history(events: Sequence[EventRow], who: Names, now: datetime) -> tuple[EventView, ...]:
    """The newest first."""
    return tuple(event_view(event, who, now) for event in reversed(events))


def event_view(event: EventRow, who: Names, now: datetime) -> EventView:
    by_itself = event.who in {OURSELVES, ""}
    return EventView(
        id=event.id,
        at=words.moment(event.at, now),
        who="" if by_itself else who.of(event.who),
        what=words.EVENT.get(event.what, words.sentence_case(one_line(event.what, 80))),
        detail=_detail(event.what, event.data, who),
        written=_written(event.data),
        mine=event.who == who.me and bool(who.me),
        quiet=event.what.startswith("notice "),
    )


def colleagues(events: Iterable[EventRow], who: Names, now: datetime) -> tuple[NoteView, ...]:
    """What people of the desk wrote for each other, the newest first."""
    notes = [
        NoteView(
            who=who.of(event.who),
            what=words.EVENT.get(event.what, event.what),
            text=_written(event.data),
            at=words.moment(event.at, now),
        )
        for event in events
        if event.what in _COLLEAGUES and _written(event.data)
    ]
    return tuple(reversed(notes))


def _written(data: Mapping[str, Any]) -> str:
    return next((plain(str(data[k])[:_LONGEST]) for k in _WRITTEN if data.get(k)), "")


def _detail(what: str, data: Mapping[str, Any], who: Names) -> str:
    """What an event's particulars add; ids say nothing to a person."""
    if what == "flagged":
        severity = words.SEVERITY.get(str(data.get("severity")), "").lower()
        return one_line(f"{data.get('rule', '')}, {severity}".strip(", "))
    if what.startswith("notice "):
        said = [str(data[key]) for key in ("to", "answer") if data.get(key)]
        words_of = ": ".join(said[:1] if what == "notice sent" else said)
        return one_line(words_of.replace('"', ""), 300)
    parts = [
        _people(data.get("to"), who),
        words.CLOCK.get(str(data.get("clock")), ""),
        one_line(str(data.get("what") or ""), 200),
    ]
    return one_line("; ".join(part for part in parts if part), 300)


def _people(to: object, who: Names) -> str:
    if isinstance(to, list):
        return "to " + ", ".join(who.of(str(one)) for one in to[:10]) if to else ""
    if not to:
        return ""
    named = words.SEVERITY.get(str(to)) or who.of(str(to))
    return f"to {named}"
