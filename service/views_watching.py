"""Mailboxes and the model as their pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service import charts, views, words
from service.charts import Bar, Point
from service.plain import one_line
from service.views_trends import Figure, Row
from service.words import Moment
from triage.config import Mailbox
from triage.store.mailboxes import FolderHealth
from triage.store.watching import Drift, DriftWeek, Judged, LedgerCount
from triage.types import SIGNALS

OUTCOME = {
    "flag": "Flagged",
    "pass": "Not flagged",
    "unscored": "For a person, not scored",
    "automatic": "Written by machines or by us",
    "failed": "Could not be read",
    "repeat": "Read before, elsewhere",
    "too_old": "From before we watched",
    "vanished": "Gone before it was read",
}
KINDS = {"mail": "On mail", "cfpb": "On complaints to a public agency"}
"""Texts that a model is measured on, by the name that its metrics give them."""
FIRST_WEEKS = 4
"""Weeks that later ones are compared with."""
MOODS = ("upset", "angry", "irate")


@dataclass(frozen=True, slots=True)
class FolderView:
    """``well`` while it is watched; ``where`` is the server or the path, empty where the settings
    no longer name the mailbox."""

    name: str
    where: str
    state: str
    well: bool
    trouble: str
    since: Moment
    changed: Moment
    seen: Moment | None
    counts: tuple[tuple[str, str, str], ...]
    total: str


def folder_view(
    folder: FolderHealth,
    counts: Sequence[LedgerCount],
    named: Mapping[str, Mailbox],
    now: datetime,
) -> FolderView:
    own = [one for one in counts if (one.mailbox, one.folder) == (folder.mailbox, folder.folder)]
    last = folder.seen_at or folder.changed_at
    silent = folder.state != "standby" and now - last > views.SILENCE
    ill = folder.state in {"trouble", "refused", "stopped"}
    state = words.MAILBOX.get(folder.state, folder.state)
    return FolderView(
        name=one_line(f"{folder.mailbox} / {folder.folder}", 120),
        where=_where(named.get(folder.mailbox)),
        state="no word from its watcher" if silent and not ill else state,
        well=not silent and not ill,
        trouble=one_line(folder.trouble, 400),
        since=words.moment(folder.since, now),
        changed=words.moment(folder.changed_at, now),
        seen=words.moment(folder.seen_at, now) if folder.seen_at else None,
        counts=tuple(
            (OUTCOME.get(one.outcome, one.outcome), f"{one.places:,}", f"{one.lately:,}")
            for one in own
        ),
        total=f"{sum(one.places for one in own):,}",
    )


def never_met(named: Mapping[str, Mailbox], folders: Sequence[FolderHealth]) -> list[str]:
    """Folders of the settings that no watcher has looked at yet."""
    met = {(one.mailbox, one.folder) for one in folders}
    return [
        one_line(f"{name} / {folder}", 120)
        for name, mailbox in named.items()
        for folder in mailbox.folders
        if (name, folder) not in met
    ]


def _where(mailbox: Mailbox | None) -> str:
    if mailbox is None:
        return ""
    place = mailbox.host if mailbox.kind == "imap" else str(mailbox.path or "")
    return one_line(f"{mailbox.kind} {place}", 160)


def drift(found: Drift) -> list[Figure]:
    """The share that was flagged, and the mean of the moods read, week by week."""
    share = [Point(_week(one), round(100 * one.flagged / one.mails, 2)) for one in found.weeks]
    warm = [Point(_week(one), round(_warmth(one), 3)) for one in found.weeks]
    note = f"Counted from every {found.every}th mail." if found.every > 1 else ""
    note = f"{_compared(share, ' %')} {note}".strip()
    flagged = tuple(
        Row(_monday(one), (f"{one.mails:,}", str(one.flagged), f"{point.value:.1f} %"))
        for one, point in zip(found.weeks, share, strict=True)
    )
    moods = tuple(
        Row(_monday(one), (*(f"{one.means[mood]:.2f}" for mood in MOODS), f"{point.value:.2f}"))
        for one, point in zip(found.weeks, warm, strict=True)
    )
    return [
        Figure(
            "Share of mail flagged",
            charts.line("Share of mail flagged", share, "Percent flagged by week", 100),
            ("Week of", "Mails read", "Flagged", "Share flagged"),
            flagged,
            note=note,
        ),
        Figure(
            "Mean anger read",
            charts.line("Mean anger read", warm, "Mean anger from 0 to 3 by week", len(MOODS)),
            ("Week of", *(words.sentence_case(words.SIGNAL[mood]) for mood in MOODS), "Together"),
            moods,
            note=f"From 0, all calm, to 3, all irate. {_compared(warm, '')}".strip(),
        ),
    ]


def signals_drift(found: Drift) -> list[tuple[str, str, str, str]]:
    """Each signal with its mean in the first weeks, in the last one, and the change."""
    if len(found.weeks) <= FIRST_WEEKS:
        return []
    first, last = found.weeks[:FIRST_WEEKS], found.weeks[-1]
    mails = sum(one.mails for one in first)
    told = []
    for signal in SIGNALS:
        before = sum(one.means[signal] * one.mails for one in first) / mails
        now = last.means[signal]
        told.append(
            (
                words.SIGNAL[signal],
                f"{before:.3f}",
                f"{now:.3f}",
                f"{round(now - before, 3) + 0.0:+.3f}",
            )
        )
    return told


def judged(found: Sequence[Judged]) -> Figure:
    by_signal = {one.signal: one for one in found}
    known = [(signal, by_signal[signal]) for signal in SIGNALS if signal in by_signal]
    title = "What people said of it"
    return Figure(
        title=title,
        picture=charts.bars(
            title,
            [Bar(words.sentence_case(words.SIGNAL[s]), (one.right, one.wrong)) for s, one in known],
            ("right", "wrong"),
        ),
        heads=("Signal", "Right", "Wrong", "Share right"),
        rows=tuple(
            Row(
                words.sentence_case(words.SIGNAL[s]),
                (str(one.right), str(one.wrong), f"{100 * one.right // (one.right + one.wrong)} %"),
            )
            for s, one in known
        ),
        legend=charts.legend(("right", "wrong")),
    )


def measured(
    metrics: Mapping[str, Any], thresholds: Mapping[str, float]
) -> list[tuple[str, list[tuple[str, ...]]]]:
    """What kind of text, and a row a signal: from which probability on it counts, and what the
    model's makers measured that to be worth."""
    unseen = _mapping(metrics.get("unseen"))
    told = []
    to_point, signals = _mapping(metrics.get("to_point")), _mapping(metrics.get("signals"))
    for kind in to_point:
        rows = [("Whether it is for the Point Person", "", *_figures(_mapping(to_point[kind])))]
        rows += [
            (_signal(name), _enough(thresholds.get(name)), *_figures(_mapping(figures)))
            for name, figures in _mapping(signals.get(kind)).items()
        ]
        title = ": ".join(filter(None, (KINDS.get(kind, str(kind)), str(unseen.get(kind, "")))))
        told.append((one_line(title, 240), rows))
    return told


def enough(thresholds: Mapping[str, float]) -> list[tuple[str, str]]:
    return [(_signal(name), _enough(least)) for name, least in thresholds.items()]


def _signal(name: str) -> str:
    return words.sentence_case(words.SIGNAL.get(name, name))


def _enough(least: float | None) -> str:
    return "–" if least is None else f"{least:.3f}"


def _figures(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Without a text that has the signal, nothing can be said of how well it is found."""
    marked = found.get("marked")
    shares = ("auc", "precision", "recall")
    return (
        *(_number(found.get(name), "{:,.0f}") for name in ("rows", "marked")),
        *(_number(found.get(name) if marked else None, "{:.3f}") for name in shares),
        _number(found.get("false_per_1000"), "{:,.1f}"),
    )


def _number(value: object, form: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–"
    return form.format(value)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _monday(one: DriftWeek) -> str:
    return f"{one.monday.day} {one.monday:%b %Y}"


def _week(one: DriftWeek) -> str:
    return f"{one.monday.day} {one.monday:%b}"


def _warmth(one: DriftWeek) -> float:
    return sum(one.means[mood] for mood in MOODS)


def _compared(points: Sequence[Point], unit: str) -> str:
    if len(points) <= FIRST_WEEKS:
        return ""
    first = sum(one.value or 0 for one in points[:FIRST_WEEKS]) / FIRST_WEEKS
    last = points[-1].value or 0
    return (
        f"The first {FIRST_WEEKS} weeks: {first:.3g}{unit} on average; the last: {last:.3g}{unit}."
    )
