"""What every part of the policy file is read with; every complaint names file, line and reason."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from triage.errors import ConfigError

_E = TypeVar("_E", bound=StrEnum)
_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the file and the line it begins at, 0 where unknown."""

    title: str
    line: int
    keys: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """The file under its name in messages, and its text, for line numbers."""

    source: str
    text: str

    def wrong(self, table: Table, reason: str, key: str = "") -> ConfigError:
        line = self._line_of_key(table.line, key) if key and table.line else table.line
        where = f"{self.source}, line {line}" if line else self.source
        return ConfigError(f"{where}: {table.title}: {reason}")

    def known(self, table: Table, keys: Sequence[str]) -> None:
        unknown = sorted(set(table.keys) - set(keys))
        if unknown:
            raise self.wrong(table, f"unknown key {unknown[0]!r}; known are {', '.join(keys)}")

    def words(self, table: Table, key: str, longest: int) -> str:
        return self.line_of_text(table, key, table.keys.get(key), longest)

    def line_of_text(self, table: Table, key: str, value: object, longest: int) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise self.wrong(table, f"{key} must be a text of 1 to {longest} characters")
        if not value.isprintable():
            raise self.wrong(table, f"{key} must be one line without control characters")
        return value.strip()

    def truth(self, table: Table, key: str, otherwise: bool | None = None) -> bool:
        value = table.keys.get(key, otherwise)
        if not isinstance(value, bool):
            raise self.wrong(table, f"{key} must be true or false", key)
        return value

    def whole(self, table: Table, key: str, most: int) -> int:
        value = table.keys.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise self.wrong(table, f"{key} must be a whole number from 1 to {most}", key)
        return value

    def choice(self, table: Table, key: str, choices: Sequence[_E], otherwise: _E | None) -> _E:
        value = table.keys.get(key, otherwise)
        for one in choices:
            if one == value:
                return one
        raise self.wrong(table, f"{key} must be one of {', '.join(choices)}")

    def tables(self, top: Table, key: str) -> list[Table]:
        given = top.keys.get(key, [])
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise self.wrong(top, f"{key} must be written as [[{key}]] tables")
        lines = self._lines_of(key)
        if len(lines) != len(given):
            lines = [0] * len(given)
        return [
            Table(f"[[{key}]] number {place}", line, keys)
            for place, (line, keys) in enumerate(zip(lines, given, strict=True), 1)
        ]

    def table(self, parent: Mapping[str, Any], key: str, path: str = "") -> Table:
        """The table ``key`` of ``parent``; ``path`` is its full name in the file."""
        path = path or key
        line = next(iter(self._lines_of(path)), 0)
        keys = parent.get(key, {})
        if not isinstance(keys, dict):
            raise self.wrong(Table(path, line, {}), "must be a table")
        return Table(f"[{path}]", line, keys)

    def _lines_of(self, path: str) -> list[int]:
        """Lines, from 1, of the headers of the tables called ``path``."""
        matches = ((n, _HEADER.match(one)) for n, one in enumerate(self.text.splitlines(), 1))
        return [number for number, match in matches if match and match[1] == path]

    def _line_of_key(self, header: int, key: str) -> int:
        """The line of ``key`` in the table whose header is on that line, else the header's."""
        for number, one in enumerate(self.text.splitlines()[header:], header + 1):
            match = _KEY.match(one)
            if match and match[1] == key:
                return number
            if _HEADER.match(one):
                break
        return header
