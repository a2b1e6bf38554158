"""What holds of every rota: somebody always has it, time has no gap, walls show the hand-over."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.duties import END, START, YEAR, ZONES, a_desk, a_layer, desks, layers, swaps
from triage import duty
from triage.duty import Duty, Hole, Layer, Role, Shift, Swap
from triage.duty.shifts import REACH
from triage.duty.wall import moment_of

MOMENTS = st.integers(0, int((END - START).total_seconds()) - 1).map(
    lambda seconds: START + timedelta(seconds=seconds)
)


def laid_out(desk: Duty) -> tuple[Shift | Hole, ...]:
    return duty.shifts(desk, Role.POINT, START, END)


@settings(max_examples=60, deadline=None)
@given(desks(), st.lists(MOMENTS, min_size=1, max_size=20))
def test_p1_at_every_moment_of_a_year_one_point_or_a_reported_hole(
    desk: Duty, moments: list[datetime]
) -> None:
    parts = laid_out(desk)
    assert parts[0].since == START
    assert parts[-1].until == END
    assert all(one.until == other.since for one, other in pairwise(parts))
    assert all(one.since < one.until for one in parts)
    for moment in moments:
        (part,) = [one for one in parts if one.since <= moment < one.until]
        now = duty.on_duty(desk, Role.POINT, moment)
        person = part.covered_by if isinstance(part, Hole) else part.person
        assert now.person == person
        assert now.covered_by_fallback is isinstance(part, Hole)
        assert max(now.since, START) == max(part.since, START, moment - REACH)
        assert min(now.until, END) == min(part.until, END, moment + REACH)


@settings(max_examples=30, deadline=None)
@given(desks(), MOMENTS)
def test_parts_do_not_depend_on_where_the_time_is_cut(desk: Duty, cut: datetime) -> None:
    if cut == START:
        return
    before = duty.shifts(desk, Role.POINT, START, cut)
    after = duty.shifts(desk, Role.POINT, cut, END)
    whole = laid_out(desk)
    edges = {one.since for one in (*before, *after)}
    assert edges - {cut} == {one.since for one in whole} - {cut}


@settings(max_examples=30, deadline=None)
@given(desks(), MOMENTS)
def test_the_next_is_somebody_else_and_nobody_comes_between(desk: Duty, moment: datetime) -> None:
    now = duty.on_duty(desk, Role.POINT, moment)
    after = duty.next_on_duty(desk, Role.POINT, moment)
    if after is None:
        assert all(
            (one.covered_by if isinstance(one, Hole) else one.person) == now.person
            for one in duty.shifts(desk, Role.POINT, moment, moment + REACH)
        )
        return
    assert after.person != now.person
    assert after.since >= now.until
    for one in duty.shifts(desk, Role.POINT, moment, after.since):
        assert (one.covered_by if isinstance(one, Hole) else one.person) == now.person


@settings(max_examples=60, deadline=None)
@given(desks(), MOMENTS)
def test_who_is_away_never_has_it(desk: Duty, moment: datetime) -> None:
    now = duty.on_duty(desk, Role.POINT, moment)
    away = {a.person for a in desk.rota.absences if a.start <= moment < a.until}
    assert now.person.id not in away or now.covered_by_fallback


@settings(max_examples=40, deadline=None)
@given(desks(), swaps())
def test_a_swap_is_symmetric(desk: Duty, swap: Swap) -> None:
    other_way = replace(swap, one=swap.other, other=swap.one)
    one = duty.shifts(desk, Role.POINT, START, END, overrides=[swap])
    other = duty.shifts(desk, Role.POINT, START, END, overrides=[other_way])
    assert one == other
    both = duty.shifts(desk, Role.POINT, START, END, overrides=[swap, other_way])
    assert both == laid_out(desk)


@settings(max_examples=40, deadline=None)
@given(layers(), swaps())
def test_a_swap_gives_each_exactly_the_turns_of_the_other(layer: Layer, swap: Swap) -> None:
    desk = a_desk(layer)
    before = duty.shifts(desk, Role.POINT, swap.start, swap.until)
    after = duty.shifts(desk, Role.POINT, swap.start, swap.until, overrides=[swap])

    def times(parts: tuple[Shift | Hole, ...], id: str) -> list[tuple[datetime, datetime]]:
        shifts = [one for one in parts if isinstance(one, Shift)]
        return [(one.since, one.until) for one in shifts if one.person.id == id]

    assert times(after, swap.one) == times(before, swap.other)
    assert times(after, swap.other) == times(before, swap.one)


def first_showing(wall: datetime, zone: ZoneInfo) -> datetime:
    """Minute by minute, as somebody who watches the clock would find it."""
    moment = wall.replace(tzinfo=UTC) - timedelta(hours=38)
    while moment.astimezone(zone).replace(tzinfo=None) < wall:
        moment += timedelta(minutes=1)
    return moment


@pytest.mark.parametrize("zone", ZONES, ids=str)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_hand_overs_are_on_the_wall_all_year(zone: ZoneInfo, data: st.DataObject) -> None:
    minutes = data.draw(st.sampled_from([0, 1, 59, 60, 90, 119, 120, 121, 150, 179, 180, 1439]))
    days = data.draw(st.sampled_from([1, 7]))
    first = date(YEAR, 1, 3)
    desk = a_desk(a_layer("pat", "sam", zone=zone, first=first, minutes=minutes, days=days))
    turns: dict[datetime, str] = {}
    for number in range(360 // days):
        wall = datetime.combine(first + timedelta(days=days * number), time(minutes // 60))
        wall += timedelta(minutes=minutes % 60)
        begin = wall.replace(tzinfo=zone).astimezone(UTC)
        if begin.astimezone(zone).replace(tzinfo=None) != wall:
            begin = first_showing(wall, zone)
        turns[begin] = ("pat", "sam")[number % 2]
    last = max(turns) + timedelta(hours=1)
    parts = duty.shifts(desk, Role.POINT, min(turns), last)
    assert {one.since: one.person.id for one in parts if isinstance(one, Shift)} == turns


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_every_quarter_of_an_hour_of_the_days_of_change(zone: ZoneInfo) -> None:
    """The rule in words: the first moment at which the clock shows the time or a later one."""
    hours = [START + timedelta(hours=hour) for hour in range(24 * 366)]
    changes = [
        after for before, after in pairwise(hours)
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset()
    ]  # fmt: skip
    assert len(changes) >= 2
    for change in changes:
        day = change.astimezone(zone).date()
        for around in (-1, 0):
            on = day + timedelta(days=around)
            walls = [datetime.combine(on, time()) + timedelta(minutes=m)
                     for m in range(0, 24 * 60 + 1, 15)]  # fmt: skip
            shown = first_showing(walls[0], zone)
            for wall, minutes in zip(walls, range(0, 24 * 60 + 1, 15), strict=True):
                while shown.astimezone(zone).replace(tzinfo=None) < wall:
                    shown += timedelta(minutes=1)
                assert moment_of(on, minutes, zone) == shown
