"""The rota as its page shows it: who is there now and next, the weeks ahead, what was changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from service import charts, words
from service.accounts.visitor import Visitor
from service.charts import Piece
from service.permissions import Act
from service.plain import one_line
from service.rota_changes import may_withdraw
from service.words import Moment
from triage.duty import Duty, Hole, Override, Shift
from triage.duty.rota import OVERRIDE
from triage.duty.wall import moment_of
from triage.store.rota import ASKED, RotaChange


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """``hole`` says why the rota names nobody."""

    who: str
    since: str
    until: str
    by: str
    now: bool
    hole: str = ""


@dataclass(frozen=True, slots=True)
class WeekView:
    title: str
    picture: Markup
    shifts: tuple[ShiftLine, ...]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """``answers``: the visitor may say yes or no; ``withdraws``: may take it back."""

    id: int
    what: str
    since: str
    until: str
    note: str
    asked: bool
    by: str
    at: Moment
    answers: bool
    withdraws: bool
    batch: str


def weeks(
    laid_out: Sequence[Shift | Hole], first: date, count: int, zone: ZoneInfo, now: datetime
) -> list[WeekView]:
    """Weeks from ``first`` on; ``laid_out`` covers all of them without gap."""
    patterns = _patterns(laid_out)
    found = []
    for number in range(count):
        day = first + timedelta(days=7 * number)
        start, end = moment_of(day, 0, zone), moment_of(day + timedelta(days=7), 0, zone)
        within = [one for one in laid_out if one.since < end and one.until > start]
        lines = tuple(_line(one, zone, now) for one in within)
        found.append(_week(within, lines, day, zone, patterns))
    return found


def _week(
    within: Sequence[Shift | Hole],
    lines: tuple[ShiftLine, ...],
    day: date,
    zone: ZoneInfo,
    patterns: Mapping[str, str],
) -> WeekView:
    start, end = moment_of(day, 0, zone), moment_of(day + timedelta(days=7), 0, zone)
    last = day + timedelta(days=6)
    title = f"{day.day} {day:%B} to {last.day} {last:%B %Y}"
    days = [day + timedelta(days=at) for at in range(7)]
    marks = [((moment_of(d, 0, zone) - start) / (end - start), f"{d:%a} {d.day}") for d in days]
    pieces = [
        Piece(
            label="Nobody" if line.hole else line.who,
            start=(max(one.since, start) - start) / (end - start),
            end=(min(one.until, end) - start) / (end - start),
            pattern=patterns[line.who] if not line.hole else "crossed",
            said=f"{line.since} to {line.until}: {'nobody' if line.hole else line.who}",
        )
        for one, line in zip(within, lines, strict=True)
    ]
    return WeekView(title, charts.timeline(title, pieces, marks), lines)


def legend(laid_out: Sequence[Shift | Hole]) -> Markup:
    """Whose filling is which, with the initials that stand in short shifts."""
    kinds = [
        (f"{name} ({charts.initials(name)})", one) for name, one in _patterns(laid_out).items()
    ]
    holes = any(isinstance(one, Hole) for one in laid_out)
    return charts.legend_of([*kinds, *([("nobody", "crossed")] if holes else [])])


def hole_line(hole: Hole, zone: ZoneInfo) -> ShiftLine:
    return _line(hole, zone, hole.since)


def _patterns(laid_out: Sequence[Shift | Hole]) -> dict[str, str]:
    """Neighbours differ: people have fillings in the order in which they appear."""
    names = dict.fromkeys(_name(one) for one in laid_out if isinstance(one, Shift))
    return {name: ("solid", "hatched", "dotted")[at % 3] for at, name in enumerate(names)}


def _line(one: Shift | Hole, zone: ZoneInfo, now: datetime) -> ShiftLine:
    since, until = wall(one.since, zone), wall(one.until, zone)
    now_on = one.since <= now < one.until
    if isinstance(one, Hole):
        who = one_line(one.covered_by.name, 60)
        return ShiftLine(who, since, until, "stands in", now_on, one_line(one.because, 120))
    by = "a change" if one.layer == OVERRIDE else one_line(one.layer, 60)
    return ShiftLine(_name(one), since, until, by, now_on)


def _name(one: Shift) -> str:
    return one_line(one.person.name, 60)


def change_line(
    change: RotaChange, duty: Duty, visitor: Visitor, zone: ZoneInfo, now: datetime
) -> ChangeLine:
    one, other = _known(duty, change.person), _known(duty, change.other)
    what = {
        "swap": f"{one} and {other} take each other’s turns",
        "absence": f"{one} is away",
        "override": f"{one} has the duty",
    }.get(change.kind, change.kind)
    asked = change.state == ASKED
    answers = asked and (visitor.person == change.other or visitor.may(Act.ROTA_CHANGE))
    return ChangeLine(
        id=change.id,
        what=what,
        since=wall(change.starts_at, zone),
        until=wall(change.ends_at, zone),
        note=one_line(change.note, 300),
        asked=asked,
        by=one_line(change.settled_by or change.asked_by, 60),
        at=words.moment(change.settled_at or change.asked_at, now),
        answers=answers,
        withdraws=may_withdraw(visitor, change),
        batch=change.batch,
    )


def file_lines(duty: Duty, role: str, zone: ZoneInfo, now: datetime) -> list[tuple[str, str, str]]:
    """Changes that stand in the duty file, with their times; those that are over are left out."""
    found = []
    for one in duty.rota.changes:
        if one.role != role or one.until <= now:
            continue
        if isinstance(one, Override):
            what = f"{_known(duty, one.person)} has the duty"
        else:
            pair = f"{_known(duty, one.one)} and {_known(duty, one.other)}"
            what = f"{pair} take each other’s turns"
        found.append((what, wall(one.start, zone), wall(one.until, zone)))
    for away in duty.rota.absences:
        if away.until > now:
            times = wall(away.start, zone), wall(away.until, zone)
            found.append((f"{_known(duty, away.person)} is away", *times))
    return found


def wall(moment: datetime, zone: ZoneInfo) -> str:
    """``Mon 2 Nov 2026, 18:00``."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def _known(duty: Duty, id: str) -> str:
    person = duty.person(id)
    return one_line(person.name if person else id, 60)
