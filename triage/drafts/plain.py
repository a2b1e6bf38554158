"""A text as a check reads it: one spelling for what looks the same, every place known."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

Span: TypeAlias = tuple[int, int]
"""Characters from, until; the second is not part of it."""

_ALIKE: Final = {
    **dict.fromkeys("‘’‚‛`´ʼ", "'"),
    **dict.fromkeys("“”„‟", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
_QUOTED = re.compile(r"^[ \t]*>.*$", re.M)
_END = re.compile(r"[.!?]+[\"')]*(?=\s|$)|\n[ \t]*\n|\n(?=[ \t]*[-*•][ \t])")


@dataclass(frozen=True, slots=True)
class Plain:
    """``at`` has for each character its place in the text it was made of."""

    text: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        return self.at[start], self.at[end - 1] + 1


@dataclass(frozen=True, slots=True)
class Sentence:
    """``start`` is its place in the plain text."""

    text: str
    start: int
    paragraph: int


def plain(text: str) -> Plain:
    """Accents, invisible characters and typographers' marks are gone, digits are 0 to 9."""
    if text.isascii():
        return Plain(text, tuple(range(len(text))))
    kept: list[str] = []
    at: list[int] = []
    for place, one in enumerate(text):
        written = one if one.isascii() else _written(one)
        kept.append(written)
        at += [place] * len(written)
    return Plain("".join(kept), tuple(at))


def _written(one: str) -> str:
    if one in _ALIKE:
        return _ALIKE[one]
    digit = unicodedata.digit(one, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(one) in {"Zs", "Zl", "Zp"}:
        return " " if unicodedata.category(one) == "Zs" else "\n"
    return "".join(
        each
        for each in unicodedata.normalize("NFKD", one)
        if unicodedata.category(each) not in {"Mn", "Me", "Cf"}
    )


def own_words(text: str) -> str:
    """The text with quoted lines blanked, at the same places: what somebody else wrote is not
    judged as ours."""
    return _QUOTED.sub(lambda match: " " * len(match[0]), text)


def sentences(text: str) -> Iterator[Sentence]:
    """In order. Single line ends are spaces: a wrapped text reads as an unwrapped one."""
    start = paragraph = 0
    for end in [*_END.finditer(text), None]:
        stop = end.end() if end else len(text)
        words = text[start:stop]
        if words.strip():
            yield Sentence(words.replace("\n", " "), start, paragraph)
        paragraph += bool(end and "\n" in end[0])
        start = stop
