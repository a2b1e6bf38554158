"""When a layer covers, whose turn it is, and where either changes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from triage.duty.rota import Layer, OnHolidays
from triage.duty.wall import DAY, day_of, moment_of
from triage.duty.week import Interval, Span, intervals_of

EVER = tuple(Span(day, 0, DAY) for day in range(7))
NEAR = (-1, 0, 1)
"""Days whose hours may hold a moment of day 0: the night before, and the day after, where clocks
go back over midnight so that it begins and the day before comes again."""


def covers(layer: Layer, moment: datetime) -> bool:
    if (layer.start and moment < layer.start) or (layer.until and moment >= layer.until):
        return False
    if _always(layer):
        return True
    today = day_of(moment, layer.zone)
    return any(
        start <= moment < end
        for near in NEAR
        for start, end in _hours(layer, today + timedelta(days=near))
    )


def turn(layer: Layer, moment: datetime) -> int:
    """How many hand-overs there were since the first; 0 in the first turn."""
    if layer.turns is None:
        return 0
    turns = (day_of(moment, layer.zone) - layer.turns.first).days // layer.turns.days
    while _hand_over(layer, turns) > moment:
        turns -= 1
    while _hand_over(layer, turns + 1) <= moment:
        turns += 1
    return turns


def in_turn(layer: Layer, moment: datetime) -> tuple[str, ...]:
    """Ids, first the one whose turn it is, then those who stand in, next in turn first."""
    first = turn(layer, moment) % len(layer.people)
    return layer.people[first:] + layer.people[:first]


def edges(layer: Layer, start: datetime, end: datetime) -> Iterator[datetime]:
    """Moments after ``start``, up to and with ``end``, at which coverage or turn may change, in
    no order."""
    found = [edge for edge in (layer.start, layer.until) if edge]
    if layer.turns:
        turns = range(turn(layer, start) + 1, turn(layer, end) + 1)
        found += [_hand_over(layer, number) for number in turns]
    if not _always(layer):
        day = day_of(start, layer.zone) + timedelta(days=NEAR[0])
        while day <= day_of(end, layer.zone) + timedelta(days=NEAR[-1]):
            found += [edge for hours in _hours(layer, day) for edge in hours]
            day += timedelta(days=1)
    return (edge for edge in found if start < edge <= end)


def _hand_over(layer: Layer, number: int) -> datetime:
    assert layer.turns is not None
    day = layer.turns.first + timedelta(days=number * layer.turns.days)
    return moment_of(day, layer.turns.minutes, layer.zone)


def _always(layer: Layer) -> bool:
    return not layer.week and layer.on_holidays is OnHolidays.AS_USUAL


def _hours(layer: Layer, day: date) -> tuple[Interval, ...]:
    if layer.on_holidays is not OnHolidays.AS_USUAL:
        only = layer.on_holidays is OnHolidays.ONLY
        if bool(layer.calendar.holiday(day)) is not only:
            return ()
    return intervals_of(layer.week or EVER, day, layer.zone)
