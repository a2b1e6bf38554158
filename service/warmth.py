"""How angry the customer reads over a thread: a small picture, and the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service import words
from triage.store.cases import CaseMail
from triage.store.life import warmth

WIDTH, HEIGHT = 260, 84
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 10, 12
LEVELS = ("calm", "upset", "angry", "irate")
_MOST = 3.0


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    said: str


@dataclass(frozen=True, slots=True)
class Picture:
    """``line`` are the points of a polyline in a box of ``WIDTH`` by ``HEIGHT``; ``levels`` are the
    heights of the levels with their names; ``said`` is all of it in words."""

    points: tuple[Point, ...]
    line: str
    levels: tuple[tuple[float, str], ...]
    said: str


def picture(mails: Sequence[CaseMail], now: datetime) -> Picture | None:
    """Of the customer's mails that were scored, oldest first; ``None`` where there are not two."""
    read = [(one, warmth(one.scores)) for one in mails if one.scores and one.kind == "customer"]
    if len(read) < 2:
        return None
    read = read[-40:]
    step = (WIDTH - _LEFT - _RIGHT) / (len(read) - 1)
    points = tuple(
        Point(
            round(_LEFT + step * at, 1),
            _height(warm),
            f"{words.moment(mail.received, now).written}: {level(warm)}",
        )
        for at, (mail, warm) in enumerate(read)
    )
    return Picture(
        points=points,
        line=" ".join(f"{point.x},{point.y}" for point in points),
        levels=tuple((_height(float(at)), name) for at, name in enumerate(LEVELS)),
        said=_in_words([warm for _, warm in read]),
    )


def level(warm: float) -> str:
    """The name of the level that ``warm``, 0 to 3, is nearest to."""
    return LEVELS[min(3, max(0, round(warm)))]


def _height(warm: float) -> float:
    share = min(_MOST, max(0.0, warm)) / _MOST
    return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)


def _in_words(course: Sequence[float]) -> str:
    first, last = course[0], course[-1]
    if level(first) == level(last):
        how = f"{level(last)}, as at first"
    else:
        how = f"{level(last)}; at first {level(first)}"
    worst = max(course)
    peak = f"; {level(worst)} in between" if level(worst) not in {level(first), level(last)} else ""
    return f"{len(course)} mails: now {how}{peak}."
