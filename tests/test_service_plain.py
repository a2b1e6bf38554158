from hypothesis import given, settings
from hypothesis import strategies as st

from service.plain import one_line, plain

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


def test_overrides_and_invisible_characters_go() -> None:
    assert plain(f"exe.{OVERRIDES}fdp") == "exe.fdp"
    assert plain("a\x00b\x1b[31mc\ufeffd\u200be\U000e0041f") == "ab[31mcdef"


def test_what_people_write_stays() -> None:
    said = "Ünïcödé\tمرحبا שלום 你好 👩\u200d👧 naïve\nline"
    assert plain(said) == said


def test_every_line_break_is_a_newline() -> None:
    assert plain("a\r\nb\rc\u2028d\u2029e\u0085f") == "a\nb\nc\nd\ne\nf"


@settings(deadline=None)
@given(st.text())
def test_nothing_is_left_that_reorders(text: str) -> None:
    assert not set(plain(text)) & set(OVERRIDES)
    assert plain(plain(text)) == plain(text)


@settings(deadline=None)
@given(st.text(), st.integers(min_value=2, max_value=50))
def test_one_line_is_one_line_and_no_longer(text: str, longest: int) -> None:
    line = one_line(text, longest)
    assert len(line) <= longest
    assert "\n" not in line
