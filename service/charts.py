"""Pictures of numbers, drawn by the server as SVG: they print, and are read without colour.

Widths are shares of the room there is, heights and letters are pixels, so that words keep their
size from a phone to a wall. Every picture says in words what it shows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, log10

from markupsafe import Markup

from service.drawing import PATTERNS, box, legend, legend_of, svg, text

__all__ = [
    "PATTERNS",
    "Bar",
    "Piece",
    "Point",
    "Range",
    "bars",
    "columns",
    "legend",
    "legend_of",
    "line",
    "ranges",
    "stack",
    "timeline",
]

_LABEL = 44
"""Characters of a label; more would run over the edge of a phone."""
_ROW, _BAR = 44, 16
_COLUMNS_HIGH = 160
_TOP, _BOTTOM, _LEFT = 18, 24, 9.0
_MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """``parts`` are whole numbers of one kind each, in the order of the picture's kinds."""

    label: str
    parts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.parts)


@dataclass(frozen=True, slots=True)
class Point:
    """``value`` is ``None`` where nothing was counted."""

    label: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Range:
    """From what half stays below to what nine in ten stay below, in seconds, and in words."""

    label: str
    median: float | None
    p90: float | None
    said: str


def bars(title: str, rows: Sequence[Bar], kinds: Sequence[str] = ()) -> Markup:
    """Lying bars, one below the other, each with its label above it and its number behind it.

    ``kinds`` name the parts of a bar, the first of them solid.
    """
    most = max((row.total for row in rows), default=0) or 1
    parts: list[str] = []
    for at, row in enumerate(rows):
        y, x = at * _ROW, 0.0
        parts.append(text(0, y + 14, _cut(row.label)))
        for part, pattern in zip(row.parts, PATTERNS, strict=False):
            width = part / most * 86
            if part:
                parts.append(box((x, y + 20), width, _BAR, pattern))
            x += width
        parts.append(text(x, y + 20 + _BAR - 3, str(row.total), shift=6, name="figure"))
    said = "; ".join(_bar_in_words(row, kinds) for row in rows) or "nothing"
    return svg(title, said, len(rows) * _ROW, parts)


def columns(title: str, points: Sequence[Point], unit: str) -> Markup:
    """Standing columns over time, every one with its number where there is room for it."""
    top = _nice(max((point.value or 0 for point in points), default=0))
    slot = (100 - _LEFT) / max(len(points), 1)
    parts = list(_grid(top))
    for at, point in enumerate(points):
        value = point.value or 0
        high = value / top * _COLUMNS_HIGH
        x, y = _LEFT + (at + 0.15) * slot, _TOP + _COLUMNS_HIGH - high
        if value:
            parts.append(box((x, y), slot * 0.7, high, "solid"))
        if value and len(points) <= 14:
            parts.append(text(x + slot * 0.35, y - 4, f"{value:g}", anchor="middle", name="figure"))
    parts += _ticks(points, slot)
    return svg(title, _points_in_words(points, unit), _TOP + _COLUMNS_HIGH + _BOTTOM, parts)


def line(title: str, points: Sequence[Point], unit: str, most: float = inf) -> Markup:
    """Values over time, each marked by a dot; none can be above ``most``."""
    top = min(_nice(max((point.value or 0 for point in points), default=0)), most)
    slot = (100 - _LEFT) / max(len(points), 1)
    parts = list(_grid(top))
    places = [
        (_LEFT + (at + 0.5) * slot, _TOP + _COLUMNS_HIGH * (1 - min(point.value, top) / top))
        for at, point in enumerate(points)
        if point.value is not None
    ]
    for (x, y), (to_x, to_y) in pairwise(places):
        parts.append(
            f'<line class="trace" x1="{x:.2f}%" y1="{y:.1f}" x2="{to_x:.2f}%" y2="{to_y:.1f}"/>'
        )
    parts += [f'<circle class="dot" cx="{x:.2f}%" cy="{y:.1f}" r="3.5"/>' for x, y in places]
    parts += _ticks(points, slot)
    return svg(title, _points_in_words(points, unit), _TOP + _COLUMNS_HIGH + _BOTTOM, parts)


_SCALE = ((60, "1 min"), (600, "10 min"), (3600, "1 h"), (21_600, "6 h"), (86_400, "1 d"))
_SCALE_END = ((604_800, "7 d"), (2_592_000, "30 d"))


def ranges(title: str, rows: Sequence[Range]) -> Markup:
    """From the median (a filled dot) to nine in ten (an open square), by the logarithm of time."""
    ticks = _SCALE + _SCALE_END
    high = len(rows) * _ROW
    parts = [
        f'<line class="grid" x1="{_at(seconds):.2f}%" y1="0" x2="{_at(seconds):.2f}%" y2="{high}"/>'
        + text(_at(seconds), high + 16, said, anchor="middle", name="tick")
        for seconds, said in ticks
    ]
    for at, row in enumerate(rows):
        y = at * _ROW + 30
        parts.append(text(0, y - 14, _cut(row.label)))
        if row.median is None or row.p90 is None:
            parts.append(text(0, y + 4, "not yet", name="tick"))
            continue
        x, to = _at(row.median), _at(row.p90)
        parts.append(f'<line class="span" x1="{x:.2f}%" y1="{y}" x2="{to:.2f}%" y2="{y}"/>')
        parts.append(
            f'<svg x="{to:.2f}%" y="{y}" overflow="visible">'
            '<rect class="open" x="-5" y="-5" width="10" height="10"/></svg>'
        )
        parts.append(f'<circle class="dot" cx="{x:.2f}%" cy="{y}" r="5"/>')
    return svg(title, "; ".join(f"{row.label}: {row.said}" for row in rows), high + _BOTTOM, parts)


def stack(title: str, kinds: Sequence[tuple[str, int]]) -> Markup:
    """One bar of several kinds, each with its own filling; ``legend`` says which."""
    total = sum(number for _, number in kinds) or 1
    parts, x = [], 0.0
    for (_, number), pattern in zip(kinds, PATTERNS, strict=False):
        width = number / total * 100
        if number:
            parts.append(box((x, 1), width, 26, pattern))
        x += width
    return svg(title, ", ".join(f"{number} {kind}" for kind, number in kinds), 28, parts)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a timeline, from ``start`` to ``end`` as shares (0 to 1) of its length."""

    label: str
    start: float
    end: float
    pattern: str
    said: str


def timeline(title: str, pieces: Sequence[Piece], marks: Sequence[tuple[float, str]]) -> Markup:
    """Who has what when: pieces side by side, with their names or initials where there is room;
    ``marks`` are lines across, such as midnights."""
    parts = [
        f'<line class="grid" x1="{at * 100:.2f}%" y1="0" x2="{at * 100:.2f}%" y2="54"/>'
        + text(at * 100, 66, said, shift=2, name="tick")
        for at, said in marks
    ]
    for piece in pieces:
        width = (piece.end - piece.start) * 100
        parts.append(box((piece.start * 100, 8), width, 38, piece.pattern, "piece"))
        label = _fitting(piece.label, width / 100 * 300)
        if label:
            parts.append(text(piece.start * 100, 32, label, shift=4, name="inside"))
    return svg(title, "; ".join(piece.said for piece in pieces), 72, parts)


def _grid(top: float) -> Iterator[str]:
    """The scale at the left: nothing, half, all."""
    for share in (0, 0.5, 1):
        y = _TOP + _COLUMNS_HIGH * (1 - share)
        yield f'<line class="grid" x1="{_LEFT}%" y1="{y:.1f}" x2="100%" y2="{y:.1f}"/>'
        yield text(_LEFT, y + 4, f"{top * share:g}", anchor="end", shift=-6, name="tick")


def _ticks(points: Sequence[Point], slot: float) -> list[str]:
    """As many labels below as fit on a phone."""
    step = -(-len(points) // _MOST_TICKS) or 1
    y = _TOP + _COLUMNS_HIGH + 17
    return [
        text(_LEFT + (at + 0.5) * slot, y, point.label, anchor="middle", name="tick")
        for at, point in enumerate(points)
        if at % step == 0
    ]


def _nice(most: float) -> float:
    """The end of a scale: 1, 2, 4, 5 or 10 times a power of ten, even where it counts."""
    if most < 1e-9:  # nothing, as far as a picture goes
        return 2
    power = 10 ** int(log10(most)) if most >= 1 else 10 ** (int(log10(most)) - 1)
    return float(next(power * step for step in (2, 4, 6, 8, 10, 20) if power * step >= most))


def _at(seconds: float) -> float:
    """Place of a time on the scale from half a minute to two months, in percent."""
    low, high = log10(30), log10(5_184_000)
    return 100 * (log10(min(max(seconds, 30), 5_184_000)) - low) / (high - low)


def _bar_in_words(row: Bar, kinds: Sequence[str]) -> str:
    said = f"{row.label}: {row.total}"
    if len(row.parts) > 1 and kinds:
        pairs = zip(row.parts, kinds, strict=False)
        said += f" ({', '.join(f'{part} {kind}' for part, kind in pairs)})"
    return said


def _points_in_words(points: Sequence[Point], unit: str) -> str:
    told = (f"{one.label}: {'none' if one.value is None else f'{one.value:g}'}" for one in points)
    return f"{unit}. {', '.join(told)}" if points else "nothing"


def initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()


def _fitting(label: str, width: float) -> str:
    """As much of a name as ``width`` pixels hold: all, the first word, its initials, nothing."""
    first = label.split(" ", maxsplit=1)[0]
    fits = (one for one in (label, first, initials(label)) if len(one) * 8.5 + 4 <= width)
    return next(fits, "")


def _cut(label: str) -> str:
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1].rstrip()}…"
