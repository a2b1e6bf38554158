"""Where in a TOML file a key stands: ``tomllib`` does not say."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""As ``("people", 2, "mail")``, places counted from 0."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)(?:\s*\.\s*[A-Za-z0-9_-]+)*\s*=")
_LONG = re.compile(r'"""|\'\'\'')


def lines_of(text: str) -> dict[Path, int]:
    """Path -> line, from 1, of every table and every plainly written key."""
    found: dict[Path, int] = {}
    counted: Counter[Path] = Counter()
    table: Path = ()
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if not inside:
            header, key = _HEADER.match(line), _KEY.match(line)
            if header:
                table = _table(header[2].split("."), header[1] == "[[", counted)
                found.setdefault(table, number)
            elif key:
                found.setdefault((*table, key[1]), number)
        inside ^= len(_LONG.findall(line)) % 2 == 1
    return found


def line_at(lines: Mapping[Path, int], path: Sequence[str | int]) -> int:
    """The line of ``path`` or of the nearest that holds it; 0 where none is known."""
    for length in range(len(path), 0, -1):
        for known in (tuple(path[:length]), (*path[:length], 0)):
            if known in lines:
                return lines[known]
    return 0


def _table(names: Sequence[str], is_list: bool, counted: Counter[Path]) -> Path:
    path: Path = ()
    for name in names:
        path = (*path, name)
        last = len([part for part in path if isinstance(part, str)]) == len(names)
        if last and is_list:
            counted[path] += 1
        if counted[path]:
            path = (*path, counted[path] - 1)
    return path
