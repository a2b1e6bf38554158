"""The complaint record as a form, and what of a form somebody changed.

A form carries a short digest of what each field held when it was shown: so only fields that were
changed are saved, and what others changed meanwhile stays.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from service import asked
from service.forms import Form, Posted
from triage.complaints import FIELDS, WORDS, Book, Choice, Fault, How, Record, RemedyState
from triage.complaints.record import Ending
from triage.complaints.text import clean

WAS = "was-"
"""Begins the names of the fields that hold the digests."""


def values_of(record: Record, zone: ZoneInfo) -> dict[str, str]:
    """Field -> what its input holds."""
    return {name: _as_text(getattr(record, name), zone) for name in FIELDS}


def digests(values: Mapping[str, str]) -> dict[str, str]:
    return {name: _digest(values[name]) for name in FIELDS}


def changed(form: Posted, zone: ZoneInfo) -> tuple[dict[str, str], dict[str, str]]:
    """What somebody changed, as ``triage.complaints.edited`` takes it, and what is wrong with it:
    field -> text, field -> reason."""
    taken: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name in FIELDS:
        if name not in form.values or _digest(form[name]) == form[WAS + name]:
            continue
        taken[name] = form[name]
        if name == "reported_at":
            try:
                moment = asked.wall_moment(form[name], zone)
                taken[name] = moment.isoformat() if moment else ""
            except asked.Wrong as error:
                wrong[name] = str(error)
    return taken, wrong


def again(form: Posted, record: Record, zone: ZoneInfo, wrong: Mapping[str, str]) -> Form:
    """What was typed where it was changed, what is kept now elsewhere: nothing typed is lost."""
    kept = values_of(record, zone)
    touched = {
        name: form[name]
        for name in FIELDS
        if name in form.values and _digest(form[name]) != form[WAS + name]
    }
    return Form({**kept, **touched}, wrong)


def choices(record: Record, book: Book) -> dict[str, list[tuple[str, str]]]:
    """Field -> what may be chosen; with what the record has already, whatever became of it."""
    found = {
        "cause": [(one.id, f"{one.group}: {one.name}") for one in book.causes],
        "product": [(one.id, one.name) for one in book.products],
        "team": [(one.id, one.name) for one in book.teams],
        "fault": [(one.value, _capital(one.value)) for one in Fault],
        "how": [(one.value, _capital(one.value)) for one in How],
        "ending": [(one.value, _capital(one.value)) for one in Ending],
    }
    for name in ("cause", "product", "team"):
        kept = getattr(record, name)
        if isinstance(kept, Choice) and kept.id not in dict(found[name]):
            found[name].append((kept.id, f"{kept.name} (no longer in use)"))
    return found


def lacking(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Fields that are missing: where to go on the page, and their words."""
    places = {"customer_facts": "facts", "our_facts": "facts", "remedy": "remedy"}
    return [(places.get(name, name), WORDS[name]) for name in names]


def remedy_waits(record: Record) -> bool:
    return record.remedy is not None and record.remedy.state is RemedyState.DEFERRED


def _as_text(value: object, zone: ZoneInfo) -> str:
    if isinstance(value, Choice):
        return value.id
    if isinstance(value, datetime):
        return asked.on_the_wall(value, zone)
    return "" if value is None else str(value)


def _digest(text: str) -> str:
    """Browsers send lines ended otherwise than they were given."""
    return sha256(clean(text).encode("utf-8", "replace")).hexdigest()[:16]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
