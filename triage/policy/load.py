"""policy.toml -> Policy, or one error that says where and why; nothing is half taken."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from triage.errors import ConfigError
from triage.policy.reach import unreachable
from triage.policy.rules import (
    AUTOMATIC,
    NONE,
    NOT_SCORED,
    Condition,
    Example,
    Level,
    Policy,
    Rule,
)
from triage.tomlfile import read_toml
from triage.types import SIGNALS, MailKind, Outcome, Scores, Severity

_TOP = ("rules", "examples", "not_scored")
_RULE = ("name", "severity", "because", "when", "also", "outcome")
_EXAMPLE = ("says", "expect", "severity", "scores", "kind", "unread")
_NOT_SCORED = ("notify", "severity")
_E = TypeVar("_E", bound=StrEnum)
_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z_]+)\s*\]")


def load(path: Path | None = None) -> Policy:
    """The policy of ``path``, or the one that comes with Triage.

    Raises ``ConfigError`` with file, line where it can be told, and reason, for a file that cannot
    be read whole and understood whole: unknown keys, signals and values, repeated names, and rules
    that can never decide because an earlier one always does.
    """
    file = read_toml(path, "triage.policy", "policy.toml")
    return _Reader(file.source, file.text).policy(file.document, file.digest)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the file and the line it begins at, 0 where unknown."""

    title: str
    line: int
    keys: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns the parsed file into records; every complaint goes through ``wrong``."""

    source: str
    text: str

    def policy(self, document: dict[str, Any], digest: str) -> Policy:
        top = _Table("the file", 0, document)
        self.known(top, _TOP)
        rules = tuple(self.rule(table) for table in self.tables(top, "rules"))
        if not rules:
            raise self.wrong(top, "has no [[rules]]: nothing would ever be flagged")
        self.distinct(rules)
        self.reachable(rules)
        names = {rule.name for rule in rules}
        return Policy(
            source=self.source,
            digest=digest,
            rules=rules,
            examples=tuple(self.example(one, names) for one in self.tables(top, "examples")),
            not_scored=self.not_scored(document.get("not_scored", {})),
        )

    def rule(self, table: _Table) -> Rule:
        self.known(table, _RULE)
        name = self.words(table, "name", 60)
        if name == NONE or name.startswith((AUTOMATIC, NOT_SCORED)):
            raise self.wrong(table, f"name {name!r} is taken by Triage itself")
        outcome = self.choice(table, "outcome", (Outcome.FLAG, Outcome.PASS), Outcome.FLAG)
        if outcome is Outcome.PASS and "severity" in table.keys:
            raise self.wrong(table, "lets mail pass, so it has no severity")
        severity = None if outcome is Outcome.PASS else self.severity(table)
        return Rule(
            name=name,
            because=self.words(table, "because", 200),
            when=self.conditions(table, "when", required=True),
            also=self.conditions(table, "also", required=False),
            outcome=outcome,
            severity=severity,
            line=table.line,
        )

    def example(self, table: _Table, rules: set[str]) -> Example:
        self.known(table, _EXAMPLE)
        expect = self.words(table, "expect", 120)
        if expect not in rules | {NONE} and not expect.startswith((AUTOMATIC, NOT_SCORED)):
            raise self.wrong(table, f"expects the rule {expect!r}, and there is none of that name")
        return Example(
            says=self.words(table, "says", 2000),
            expect=expect,
            severity=self.severity(table) if "severity" in table.keys else None,
            scores=self.scores(table),
            kind=self.choice(table, "kind", tuple(MailKind), MailKind.CUSTOMER),
            unread=self.words(table, "unread", 100) if "unread" in table.keys else "",
            line=table.line,
        )

    def not_scored(self, keys: Any) -> Severity | None:
        line = next(iter(_lines_of(self.text, "not_scored")), 0)
        if not isinstance(keys, dict):
            raise self.wrong(_Table("not_scored", line, {}), "must be a table")
        table = _Table("[not_scored]", line, keys)
        self.known(table, _NOT_SCORED)
        notify = keys.get("notify", False)
        if not isinstance(notify, bool):
            raise self.wrong(table, "notify must be true or false")
        severity = self.choice(table, "severity", tuple(Severity), Severity.LOW)
        return severity if notify else None

    def conditions(self, table: _Table, key: str, required: bool) -> tuple[Condition, ...]:
        given = table.keys.get(key, {})
        if not isinstance(given, dict) or (required and not given):
            raise self.wrong(table, f"{key} must be a table of signals, as {{ angry = 'model' }}")
        return tuple(
            Condition(self.signal(table, key, signal), self.level(table, f"{key}.{signal}", level))
            for signal, level in given.items()
        )

    def scores(self, table: _Table) -> Scores:
        given = table.keys.get("scores", {})
        if not isinstance(given, dict):
            raise self.wrong(table, "scores must be a table of signals")
        read = {
            self.signal(table, "scores", signal): self.number(table, f"scores.{signal}", value)
            for signal, value in given.items()
        }
        return Scores(**(dict.fromkeys(SIGNALS, 0.0) | read))

    def severity(self, table: _Table) -> Severity:
        return self.choice(table, "severity", tuple(Severity), None)

    def signal(self, table: _Table, key: str, name: str) -> str:
        if name not in SIGNALS:
            raise self.wrong(table, f"{key} names {name!r}; the signals are {', '.join(SIGNALS)}")
        return name

    def level(self, table: _Table, key: str, value: Any) -> Level:
        return "model" if value == "model" else self.number(table, key, value, ' or "model"')

    def number(self, table: _Table, key: str, value: Any, otherwise: str = "") -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.wrong(table, f"{key} must be a number from 0 to 1{otherwise}")
        return float(value)

    def words(self, table: _Table, key: str, longest: int) -> str:
        value = table.keys.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise self.wrong(table, f"{key} must be a text of 1 to {longest} characters")
        if not value.isprintable():
            raise self.wrong(table, f"{key} must be one line without control characters")
        return value.strip()

    def choice(self, table: _Table, key: str, choices: Sequence[_E], otherwise: _E | None) -> _E:
        value = table.keys.get(key, otherwise)
        for one in choices:
            if one == value:
                return one
        raise self.wrong(table, f"{key} must be one of {', '.join(choices)}")

    def tables(self, top: _Table, key: str) -> list[_Table]:
        given = top.keys.get(key, [])
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise self.wrong(top, f"{key} must be written as [[{key}]] tables")
        lines = _lines_of(self.text, key)
        if len(lines) != len(given):
            lines = [0] * len(given)
        return [
            _Table(f"[[{key}]] number {place}", line, keys)
            for place, (line, keys) in enumerate(zip(lines, given, strict=True), 1)
        ]

    def known(self, table: _Table, keys: Sequence[str]) -> None:
        unknown = sorted(set(table.keys) - set(keys))
        if unknown:
            raise self.wrong(table, f"unknown key {unknown[0]!r}; known are {', '.join(keys)}")

    def distinct(self, rules: Sequence[Rule]) -> None:
        seen: dict[str, Rule] = {}
        for rule in rules:
            if rule.name in seen:
                title = f"rule “{rule.name}”"
                raise self.wrong(_Table(title, rule.line, {}), "bears a name that is taken")
            seen[rule.name] = rule

    def reachable(self, rules: Sequence[Rule]) -> None:
        for rule, sooner in unreachable(rules):
            title = f"rule “{rule.name}”"
            names = " or ".join(f"“{other.name}”" for other in sooner)
            raise self.wrong(
                _Table(title, rule.line, {}), f"can never decide: {names} always decides before it"
            )

    def wrong(self, table: _Table, reason: str) -> ConfigError:
        where = f"{self.source}, line {table.line}" if table.line else self.source
        return ConfigError(f"{where}: {table.title}: {reason}")


def _lines_of(text: str, key: str) -> list[int]:
    """Lines, from 1, of the headers of the tables called ``key``."""
    matches = ((n, _HEADER.match(line)) for n, line in enumerate(text.splitlines(), 1))
    return [number for number, match in matches if match and match[1] == key]
