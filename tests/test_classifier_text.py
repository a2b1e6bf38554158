"""The text that is scored, and its sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.classifier import mail_text
from triage.classifier.text import normalise, sentences


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        ("Broken", "Broken\n\nhello"),
        ("Re: Broken", "Broken\n\nhello"),
        ("RE: AW: Fwd: Broken", "Broken\n\nhello"),
        ("Re[2]: Broken", "Broken\n\nhello"),
        ("Regarding my bill", "Regarding my bill\n\nhello"),
        ("", "hello"),
        ("Re:", "hello"),
        ("two\r\n lines", "two lines\n\nhello"),
    ],
)
def test_subject_goes_first_without_reply_marks(subject: str, wanted: str) -> None:
    assert mail_text(subject, " hello\n") == wanted


def test_an_empty_mail_is_empty() -> None:
    assert mail_text("", "") == ""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("so \U0001f621", "so pouting face"),
        ("see https://example.org/a?b now", "see link now"),
        ("nooooooooo!!!!!!", "nooo!!!"),
        ("\uff21\uff22\uff23", "ABC"),
        ("a\u200bb\x00c", "abc"),
        ("x" * 500, "x" * 3),
        ("caf\u00e9", "caf\u00e9"),
        ("\ud800ok", "ok"),
    ],
)
def test_one_spelling(text: str, wanted: str) -> None:
    assert normalise(text) == wanted


@given(st.text())
def test_normalise_settles(text: str) -> None:
    assert len(normalise(text)) <= 60 * max(1, len(text))


def test_sentences_are_spans_of_the_text() -> None:
    text = "Late again\n\nI waited. Nobody came!! Why?\nv1.2 failed (again.) Bye"
    assert [text[a:b] for a, b in sentences(text)] == [
        "Late again",
        "I waited.",
        "Nobody came!!",
        "Why?",
        "v1.2 failed (again.)",
        "Bye",
    ]


@given(st.text())
def test_sentences_never_overlap(text: str) -> None:
    ends = [0]
    for start, end in sentences(text):
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)
