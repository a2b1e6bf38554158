"""Short messages: what may leave the house, and not a word more."""

import unicodedata
from dataclasses import replace
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile import HOSTILE, poisoned
from tests.notices import BRIEF, CASES, EVERY, FLAG, SAFETY
from triage.notify import short_text
from triage.types import Person, Severity

LINK = "https://triage.desk.example/"


@pytest.mark.parametrize("kind", EVERY)
def test_every_kind_fits_and_keeps_its_link(kind: str) -> None:
    title, body = short_text(EVERY[kind])
    assert 0 < len(title) <= 80
    assert len(body) <= 300
    assert body.splitlines()[-1].startswith(LINK)


@pytest.mark.parametrize("kind", sorted(CASES))
def test_a_case_goes_by_kind_severity_number_and_initials(kind: str) -> None:
    title, body = short_text(CASES[kind])
    assert title.startswith("HIGH: ")
    assert title.endswith(" (case 12345)")
    assert "J. D. – asks for a manager." in body
    assert "Jane" not in body
    assert "Jane Doe – asks for a manager." in short_text(CASES[kind], full_names=True)[1]


def test_an_emergency_says_so_first() -> None:
    notice = replace(
        CASES["reminder"], case=replace(BRIEF, severity=Severity.EMERGENCY), safety=SAFETY
    )
    title, body = short_text(notice)
    assert title.startswith("EMERGENCY: ")
    assert body.startswith("Somebody may come to harm. ")


SPOKEN = (
    "router",
    "speak to",
    "outage",
    "supervisor 93",
    "customer.example",
    "shouts",
    "line was busy",
    "Friday",
    "the part",
    "4930",
    "month is free",
    "It is late",
    "Manager!",
)


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("full_names", [False, True])
def test_no_word_of_a_mail_a_colleague_or_a_number_leaves(kind: str, full_names: bool) -> None:
    said = "\n".join(short_text(EVERY[kind], full_names))
    assert [words for words in SPOKEN if words in said] == []


NAMES = {
    "Jane Doe": ("J. D.", "Jane Doe"),
    "": ("A customer", "A customer"),
    "<!channel> @here": ("c. h.", "channel here"),
    "*Bo*_x_ [a](http://b.c)": ("B. a.", "Box ahttpb.c"),
    "+49 30 123": ("A customer", "49 30 123"),
    "Ünal Őze-Nagy": ("Ü. Ő.", "Ünal Őze-Nagy"),
    "A B C D E F": ("A. B. C. D.", "A B C D E F"),
    "a\r\nb\u202e": ("a. b.", "a b"),
}


@pytest.mark.parametrize(("name", "shown"), NAMES.items(), ids=range(len(NAMES)))
def test_a_name_is_neither_a_mention_nor_a_link(name: str, shown: tuple[str, str]) -> None:
    notice = replace(FLAG, customer=Person(name, "x@y.example"))
    for full, words in zip((False, True), shown, strict=True):
        assert f"now. {words} – asks for a manager." in short_text(notice, full)[1]


def test_a_long_link_is_left_out_rather_than_cut() -> None:
    notice = replace(FLAG, link="https://t.example/" + "x" * 250)
    assert "http" not in short_text(notice)[1]


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(sorted(EVERY)), st.lists(HOSTILE, min_size=1, max_size=6), st.booleans())
def test_nothing_hostile_breaks_a_short_message(kind: str, texts: list[str], full: bool) -> None:
    title, body = short_text(poisoned(EVERY[kind], cycle(texts)), full)
    assert len(title) <= 80
    assert len(body) <= 300
    assert len(body.splitlines()) <= 2
    assert title.splitlines() == [title]
    unseen = {c for c in title + body if unicodedata.category(c)[0] == "C"}
    assert unseen <= set("\n\u200c\u200d")
