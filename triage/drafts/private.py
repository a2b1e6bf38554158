"""What is private of the desk's people, found however it is disguised, and blotted out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from triage.drafts.plain import Plain, Span, plain
from triage.drafts.runs import runs_in
from triage.duty import Person, reveal_on_desk
from triage.duty.people import FEWEST_DIGITS, TELLING_DIGITS

BLOT: Final = "█"

_Digits: TypeAlias = list[tuple[str, int, int]]
"""A digit with the characters that stand for it."""

_NUMBER_WORDS: Final = {
    word: str(number)
    for number, words in enumerate(
        (
            "zero oh null nought",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
        )
    )
    for word in words.split()
}
_REPEATS: Final = {"double": 2, "triple": 3, "treble": 3}
_LOOKALIKES: Final = str.maketrans("OoQlI|SsBZz", "00011155822")
_PREFIX = re.compile(r"(?:(?:\+|00)\d{1,3}|0)?[ ()/.-]{0,3}\d{0,4}[ ()/.-]{0,2}\Z")
_LONGEST_PREFIX = 14
_WORD = re.compile(r"[A-Za-z]+|\d")
_CHUNK = re.compile(r"[\dOoQlI|SsBZz./()+-]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """``places`` are the characters to blot out, ``span`` where they begin and end."""

    places: tuple[int, ...]

    @property
    def span(self) -> Span:
        return self.places[0], self.places[-1] + 1


def private_in(text: str, people: Sequence[Person]) -> list[Finding]:
    """Every private phone number (spaced, spelled out, with letters for digits), home mail
    (spaced, ``at`` and ``dot`` written out) and run of a private note."""
    read = plain(text)
    streams = [list(stream(read.text)) for stream in (_digits, _spelled, _lookalike)]
    found: list[Finding] = []
    for person in people:
        phone = _telling(reveal_on_desk(person.personal_phone))
        if phone:
            found += [_finding(read, hit) for one in streams for hit in _hits(one, phone)]
        mail = reveal_on_desk(person.home_mail)
        if mail:
            found += [_letters(text, read, m.span()) for m in _disguised(mail).finditer(read.text)]
        note = reveal_on_desk(person.notes)
        if note:
            found += [_letters(text, None, span) for span in runs_in(text, [note], run=4, fewest=3)]
    return found


def blotted(text: str, people: Sequence[Person]) -> str:
    """The text with everything private blotted out, letter by letter; all else stays in place."""
    while found := private_in(text, people):
        hidden = {place for one in found for place in one.places}
        text = "".join(BLOT if at in hidden else one for at, one in enumerate(text))
    return text


def _telling(phone: str) -> str:
    digits = "".join(filter(str.isdigit, plain(phone).text)).lstrip("0")[-TELLING_DIGITS:]
    return digits if len(digits) >= FEWEST_DIGITS else ""


def _digits(text: str) -> Iterator[tuple[str, int, int]]:
    for at, one in enumerate(text):
        if one.isdigit():
            yield one, at, at + 1


def _spelled(text: str) -> Iterator[tuple[str, int, int]]:
    """``oh one seven one, triple five``"""
    times = 1
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if word in _REPEATS:
            times = _REPEATS[word]
            continue
        digit = _NUMBER_WORDS.get(word, word if word.isdigit() else "")
        for _ in range(times if digit else 0):
            yield digit, *match.span()
        times = 1


def _lookalike(text: str) -> Iterator[tuple[str, int, int]]:
    """``O171-SSS-OOO1``"""
    for match in _CHUNK.finditer(text):
        if match.end() - match.start() < 2 and not match[0].isdigit():
            continue
        for at, one in enumerate(match[0].translate(_LOOKALIKES), match.start()):
            if one.isdigit():
                yield one, at, at + 1


def _hits(stream: _Digits, phone: str) -> Iterator[_Digits]:
    digits = "".join(digit for digit, _, _ in stream)
    at = digits.find(phone)
    while at >= 0:
        yield stream[at : at + len(phone)]
        at = digits.find(phone, at + 1)


def _finding(read: Plain, hit: _Digits) -> Finding:
    """With the digits before it that belong to the same number."""
    first = hit[0][1]
    start = _PREFIX.search(read.text, max(0, first - _LONGEST_PREFIX), first)
    before = [
        at for at in range(start.start() if start else first, first) if read.text[at].isdigit()
    ]
    within = [at for _, begin, end in hit for at in range(begin, end)]
    return Finding(tuple(sorted({read.at[at] for at in (*before, *within)})))


def _letters(text: str, read: Plain | None, span: Span) -> Finding:
    start, end = read.span(*span) if read else span
    return Finding(tuple(at for at in range(start, end) if not text[at].isspace()))


def _disguised(mail: str) -> re.Pattern[str]:
    """The address with gaps between its letters, and its marks in words."""
    marks = {
        "@": r"(?:@|[(\[{<]?\s?at\s?[)\]}>]?)",
        ".": r"(?:\.|[(\[{<]?\s?dot\s?[)\]}>]?)",
    }
    return re.compile(
        r"\s{0,2}".join(marks.get(one, re.escape(one)) for one in plain(mail).text), re.I
    )
