"""Text from strangers, made fit to be shown."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.notify.words import (
    SIGNAL_WORDS,
    header_words,
    moment,
    one_line,
    size,
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


def test_every_signal_has_words() -> None:
    assert set(SIGNAL_WORDS) == set(SIGNALS)
