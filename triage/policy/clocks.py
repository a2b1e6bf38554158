"""The tables ``[clocks.*]`` -> timetables, and which of them a decision gets."""

import re
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from triage.policy.duration import DAY, in_words, seconds
from triage.policy.reading import Reader, Table
from triage.policy.rules import Policy
from triage.policy.timetable import EVERYBODY, Timetable
from triage.types import Decision, Severity

_TIMES = ("repeat", "ceiling", "answer", "progress", "outcome", "confirm", "manager")
_KEYS = ("at_once", "every_channel", "tries", "confirm_tries", "working_hours", *_TIMES)
_FASTER = ("repeat", "ceiling", "answer", "outcome", "manager")
"""Times in which the more serious may not be the slower."""
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_SHORTEST, _LONGEST = 30.0, 91 * DAY
_LONGEST_SILENCE = 7 * DAY


def timetable(policy: Policy, decision: Decision) -> Timetable:
    """The clocks of a flag: those its rule names, else those of its severity.

    Raises ``ValueError`` for a decision that is no flag.
    """
    if decision.severity is None:
        raise ValueError("a decision without severity has no clocks")
    rule = policy.rule(decision.rule)
    return policy.clocks[(rule.clocks if rule else "") or decision.severity]


def read_clocks(reader: Reader, document: Mapping[str, Any]) -> Mapping[str, Timetable]:
    """Name -> timetable, immutable. Raises ``ConfigError``."""
    top = reader.table(document, "clocks")
    tables = {name: reader.table(top.keys, name, f"clocks.{name}") for name in top.keys}
    for severity in Severity:
        if severity not in tables:
            raise reader.wrong(top, f"[clocks.{severity}] is missing")
    for name, table in tables.items():
        if not _NAME.fullmatch(name):
            raise reader.wrong(table, "a name has small letters, digits, - and _, 40 at most")
    clocks = {name: _timetable(reader, table, name) for name, table in tables.items()}
    _urgent_enough(reader, tables[Severity.EMERGENCY], clocks[Severity.EMERGENCY])
    for graver, milder in pairwise(Severity):
        _not_slower(reader, tables[graver], tables[milder])
    return MappingProxyType(clocks)


def _timetable(reader: Reader, table: Table, name: str) -> Timetable:
    reader.known(table, _KEYS)
    missing = [key for key in _KEYS if key not in table.keys]
    if missing:
        raise reader.wrong(table, f"lacks {', '.join(missing)}")
    working = reader.truth(table, "working_hours")
    times = {key: _time(reader, table, key, working) for key in _TIMES}
    if times["ceiling"] < times["repeat"]:
        reason = "ceiling is shorter than repeat: those at the end would be told oftener than any"
        raise reader.wrong(table, reason, "ceiling")
    if times["outcome"] < times["answer"]:
        raise reader.wrong(table, "outcome is due before answer", "outcome")
    return Timetable(
        name=name,
        at_once=_at_once(reader, table),
        every_channel=reader.truth(table, "every_channel"),
        tries=reader.whole(table, "tries", 20),
        confirm_tries=reader.whole(table, "confirm_tries", 20),
        working_hours=working,
        **times,
    )


def _at_once(reader: Reader, table: Table) -> int:
    if table.keys["at_once"] == "everybody":
        return EVERYBODY
    value = table.keys["at_once"]
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= EVERYBODY:
        reason = f"at_once must be 'everybody' or a whole number from 1 to {EVERYBODY}"
        raise reader.wrong(table, reason, "at_once")
    return value


def _time(reader: Reader, table: Table, key: str, working: bool) -> float:
    longest = _LONGEST_SILENCE if key in {"repeat", "ceiling"} else _LONGEST
    try:
        plain, length = seconds(table.keys[key]), seconds(table.keys[key], working)
    except ValueError as error:
        raise reader.wrong(table, f"{key} {error}", key) from None
    if not _SHORTEST <= plain <= longest:
        reason = f"{key} must be from {in_words(_SHORTEST)} to {in_words(longest)}"
        raise reader.wrong(table, reason, key)
    return length


def _urgent_enough(reader: Reader, table: Table, clocks: Timetable) -> None:
    """Danger goes to more than one person, on more than one channel, at any hour (P8)."""
    if clocks.at_once < 2:
        raise reader.wrong(table, "an emergency goes to more than one person", "at_once")
    if not clocks.every_channel:
        raise reader.wrong(table, "an emergency goes out on every channel", "every_channel")
    if clocks.working_hours:
        raise reader.wrong(table, "an emergency does not wait for hours", "working_hours")


def _not_slower(reader: Reader, graver: Table, milder: Table) -> None:
    """By the words of the file, a day being 24 hours on either side."""
    if graver.keys["working_hours"] and not milder.keys["working_hours"]:
        reason = f"waits for working hours, and {milder.title} does not"
        raise reader.wrong(graver, reason, "working_hours")
    for key in _FASTER:
        if seconds(graver.keys[key]) > seconds(milder.keys[key]):
            raise reader.wrong(graver, f"{key} is longer than that of {milder.title}", key)
