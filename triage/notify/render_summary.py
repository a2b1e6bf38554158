"""Bundles, digests and holes in the rota as the templates show them."""

from dataclasses import dataclass
from typing import Final

from triage.notify.looks import CALM, COLOURS
from triage.notify.summary import Bundle, Digest, Gap, HoleNotice, Line, Took
from triage.notify.words import day_and_time, moment, one_line, span, unlinked
from triage.types import Severity

MOST_LINES: Final = 250
"""Cases in one mail; the rest are counted, and a tap away."""

_ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True)
class _LineView:
    severity: str
    colour: str
    case_number: str
    customer: str
    rule: str
    sentence: str
    since: str
    link: str


@dataclass(frozen=True, slots=True)
class ListView:
    """``figures`` are (name, value) pairs above the lines; ``more`` counts what is not shown."""

    title: str
    colour: str
    label: str
    headline: str
    under: str
    figures: tuple[tuple[str, str], ...]
    lines: tuple[_LineView, ...]
    more: int
    link: str
    button: str
    foot: str


@dataclass(frozen=True, slots=True)
class _GapView:
    role: str
    since: str
    until: str
    covered_by: str
    because: str


@dataclass(frozen=True, slots=True)
class HoleView:
    colour: str
    headline: str
    gaps: tuple[_GapView, ...]
    link: str
    foot: str


def bundle_view(bundle: Bundle, answer_to: str) -> ListView:
    lines = in_order(bundle.lines)
    worst = lines[0].severity
    return ListView(
        title=bundle_words(bundle),
        colour=COLOURS[worst],
        label=f"{worst.capitalize()} and below" if _mixed(lines) else worst.capitalize(),
        headline=f"Take these {bundle_words(bundle)} from the top."
        if len(lines) > 1
        else "Take this case.",
        under="The most serious stand first. An emergency is never in such a list: it comes alone.",
        figures=(),
        lines=tuple(_line(one) for one in lines[:MOST_LINES]),
        more=max(0, len(lines) - MOST_LINES),
        link=bundle.link or "",
        button="Open the list",
        foot="Many at once come as one mail. " + _foot(answer_to),
    )


def digest_view(digest: Digest, answer_to: str) -> ListView:
    lines = in_order(digest.lines)
    counts = (
        ("New", str(digest.new)),
        ("Closed", str(digest.closed)),
        ("Open at the end", str(digest.open)),
        ("Overdue", str(digest.overdue)),
    )
    promises = digest.promises
    kept = (
        f"{promises.kept} kept, {promises.overdue} overdue, {promises.coming} due the next day",
    )
    return ListView(
        title=digest_words(digest),
        colour=CALM,
        label="Digest",
        headline=digest_words(digest) + ".",
        under="Look at these first." if lines else "Nothing that needs a look of yours.",
        figures=(*counts, *(_took(one) for one in digest.took), ("Promises", *kept)),
        lines=tuple(_line(one) for one in lines[:MOST_LINES]),
        more=max(0, len(lines) - MOST_LINES),
        link=digest.link or "",
        button="Open the list",
        foot=_foot(answer_to),
    )


def hole_view(notice: HoleNotice, answer_to: str) -> HoleView:
    return HoleView(
        colour=COLOURS[Severity.HIGH],
        headline=f"{hole_words(notice)}: please fill {'it' if len(notice.gaps) == 1 else 'them'}.",
        gaps=tuple(_gap(one) for one in notice.gaps[:MOST_LINES]),
        link=notice.link or "",
        foot="Until then whoever stands in is told of every flag. " + _foot(answer_to),
    )


def bundle_words(bundle: Bundle) -> str:
    return f"{len(bundle.lines)} case{'s' if len(bundle.lines) > 1 else ''}"


def digest_words(digest: Digest) -> str:
    day = f"{digest.day:%a} {digest.day.day} {digest.day:%b %Y}"
    return f"{day}: {digest.new} new, {digest.open} open, {digest.overdue} overdue"


def hole_words(notice: HoleNotice) -> str:
    first = notice.gaps[0]
    begins = day_and_time(first.since)
    if len(notice.gaps) == 1:
        return f"The rota has no {one_line(first.role, 40)} from {begins}"
    return f"The rota has {len(notice.gaps)} holes, the first from {begins}"


def in_order(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The most serious first, then who waits longest."""
    return tuple(sorted(lines, key=lambda one: (_ORDER.index(one.severity), one.since)))


def _mixed(lines: tuple[Line, ...]) -> bool:
    return len({line.severity for line in lines}) > 1


def _line(line: Line) -> _LineView:
    return _LineView(
        severity=line.severity.capitalize(),
        colour=COLOURS[line.severity],
        case_number=one_line(line.case_number, 40),
        customer=unlinked(one_line(line.customer, 60)) or "A customer",
        rule=one_line(line.rule, 80),
        sentence=unlinked(one_line(line.sentence, 160)),
        since=day_and_time(line.since),
        link=line.link or "",
    )


def _took(took: Took) -> tuple[str, str]:
    if took.median is None or took.longest is None:
        return one_line(took.what, 40), "none"
    words = f"half within {span(took.median)}, the longest {span(took.longest)}"
    return one_line(took.what, 40), words


def _gap(gap: Gap) -> _GapView:
    return _GapView(
        one_line(gap.role, 40),
        moment(gap.since),
        moment(gap.until),
        one_line(gap.covered_by, 60) or "nobody",
        one_line(gap.because, 200),
    )


def _foot(answer_to: str) -> str:
    return f"A reply to this mail goes to {answer_to}."
