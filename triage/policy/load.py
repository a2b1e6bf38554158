"""policy.toml -> Policy, or one error that says where and why; nothing is half taken."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from triage.policy.clocks import read_clocks
from triage.policy.reach import unreachable
from triage.policy.reading import Reader, Table
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
from triage.policy.settings import read_manager_digest, read_safety, read_storm
from triage.tomlfile import read_toml
from triage.types import SIGNALS, MailKind, Outcome, Scores, Severity

_PARTS = ("clocks", "safety", "storm", "manager")
"""Tables that a file may leave out, and then has as Triage brings them."""
_TOP = ("rules", "examples", "not_scored", *_PARTS)
_RULE = ("name", "severity", "because", "when", "also", "outcome", "clocks")
_EXAMPLE = ("says", "expect", "severity", "scores", "kind", "unread")
_NOT_SCORED = ("notify", "severity")


def load(path: Path | None = None) -> Policy:
    """The policy of ``path``, or the one that comes with Triage.

    Raises ``ConfigError`` with file, line where it can be told, and reason, for a file that cannot
    be read whole and understood whole: unknown keys, signals and values, repeated names, rules
    that can never decide because an earlier one always does, and clocks that are missing, absurd,
    or slower for the graver case. A file without ``[clocks]``, ``[safety]``, ``[storm]`` or
    ``[manager]`` has that part as it comes with Triage.
    """
    file = read_toml(path, "triage.policy", "policy.toml")
    return _Reader(file.source, file.text).policy(file.document, file.digest)


@cache
def _packaged() -> Policy:
    return load()


@dataclass(frozen=True, slots=True)
class _Reader(Reader):
    """Turns the parsed file into records."""

    def policy(self, document: dict[str, Any], digest: str) -> Policy:
        top = Table("the file", 0, document)
        self.known(top, _TOP)
        clocks = read_clocks(self, document) if "clocks" in document else _packaged().clocks
        rules = tuple(self.rule(table, clocks) for table in self.tables(top, "rules"))
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
            not_scored=self.not_scored(self.table(document, "not_scored")),
            clocks=clocks,
            safety=read_safety(self, document) if "safety" in document else _packaged().safety,
            storm=read_storm(self, document) if "storm" in document else _packaged().storm,
            manager_digest=(
                read_manager_digest(self, document)
                if "manager" in document
                else _packaged().manager_digest
            ),
        )

    def rule(self, table: Table, clocks: Collection[str]) -> Rule:
        self.known(table, _RULE)
        name = self.words(table, "name", 60)
        if name == NONE or name.startswith((AUTOMATIC, NOT_SCORED)):
            raise self.wrong(table, f"name {name!r} is taken by Triage itself")
        outcome = self.choice(table, "outcome", (Outcome.FLAG, Outcome.PASS), Outcome.FLAG)
        if outcome is Outcome.PASS and "severity" in table.keys:
            raise self.wrong(table, "lets mail pass, so it has no severity")
        if outcome is Outcome.PASS and "clocks" in table.keys:
            raise self.wrong(table, "lets mail pass, so it has no clocks")
        severity = None if outcome is Outcome.PASS else self.severity(table)
        return Rule(
            name=name,
            because=self.words(table, "because", 200),
            when=self.conditions(table, "when", required=True),
            also=self.conditions(table, "also", required=False),
            outcome=outcome,
            severity=severity,
            line=table.line,
            clocks=self.clocks(table, clocks) if "clocks" in table.keys else "",
        )

    def clocks(self, table: Table, known: Collection[str]) -> str:
        name = self.words(table, "clocks", 40)
        if name not in known:
            reason = f"clocks names {name!r}; there are {', '.join(known)}"
            raise self.wrong(table, reason, "clocks")
        return name

    def example(self, table: Table, rules: set[str]) -> Example:
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

    def not_scored(self, table: Table) -> Severity | None:
        self.known(table, _NOT_SCORED)
        notify = self.truth(table, "notify", otherwise=False)
        severity = self.choice(table, "severity", tuple(Severity), Severity.LOW)
        return severity if notify else None

    def conditions(self, table: Table, key: str, required: bool) -> tuple[Condition, ...]:
        given = table.keys.get(key, {})
        if not isinstance(given, dict) or (required and not given):
            raise self.wrong(table, f"{key} must be a table of signals, as {{ angry = 'model' }}")
        return tuple(
            Condition(self.signal(table, key, signal), self.level(table, f"{key}.{signal}", level))
            for signal, level in given.items()
        )

    def scores(self, table: Table) -> Scores:
        given = table.keys.get("scores", {})
        if not isinstance(given, dict):
            raise self.wrong(table, "scores must be a table of signals")
        read = {
            self.signal(table, "scores", signal): self.number(table, f"scores.{signal}", value)
            for signal, value in given.items()
        }
        return Scores(**(dict.fromkeys(SIGNALS, 0.0) | read))

    def severity(self, table: Table) -> Severity:
        return self.choice(table, "severity", tuple(Severity), None)

    def signal(self, table: Table, key: str, name: str) -> str:
        if name not in SIGNALS:
            raise self.wrong(table, f"{key} names {name!r}; the signals are {', '.join(SIGNALS)}")
        return name

    def level(self, table: Table, key: str, value: Any) -> Level:
        return "model" if value == "model" else self.number(table, key, value, ' or "model"')

    def number(self, table: Table, key: str, value: Any, otherwise: str = "") -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self.wrong(table, f"{key} must be a number from 0 to 1{otherwise}")
        return float(value)

    def distinct(self, rules: Sequence[Rule]) -> None:
        seen: dict[str, Rule] = {}
        for rule in rules:
            if rule.name in seen:
                title = f"rule “{rule.name}”"
                raise self.wrong(Table(title, rule.line, {}), "bears a name that is taken")
            seen[rule.name] = rule

    def reachable(self, rules: Sequence[Rule]) -> None:
        for rule, sooner in unreachable(rules):
            title = f"rule “{rule.name}”"
            names = " or ".join(f"“{other.name}”" for other in sooner)
            raise self.wrong(
                Table(title, rule.line, {}), f"can never decide: {names} always decides before it"
            )
