"""Who has the duty now, next, and over a time: pure functions of the desk and a moment."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from triage.duty.book import Book, Post, book_of
from triage.duty.desk import Duty
from triage.duty.people import Person, Role
from triage.duty.rota import Absences, Hole, Overrides, Shift
from triage.duty.wall import aware

REACH = timedelta(days=366)
"""How far from the moment asked about a shift's begin and end, and the next shift, are sought."""

LONGEST = timedelta(days=3660)
"""The longest time that is laid out at once."""

_STEPS = (timedelta(days=2), timedelta(days=16), timedelta(days=90), REACH)
_TICK = timedelta(microseconds=1)


def on_duty(
    duty: Duty, role: Role, moment: datetime, *, overrides: Overrides = (), absences: Absences = ()
) -> Shift:
    """Who has the duty at ``moment``: always somebody, the fallback person where the rota names
    nobody.

    ``overrides`` and ``absences`` come on top of the file's own. An absent person never has the
    duty; their next in turn stands in. A shift that goes on for longer is cut ``REACH`` from
    ``moment``. Raises ``ValueError`` for a moment without a time zone.
    """
    moment = aware(moment)
    book = book_of(duty, role, overrides, absences)
    return _shift_at(duty, book, moment)


def next_on_duty(
    duty: Duty, role: Role, moment: datetime, *, overrides: Overrides = (), absences: Absences = ()
) -> Shift | None:
    """The first shift after ``moment`` that is somebody else's than the one at ``moment``, also
    the fallback person's; ``None`` when there is none within ``REACH``."""
    moment = aware(moment)
    book = book_of(duty, role, overrides, absences)
    now = book.post(moment).person
    for edge in _later_edges(book, moment):
        if book.post(edge).person != now:
            return _shift_at(duty, book, edge)
    return None


def shifts(
    duty: Duty,
    role: Role,
    start: datetime,
    end: datetime,
    *,
    overrides: Overrides = (),
    absences: Absences = (),
) -> tuple[Shift | Hole, ...]:
    """The time from ``start`` until ``end`` (excluded) laid out in order, without gap or overlap.

    Raises ``ValueError`` for moments without a time zone, an empty time, or one over ``LONGEST``.
    """
    start, end = aware(start), aware(end)
    if not timedelta(0) < end - start <= LONGEST:
        raise ValueError(f"the time must be longer than nothing and at most {LONGEST.days} days")
    book = book_of(duty, role, overrides, absences)
    return tuple(
        Hole(since, until, _person(duty, post), post.because)
        if post.because
        else Shift(_person(duty, post), since, until, post.layer)
        for post, since, until in _laid_out(book, start, end)
    )


def holes(
    duty: Duty,
    role: Role,
    start: datetime,
    end: datetime,
    *,
    overrides: Overrides = (),
    absences: Absences = (),
) -> tuple[Hole, ...]:
    """Where the rota names nobody, to be told ahead; raises as ``shifts``."""
    laid_out = shifts(duty, role, start, end, overrides=overrides, absences=absences)
    return tuple(one for one in laid_out if isinstance(one, Hole))


def _laid_out(
    book: Book, start: datetime, end: datetime
) -> Iterator[tuple[Post, datetime, datetime]]:
    since, post = start, book.post(start)
    for edge, _ in pairwise((*book.edges(start, end - _TICK), end)):
        after = book.post(edge)
        if after != post:
            yield post, since, edge
            since, post = edge, after
    yield post, since, end


def _shift_at(duty: Duty, book: Book, moment: datetime) -> Shift:
    post = book.post(moment)
    later = (edge for edge in _later_edges(book, moment) if book.post(edge) != post)
    sooner = (edge for edge in _sooner_edges(book, moment) if book.post(edge - _TICK) != post)
    return Shift(
        person=_person(duty, post),
        since=next(sooner, moment - REACH),
        until=next(later, moment + REACH),
        layer=post.layer,
        covered_by_fallback=bool(post.because),
    )


def _later_edges(book: Book, moment: datetime) -> Iterator[datetime]:
    """Sought in growing steps: most shifts end soon."""
    start = moment
    for step in _STEPS:
        yield from book.edges(start, moment + step)
        start = moment + step


def _sooner_edges(book: Book, moment: datetime) -> Iterator[datetime]:
    """Latest first, from ``moment`` itself back."""
    end = moment
    for step in _STEPS:
        yield from reversed(book.edges(moment - step, end))
        end = moment - step


def _person(duty: Duty, post: Post) -> Person:
    person = duty.person(post.person)
    assert person is not None, "loading refuses layers and fallbacks of unknown people"
    return person
