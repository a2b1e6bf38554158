"""Trends as pictures with their tables beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from service import charts
from service.charts import Bar, Point, Range
from service.plain import one_line
from triage.store.trends import Counted, Promises, Waited, Week

SHOWN = 12
"""Bars of a picture; the rest are one bar together, and all are in the table."""
OURS = ("our fault", "others")
_WAITED = {
    "acknowledge": "Until somebody had it",
    "answer": "Until the customer had an answer",
    "tell": "Until the customer was told the outcome",
    "close": "Until it was over",
}


NO_LEGEND = Markup("")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table beside a picture; ``href`` leads to what was counted."""

    label: str
    cells: tuple[str, ...]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """``heads`` are those of the table; without ``rows`` nothing was counted."""

    title: str
    picture: Markup
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    legend: Markup = NO_LEGEND
    note: str = ""


def counted(title: str, kind: str, found: Sequence[Counted], period: str) -> Figure:
    """``kind`` is cause, product or team; ``period`` the part of an address for its days."""
    total = sum(one.cases for one in found)
    rows = [
        Row(
            _name(one),
            (str(one.cases), _share(one.cases, total), str(one.ours)),
            f"/log?{kind}={one.id}&{period}" if one.id else "",
        )
        for one in found
    ]
    shown = [Bar(_name(one), (one.ours, one.cases - one.ours)) for one in found[:SHOWN]]
    rest = found[SHOWN:]
    if rest:
        ours = sum(one.ours for one in rest)
        all = sum(one.cases for one in rest)
        shown.append(Bar(f"{len(rest)} others together", (ours, all - ours)))
    return Figure(
        title=title,
        picture=charts.bars(title, shown, OURS),
        heads=(kind.capitalize(), "Cases", "Share", "Our fault"),
        rows=tuple(rows),
        legend=charts.legend(OURS),
    )


def weeks(found: Sequence[Week], period: tuple[date, date]) -> Figure:
    """The first and the last week may be cut by the period; it says so."""
    first, last = period
    points = [Point(f"{one.monday.day} {one.monday:%b}", one.cases) for one in found]
    cut = []
    if found and found[0].monday < first:
        cut.append("the first")
    if found and found[-1].monday + timedelta(days=6) > last:
        cut.append("the last")
    note = f"Not whole: {' and '.join(cut)} week." if cut else ""
    return Figure(
        title="Complaints by week",
        picture=charts.columns("Complaints by week", points, "Complaints by week"),
        heads=("Week of", "Cases"),
        rows=tuple(Row(f"{one.monday.day} {one.monday:%b %Y}", (str(one.cases),)) for one in found),
        note=note,
    )


def waits(found: Sequence[Waited]) -> Figure:
    rows = [
        Row(
            _WAITED.get(one.what, one.what),
            (span(one.median), span(one.p90), str(one.cases), str(one.open)),
        )
        for one in found
    ]
    drawn = [
        Range(
            _WAITED.get(one.what, one.what),
            one.median.total_seconds() if one.median is not None else None,
            one.p90.total_seconds() if one.p90 is not None else None,
            f"half within {span(one.median)}, nine in ten within {span(one.p90)}",
        )
        for one in found
    ]
    title = "How long customers waited"
    return Figure(
        title=title,
        picture=charts.ranges(title, drawn),
        heads=("From being flagged", "Half within", "Nine in ten within", "Cases", "Not yet"),
        rows=tuple(rows) if any(one.cases for one in found) else (),
        note="Dot: half of them were done by then. Square: nine in ten. The scale grows tenfold.",
    )


def promises(found: Promises) -> Figure:
    kinds = (
        ("kept in time", found.kept),
        ("kept late", found.late),
        ("still in time", found.open),
        ("overdue", found.overdue),
    )
    total = sum(number for _, number in kinds)
    title = "Promises to customers"
    return Figure(
        title=title,
        picture=charts.stack(title, kinds),
        heads=("Promises", "Number", "Share"),
        rows=tuple(
            Row(name.capitalize(), (str(number), _share(number, total))) for name, number in kinds
        )
        if total
        else (),
        legend=charts.legend([name for name, _ in kinds]),
    )


def span(waited: timedelta | None) -> str:
    """``2 d 3 h``, ``3 h 5 min``, ``5 min``, ``40 s``."""
    if waited is None:
        return "not yet"
    seconds = round(waited.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _name(one: Counted) -> str:
    return one_line(f"{one.group}: {one.name}" if one.group else one.name, 100) or "Not said"


def _share(number: int, total: int) -> str:
    return f"{round(100 * number / total)} %" if total else "0 %"
