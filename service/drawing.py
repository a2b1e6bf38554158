"""SVG as charts need it: widths in percent, heights in pixels, fillings that need no colour."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import count

from markupsafe import Markup

PATTERNS = ("solid", "hatched", "dotted", "crossed")
"""Fillings told apart without colour, in the order in which they are used."""
_ids = count(1)


def svg(title: str, said: str, height: float, parts: Iterable[str]) -> Markup:
    prefix = f"c{next(_ids)}"
    body = _fill("".join(parts), prefix)
    return Markup(  # noqa: S704 - every word in it is escaped
        f'<svg class="chart" role="img" width="100%" height="{height:g}" '
        f'aria-labelledby="{prefix}-title {prefix}-said" focusable="false">'
        f'<title id="{prefix}-title">{escape(title)}</title>'
        f'<desc id="{prefix}-said">{escape(said)}</desc>{_defs(prefix)}{body}</svg>'
    )


def legend(kinds: Sequence[str]) -> Markup:
    """Which filling is what, in the order in which they are used."""
    return legend_of(list(zip(kinds, PATTERNS, strict=False)))


def legend_of(kinds: Sequence[tuple[str, str]]) -> Markup:
    """Each kind with its filling."""
    shown = "".join(f"<li>{_swatch(pattern)} {escape(kind)}</li>" for kind, pattern in kinds)
    return Markup(f'<ul class="legend">{shown}</ul>')  # noqa: S704 - every word is escaped


def _swatch(pattern: str) -> str:
    prefix = f"k{next(_ids)}"
    drawn = _fill(box((0, 0.5), 100, 13, pattern), prefix)
    return (
        f'<svg class="chart swatch" width="18" height="14" aria-hidden="true">{_defs(prefix)}'
        f"{drawn}</svg>"
    )


def _defs(prefix: str) -> str:
    """The fillings; their ids must be the page's only ones."""
    return (
        "<defs>"
        f'<pattern id="{prefix}-hatched" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="under" width="6" height="6"/>'
        '<line class="over" x1="1" y1="0" x2="1" y2="6"/></pattern>'
        f'<pattern id="{prefix}-dotted" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect class="under" width="6" height="6"/><circle class="point" cx="3" cy="3" r="1.3"/>'
        "</pattern>"
        f'<pattern id="{prefix}-crossed" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="under" width="7" height="7"/>'
        '<path class="over" d="M0 3.5H7M3.5 0V7"/></pattern>'
        "</defs>"
    )


def _fill(body: str, prefix: str) -> str:
    for pattern in PATTERNS[1:]:
        body = body.replace(f'fill="{pattern}"', f'fill="url(#{prefix}-{pattern})"')
    return body


def box(at: tuple[float, float], width: float, height: float, pattern: str, name: str = "") -> str:
    """``at`` and ``width`` in percent of the width, but ``at[1]`` and ``height`` in pixels."""
    filled = "solid" if pattern == "solid" else "filled"
    filling = "" if pattern == "solid" else f' fill="{pattern}"'
    x, y = at
    return (
        f'<rect class="{f"box {filled} {name}".strip()}"{filling} x="{x:.2f}%" y="{y:.1f}" '
        f'width="{width:.2f}%" height="{height:.1f}"/>'
    )


def text(
    x: float, y: float, said: str, *, anchor: str = "start", shift: int = 0, name: str = "label"
) -> str:
    moved = f' dx="{shift}"' if shift else ""
    return (
        f'<text class="{name}" x="{x:.2f}%" y="{y:.1f}"{moved} '
        f'text-anchor="{anchor}">{escape(said)}</text>'
    )
