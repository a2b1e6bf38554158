"""Text from strangers, made fit to be shown."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.notify.words import (
    SIGNAL_WORDS,
    day_and_time,
    header_words,
    listed,
    moment,
    one_line,
    ordinal,
    size,
    span,
    unlinked,
)
from triage.types import SIGNALS

LINES = {
    "plain": ("Jane Doe", "Jane Doe"),
    "line ends": ("a\r\nBcc: b", "a Bcc: b"),
    "line ends of other scripts": ("a\u2028b\u2029c\x0bd\x0ce", "a b c d e"),
    "controls": ("a\x00b\x1b[1mc\x7f\x85", "ab[1mc"),
    "directions": ("a\u202eb\u2066c\u200f", "abc"),
    "invisible": ("a\u200bb\ufeffc\u2060\U000e0041", "abc"),
    "emoji of several": ("👩\u200d💻", "👩\u200d💻"),
    "persian": ("می\u200cخواهم", "می\u200cخواهم"),
    "broken surrogates": ("a\udcffb", "a\ufffdb"),
    "a tower of accents": ("e" + "\u0301" * 50 + "x", "e" + "\u0301" * 4 + "x"),
    "blanks": ("  a \t b\u00a0\u3000c ", "a b c"),
    "too long": ("a" * 50, "a" * 19 + "…"),
    "just fits": ("a" * 20, "a" * 20),
    "cut at a blank": ("a" * 18 + " " + "b" * 9, "a" * 18 + "…"),
    "nothing": ("\r\n\u202e", ""),
}


@pytest.mark.parametrize(("text", "line"), LINES.values(), ids=LINES)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text, 20) == line


@given(st.text(max_size=500), st.integers(2, 40))
def test_one_line_is_one_short_harmless_line(text: str, longest: int) -> None:
    line = one_line(text, longest)
    assert len(line) <= longest
    assert len(line.splitlines()) <= 1
    allowed = {"\u200c", "\u200d"}
    assert all(unicodedata.category(c)[0] != "C" or c in allowed for c in line)
    assert header_words(text, longest).count("=?") == 0


UNLINKED = {
    "https://a.example/b": "https:\u2060//a\u2060.example/b",
    "www.a.example": "www\u2060.a\u2060.example",
    "a@b.example": "a\u2060@b\u2060.example",
    "It is 3.50. Really. OK": "It is 3.50. Really. OK",
}


@pytest.mark.parametrize(("text", "safe"), UNLINKED.items())
def test_unlinked(text: str, safe: str) -> None:
    assert unlinked(text) == safe


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 KB"), (840_400, "840 KB"), (1_000_000, "1 MB"), (34_449_000, "34.4 MB")],
)
def test_size(count: int, words: str) -> None:
    assert size(count) == words


def test_moment() -> None:
    assert moment(datetime(2026, 11, 3, 4, 5, tzinfo=UTC)) == "Tue 3 Nov 2026, 04:05 UTC"


def test_day_and_time() -> None:
    assert day_and_time(datetime(2026, 11, 3, 4, 5, tzinfo=UTC)) == "Tue 3 Nov, 04:05 UTC"


SPANS = {
    0: "no time",
    -5: "no time",
    1: "1 second",
    40.4: "40 seconds",
    60: "1 minute",
    95: "1 minute 35 seconds",
    1200: "20 minutes",
    3600: "1 hour",
    11_100: "3 hours 5 minutes",
    11_159: "3 hours 5 minutes",
    172_800: "2 days",
    172_860: "2 days",
    180_000: "2 days 2 hours",
}


@pytest.mark.parametrize(("seconds", "words"), SPANS.items())
def test_span(seconds: float, words: str) -> None:
    assert span(seconds) == words


ORDINALS = {
    1: "1st",
    2: "2nd",
    3: "3rd",
    4: "4th",
    11: "11th",
    12: "12th",
    22: "22nd",
    113: "113th",
}


@pytest.mark.parametrize(("number", "word"), ORDINALS.items())
def test_ordinal(number: int, word: str) -> None:
    assert ordinal(number) == word


@pytest.mark.parametrize(
    ("names", "words"),
    [((), ""), (("Pat",), "Pat"), (("Pat", "Sam"), "Pat and Sam"), ("abc", "a, b and c")],
)
def test_listed(names: tuple[str, ...], words: str) -> None:
    assert listed(names) == words


def test_every_signal_has_words() -> None:
    assert set(SIGNAL_WORDS) == set(SIGNALS)
