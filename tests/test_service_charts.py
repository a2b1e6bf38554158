import re
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service import charts
from service.charts import Bar, Piece, Point, Range

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80)
HOSTILE = '"/><script>alert(1)</script> fill="hatched"'


def parsed(picture: str) -> ElementTree.Element:
    """Well formed, or it raises."""
    return ElementTree.fromstring(picture)


def drawn(picture: str, name: str) -> list[ElementTree.Element]:
    return [one for one in parsed(picture).iter() if name in (one.get("class") or "").split()]


@settings(deadline=None)
@given(
    st.lists(st.builds(Bar, words, st.tuples(st.integers(0, 9999), st.integers(0, 9999)))), words
)
def test_bars_are_well_formed_and_fit(rows: list[Bar], title: str) -> None:
    picture = charts.bars(title, rows, ("ours", "others"))
    for box in drawn(picture, "box"):
        left, width = (float((box.get(name) or "").rstrip("%")) for name in ("x", "width"))
        assert 0 <= left + width <= 86.02
    assert len(drawn(picture, "figure")) == len(rows)


@settings(deadline=None)
@example([Point("next to nothing", 5e-324)])
@given(st.lists(st.builds(Point, words, st.none() | st.floats(0, 1e7)), max_size=160))
def test_columns_and_lines_are_well_formed_and_fit(points: list[Point]) -> None:
    for box in drawn(charts.columns("t", points, "u"), "box"):
        assert 0 <= float(box.get("height") or 0) <= 160.1
    line = charts.line("t", points, "u")
    assert len(drawn(line, "dot")) == sum(one.value is not None for one in points)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1e9), st.floats(0, 1e9)), max_size=6))
def test_ranges_stay_on_the_scale(found: list[tuple[float, float]]) -> None:
    rows = [Range("r", min(pair), max(pair), "said") for pair in found]
    for dot in drawn(charts.ranges("t", rows), "dot"):
        assert 0 <= float((dot.get("cx") or "").rstrip("%")) <= 100


def test_a_picture_says_in_words_what_it_shows() -> None:
    picture = charts.bars(
        "By cause", [Bar("Late", (3, 2)), Bar("Rude", (0, 1))], ("ours", "others")
    )
    root = parsed(picture)
    assert root.get("role") == "img"
    names = (root.get("aria-labelledby") or "").split()
    told = {one.get("id"): one.text for one in root if one.get("id")}
    assert [told[name] for name in names] == [
        "By cause",
        "Late: 5 (3 ours, 2 others); Rude: 1 (0 ours, 1 others)",
    ]


def test_kinds_are_told_apart_without_colour() -> None:
    picture = charts.stack("Promises", [("kept", 1), ("late", 1), ("open", 1), ("overdue", 1)])
    fillings = [one.get("fill") for one in drawn(picture, "box")]
    assert fillings[0] is None
    assert len(set(fillings)) == 4
    patterns = {f"url(#{one.get('id')})" for one in parsed(picture).iter("pattern")}
    assert set(fillings[1:]) <= patterns


def test_ids_of_two_pictures_differ() -> None:
    pictures = charts.stack("a", [("k", 1)]) + charts.stack("a", [("k", 1)]) + charts.legend(("a",))
    ids = re.findall(r'id="([^"]+)"', pictures)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("text", [HOSTILE, "&amp;", "x" * 5000, "\u202e\u0000"])
def test_strangers_words_stay_words(text: str) -> None:
    pictures = [
        charts.bars(text, [Bar(text, (1, 1))], (text, text)),
        charts.columns(text, [Point(text, 1)], text),
        charts.ranges(text, [Range(text, 60, 600, text)]),
        charts.stack(text, [(text, 1)]),
        charts.timeline(text, [Piece(text, 0, 1, "solid", text)], [(0, text)]),
        charts.legend((text,)),
    ]
    for picture in pictures:
        assert "<script>" not in picture
        if "\u0000" not in text:
            parsed(picture)


def test_no_style_is_written_into_a_picture() -> None:
    picture = charts.timeline("t", [Piece("Pat", 0, 0.5, "solid", "s")], [(0, "Mon")])
    assert "style=" not in picture
