from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from service.marking import FARTHEST, SHOWN, Piece, mark
from service.plain import plain
from triage.classifier import mail_text


def evidence(read: str, said: str, signal: str = "angry", shift: int = 0) -> Mapping[str, Any]:
    start = read.find(said) + shift
    return {"text": said, "start": start, "end": start + len(said), "signal": signal, "score": 0.5}


def test_a_sentence_is_marked_where_it_stands() -> None:
    read = mail_text("Re: Order", "  No. No. Enough!\n")
    second = {"text": "No.", "start": read.rindex("No."), "signal": "angry"}
    marked = mark("Re: Order", "  No. No. Enough!\n", [second])
    assert marked.body == (Piece("No. "), Piece("No.", ("angry",)), Piece(" Enough!"))
    assert marked.subject == (Piece("Re: Order"),)
    assert marked.unplaced == ()


def test_a_sentence_in_the_subject_is_marked_there() -> None:
    read = mail_text("Re: You liars", "Hello.")
    marked = mark("Re: You liars", "Hello.", [evidence(read, "You liars", "abusive")])
    assert marked.subject == (Piece("You liars", ("abusive",)),)
    assert marked.body == (Piece("Hello."),)


def test_offsets_that_do_not_fit_are_mended_by_looking() -> None:
    read = mail_text("s", "One. Two. Three.")
    for start in (-5, 0, 3, 10**9, None, "x", 2.5):
        item = {**evidence(read, "Two."), "start": start}
        assert Piece("Two.", ("angry",)) in mark("s", "One. Two. Three.", [item]).body


def test_a_sentence_that_is_nowhere_is_listed_apart() -> None:
    marked = mark("s", "Calm.", [{"text": "Gone.", "start": 0, "signal": "angry"}] * 2)
    assert marked.body == (Piece("Calm."),)
    assert marked.unplaced == (Piece("Gone.", ("angry",)),)


def test_overlapping_sentences_are_cut_at_each_others_ends() -> None:
    read = mail_text("", "aaa bbb ccc")
    items = [evidence(read, "aaa bbb", "angry"), evidence(read, "bbb ccc", "upset")]
    assert mark("", "aaa bbb ccc", items).body == (
        Piece("aaa ", ("angry",)),
        Piece("bbb", ("angry", "upset")),
        Piece(" ccc", ("upset",)),
    )


def test_a_long_text_is_cut_and_says_so() -> None:
    marked = mark("s", "x" * 1_000_000, [])
    assert sum(len(piece.text) for piece in marked.body) == SHOWN
    assert marked.left_out == 1_000_000 - SHOWN


def test_a_deciding_sentence_far_on_is_still_shown() -> None:
    text = "x " * 20_000 + "This is a disgrace."
    read = mail_text("s", text)
    marked = mark("s", text, [evidence(read, "This is a disgrace.")])
    assert marked.body[-1] == Piece("This is a disgrace.", ("angry",))
    assert marked.left_out == 0


def test_a_deciding_sentence_too_far_on_is_listed_apart() -> None:
    text = "x " * FARTHEST + "This is a disgrace."
    read = mail_text("s", text)
    marked = mark("s", text, [evidence(read, "This is a disgrace.")])
    assert marked.unplaced == (Piece("This is a disgrace.", ("angry",)),)


@settings(deadline=None)
@given(
    st.text(max_size=200),
    st.text(max_size=400),
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "text": st.text(max_size=20),
                "start": st.integers() | st.none(),
                "signal": st.sampled_from(["angry", "upset"]),
            },
        ),
        max_size=6,
    ),
)
def test_no_evidence_loses_or_invents_a_character(
    subject: str, text: str, items: list[dict[str, Any]]
) -> None:
    marked = mark(subject, text, items)
    shown = "".join(piece.text for piece in marked.body)
    read = mail_text(subject, text)
    assert shown.split() == plain(read[-len(text.strip()) :] if text.strip() else "").split()
