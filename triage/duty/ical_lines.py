"""An iCalendar file taken apart before it is read: its events, and of them what a rota needs.

Time zone definitions of the file's own, alarms and everything else are left behind unread: zones
are known by their names, and what is not read cannot do harm.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST, MOST = 2_000_000, 5_000
"""Bytes of a file, events in it."""

LONGEST_LINE = 10_000
DEEPEST = 10

_READ = frozenset({
    "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXRULE", "EXDATE", "RECURRENCE-ID",
    "STATUS", "SUMMARY", "ATTENDEE", "ORGANIZER", "X-TRIAGE-PERSON",
})  # fmt: skip
_FOLD = re.compile(r"\r?\n[ \t]")


@dataclass(frozen=True, slots=True)
class EventText:
    """An event as iCalendar text of its own; ``number`` counts from 1."""

    number: int
    text: bytes


def event_texts(content: bytes) -> Iterator[EventText]:
    """Raises ``ValueError``, in words, for what is no iCalendar file or too large for one."""
    if len(content) > LARGEST:
        raise ValueError(f"larger than {LARGEST:,} bytes, so hardly a rota")
    try:
        text = _FOLD.sub("", content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text") from None
    kept: list[str] = []
    number = 0
    for within, name, line in _lines(text):
        if within[1:] != ["VEVENT"]:
            continue
        if name == "BEGIN":
            kept = []
        elif name == "END":
            number += 1
            if number > MOST:
                raise ValueError(f"has more than {MOST:,} events")
            yield EventText(number, _whole(kept))
        elif name in _READ:
            kept.append(line)


def _lines(text: str) -> Iterator[tuple[list[str], str, str]]:
    """Each line with the parts that hold it, outermost first, and its name; a part holds its own
    BEGIN and END."""
    within: list[str] = []
    for line in re.split(r"\r?\n", text):
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            raise ValueError("has a line that is too long")
        name, _, value = line.partition(":")
        name = name.partition(";")[0].strip().upper()
        part = value.strip().upper()
        if name == "BEGIN":
            within.append(part)
        if within[:1] != ["VCALENDAR"]:
            raise ValueError("is no iCalendar file: it does not begin with BEGIN:VCALENDAR")
        if len(within) > DEEPEST:
            raise ValueError("is nested too deep")
        yield within, name, line
        if name == "END" and part != within.pop():
            raise ValueError("closes a part that is not open")
    if within or not text.strip():
        raise ValueError("ends in the middle")


def _whole(lines: list[str]) -> bytes:
    return "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT", "")).encode()
