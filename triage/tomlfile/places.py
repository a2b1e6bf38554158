"""What is wrong in a file, in words: file, line, key and reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from triage.errors import ConfigError
from triage.tomlfile.lines import Path, line_at

if TYPE_CHECKING:  # not every file is checked by it
    from pydantic import ValidationError

MOST = 20
"""Things wrong that are told of at once."""


def in_words(error: "ValidationError", says: Callable[[tuple[str | int, ...], str], str]) -> str:
    """A line for each thing wrong, once; ``says`` puts a path and a reason into words. What the
    file holds is never quoted."""
    said = {
        says(problem["loc"], _reason(problem["type"], problem["msg"])): None
        for problem in error.errors(include_input=False, include_url=False)[:MOST]
    }
    return "\n".join(said)


@dataclass(frozen=True, slots=True)
class Places:
    """A file's name, and the line at which each of its keys stands (``lines_of``)."""

    source: str
    lines: dict[Path, int]

    def says(self, path: Sequence[str | int], reason: str) -> str:
        line = line_at(self.lines, path)
        where = f"{self.source}, line {line}" if line else self.source
        return f"{where}: {self.key(path) or 'the file'}: {reason}"

    def key(self, path: Sequence[str | int]) -> str:
        """``people 3, mail`` for ``("people", 2, "mail")``."""
        said = ""
        for part in path:
            if isinstance(part, int):
                said += f" {part + 1}"
            else:
                said += f", {part}" if said else part
        return said

    def wrong(self, path: Sequence[str | int], reason: str) -> NoReturn:
        raise ConfigError(self.says(path, reason))


def _reason(kind: str, message: str) -> str:
    return "no such key" if kind == "extra_forbidden" else message.removeprefix("Value error, ")
