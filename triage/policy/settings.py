"""The tables ``[safety]``, ``[storm]`` and ``[manager]`` -> records."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from triage.policy.duration import DAY, in_words, seconds
from triage.policy.reading import Reader, Table

_NUMBER = re.compile(r"[0-9+*#()/. -]{2,40}")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_MOST = 20


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """As people dial it."""

    label: str
    number: str


@dataclass(frozen=True, slots=True)
class Safety:
    """What is shown beside a threat of harm: whom to call, and the steps, in order (P8)."""

    numbers: tuple[EmergencyNumber, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Storm:
    """A person gets ``singly`` notices one by one in any ``window`` (seconds); what comes beyond
    waits for one bundle at its end. Emergencies always go on their own."""

    singly: int
    window: float


def read_safety(reader: Reader, document: Mapping[str, Any]) -> Safety:
    """Raises ``ConfigError``, as all of these."""
    table = reader.table(document, "safety")
    reader.known(table, ("numbers", "steps"))
    numbers = tuple(_number(reader, table, one) for one in _list(reader, table, "numbers"))
    steps = tuple(
        reader.line_of_text(table, f"steps number {place}", one, 400)
        for place, one in enumerate(_list(reader, table, "steps"), 1)
    )
    return Safety(numbers, steps)


def read_storm(reader: Reader, document: Mapping[str, Any]) -> Storm:
    table = reader.table(document, "storm")
    reader.known(table, ("singly", "window"))
    try:
        window = seconds(table.keys.get("window"))
    except ValueError as error:
        raise reader.wrong(table, f"window {error}", "window") from None
    if not 30 <= window <= DAY:
        raise reader.wrong(table, f"window must be from 30 s to {in_words(DAY)}", "window")
    return Storm(reader.whole(table, "singly", 1_000), window)


def read_manager_digest(reader: Reader, document: Mapping[str, Any]) -> time | None:
    """When the Manager's digest goes out, by the desk's wall clock; ``None`` for none."""
    table = reader.table(document, "manager")
    reader.known(table, ("digest",))
    given = table.keys.get("digest")
    if given == "off":
        return None
    match = _CLOCK.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        raise reader.wrong(table, "digest must be 'off' or a time of day such as '07:30'", "digest")
    return time(int(match[1]), int(match[2]))


def _list(reader: Reader, table: Table, key: str) -> list[Any]:
    given = table.keys.get(key)
    if not isinstance(given, list) or not 1 <= len(given) <= _MOST:
        raise reader.wrong(table, f"{key} must be a list of 1 to {_MOST}", key)
    return given


def _number(reader: Reader, table: Table, given: object) -> EmergencyNumber:
    if not isinstance(given, dict) or set(given) != {"label", "number"}:
        reason = "numbers must be written as { label = 'Emergency', number = '112' }"
        raise reader.wrong(table, reason, "numbers")
    label = reader.line_of_text(table, "label", given["label"], 60)
    number = reader.line_of_text(table, "number", given["number"], 40)
    if not _NUMBER.fullmatch(number) or sum(map(str.isdigit, number)) < 2:
        raise reader.wrong(table, f"{number!r} is no number that could be dialled", "numbers")
    return EmergencyNumber(label, number)
