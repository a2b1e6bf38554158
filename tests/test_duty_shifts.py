"""Who is Point, and who is next: turns, layers, changes, absences, holidays, holes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.duties import BERLIN, a_desk, a_layer, layers, someone
from triage import duty
from triage.duty import Absence, Duty, Hole, Layer, Opening, Override, Role, Shift, Swap
from triage.duty.layers import covers, in_turn
from triage.duty.rota import OnHolidays


def berlin(text: str) -> datetime:
    """Berlin's first coming of a wall time; year 2026 if it begins with the month."""
    return datetime.fromisoformat(text if text[0] == "2" else f"2026-{text}").replace(tzinfo=BERLIN)


def point(desk: Duty, text: str, **changes: object) -> str:
    shift = duty.on_duty(desk, Role.POINT, berlin(text), **changes)  # type: ignore[arg-type]
    return shift.person.id + (" (fallback)" if shift.covered_by_fallback else "")


def away(person: str, start: str, until: str) -> Absence:
    return Absence(person, berlin(start), berlin(until))


def instead(person: str, start: str, until: str) -> Override:
    return Override(person, Role.POINT, berlin(start), berlin(until))


WEEKS = a_desk(a_layer("pat", "sam", "kim"))


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("01-05 08:59", "max (fallback)"),  # before the rota begins
        ("01-05 09:00", "pat"),
        ("01-12 08:59", "pat"),
        ("01-12 09:00", "sam"),
        ("01-19 09:00", "kim"),
        ("01-26 09:00", "pat"),
        ("12-31 12:00", "pat"),  # week 51, counted from 0
        ("2031-01-06 08:59", "kim"),
        ("2031-01-06 09:00", "pat"),  # week 261
    ],
)
def test_p1_people_take_turns(moment: str, who: str) -> None:
    assert point(WEEKS, moment) == who


def test_p1_the_shift_says_from_when_until_when_and_by_which_layer() -> None:
    shift = duty.on_duty(WEEKS, Role.POINT, berlin("01-14 12:00"))
    assert (shift.since, shift.until) == (berlin("01-12 09:00"), berlin("01-19 09:00"))
    assert (shift.layer, shift.covered_by_fallback) == ("week", False)
    after = duty.next_on_duty(WEEKS, Role.POINT, berlin("01-14 12:00"))
    assert after is not None
    assert (after.person.id, after.since, after.until) == (
        "kim",
        berlin("01-19 09:00"),
        berlin("01-26 09:00"),
    )


@pytest.mark.parametrize(
    ("monday", "hours"), [("03-23", 167), ("03-30", 168), ("10-19", 169), ("10-26", 168)]
)
def test_a_week_with_a_clock_change_is_an_hour_shorter_or_longer(monday: str, hours: int) -> None:
    shift = duty.on_duty(WEEKS, Role.POINT, berlin(f"{monday} 09:00"))
    assert shift.since == berlin(f"{monday} 09:00")
    assert shift.until - shift.since == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Pacific/Apia", date(2011, 12, 29), 24),
        ("Pacific/Apia", date(2011, 12, 31), 24),
    ],
)
def test_days_of_23_and_25_hours(zone: str, day: date, length: float) -> None:
    first = day - timedelta(days=6)
    desk = a_desk(a_layer("pat", "sam", zone=ZoneInfo(zone), first=first, minutes=0, days=1))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    shift = duty.on_duty(desk, Role.POINT, noon)
    assert shift.until - shift.since == timedelta(hours=length)
    assert shift.since.astimezone(ZoneInfo(zone)).date() == day


def test_a_hand_over_in_the_gap_is_at_its_end_and_in_the_overlap_at_the_first_coming() -> None:
    desk = a_desk(a_layer("pat", "sam", first=date(2026, 3, 1), minutes=150, days=1))
    edges = [
        one.since
        for one in duty.shifts(desk, Role.POINT, berlin("03-28 00:00"), berlin("10-26 00:00"))
    ]
    assert datetime(2026, 3, 29, 1, 0, tzinfo=UTC) in edges  # 03:00, as 02:30 never comes
    assert datetime(2026, 10, 25, 0, 30, tzinfo=UTC) in edges  # 02:30 in summer time
    assert datetime(2026, 10, 25, 1, 30, tzinfo=UTC) not in edges


def test_a_day_that_comes_again_after_midnight_has_begun() -> None:
    """In 2010 St. John's went from 00:01 on Sunday back to 23:01 on Saturday."""
    zone = ZoneInfo("America/St_Johns")
    first = date(2010, 11, 1)
    sunday = a_layer("pat", zone=zone, first=first, minutes=0, hours=("sun 00:00-24:00",))
    desk = a_desk(sunday)
    start = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    assert f"{start.astimezone(zone):%a %H:%M}" == "Sun 00:00"
    assert f"{(start + timedelta(minutes=30)).astimezone(zone):%a %H:%M}" == "Sat 23:30"
    shift = duty.on_duty(desk, Role.POINT, start + timedelta(minutes=30))
    assert not shift.covered_by_fallback
    assert (shift.since, shift.until) == (start, start + timedelta(hours=25))
    hours = Opening(zone, sunday.week)
    assert duty.is_open(hours, start + timedelta(minutes=30))
    assert duty.next_opening(hours, start - timedelta(minutes=1)) == start


DAYS_AND_NIGHTS = a_desk(
    a_layer("pat", "sam", name="days", hours=("mon-fri 09:00-17:00",)),
    a_layer("kim", "lee", name="nights", hours=("mon-thu 17:00-09:00",), minutes=17 * 60),
)


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("01-06 08:59", "kim"),  # Monday's night goes on to Tuesday morning
        ("01-06 09:00", "pat"),
        ("01-06 16:59", "pat"),
        ("01-06 17:00", "kim"),
        ("01-09 08:59", "kim"),
        ("01-09 17:00", "max (fallback)"),  # Friday night has nobody
        ("01-10 12:00", "max (fallback)"),
        ("01-12 08:59", "max (fallback)"),
        ("01-12 09:00", "sam"),
        ("01-12 17:00", "lee"),
    ],
)
def test_layers_cover_their_hours(moment: str, who: str) -> None:
    assert point(DAYS_AND_NIGHTS, moment) == who


def test_the_first_layer_that_covers_has_it() -> None:
    over = a_layer("lee", name="over", hours=("sat 10:00-12:00",))
    desk = a_desk(over, a_layer("pat", name="under"))
    assert [point(desk, f"01-10 {at}") for at in ("09:59", "10:00", "12:00")] == [
        "pat",
        "lee",
        "pat",
    ]


def test_a_hole_is_reported_with_begin_end_cover_and_reason() -> None:
    start = berlin("01-08 09:00")
    (hole,) = duty.holes(DAYS_AND_NIGHTS, Role.POINT, start, start + timedelta(days=7))
    assert (hole.since, hole.until) == (berlin("01-09 17:00"), berlin("01-12 09:00"))
    assert (hole.covered_by.id, hole.because) == ("max", "no layer covers these hours")


def test_holes_are_found_a_week_ahead_when_all_are_away() -> None:
    all_away = [away(id, "02-02 12:00", "02-03 12:00") for id in ("pat", "sam", "kim")]
    start = berlin("01-27 00:00")
    (hole,) = duty.holes(WEEKS, Role.POINT, start, start + timedelta(days=7), absences=all_away)
    assert (hole.since, hole.until) == (berlin("02-02 12:00"), start + timedelta(days=7))
    assert hole.because == "everyone in turn is away"
    assert point(WEEKS, "02-02 13:00", absences=all_away) == "max (fallback)"


def test_the_fallback_stands_in_even_when_away_if_there_is_no_other() -> None:
    gone = [away("max", "01-01 00:00", "02-01 00:00")]
    assert point(a_desk(), "01-10 12:00", absences=gone) == "pat"  # a role without layers
    assert point(DAYS_AND_NIGHTS, "01-10 12:00", absences=gone) == "max (fallback)"


def test_the_next_in_turn_stands_in_for_who_is_away() -> None:
    one = [away("sam", "01-13 12:00", "01-14 12:00")]
    two = [*one, away("kim", "01-13 00:00", "01-20 00:00")]
    assert point(WEEKS, "01-13 13:00", absences=one) == "kim"
    assert point(WEEKS, "01-13 13:00", absences=two) == "pat"
    assert point(WEEKS, "01-14 12:00", absences=two) == "sam"
    assert point(WEEKS, "01-19 09:00", absences=two) == "pat"


def test_an_override_holds_over_the_rota_and_the_later_over_the_earlier() -> None:
    first = instead("lee", "01-06 00:00", "01-08 00:00")
    second = instead("kim", "01-07 00:00", "01-09 00:00")
    changes = [first, second]
    asked = [f"01-0{day} 12:00" for day in (5, 6, 7, 8, 9)]
    assert [point(WEEKS, at, overrides=changes) for at in asked] == [
        "pat", "lee", "kim", "kim", "pat",
    ]  # fmt: skip
    shift = duty.on_duty(WEEKS, Role.POINT, berlin("01-07 12:00"), overrides=changes)
    assert (shift.layer, shift.since, shift.until) == ("override", second.start, second.until)


def test_an_override_fills_a_hole_and_fails_who_is_away() -> None:
    saturday = [instead("lee", "01-10 00:00", "01-11 00:00")]
    assert point(DAYS_AND_NIGHTS, "01-10 12:00", overrides=saturday) == "lee"
    gone = [away("lee", "01-10 00:00", "01-10 13:00")]
    asked = ("01-10 12:00", "01-10 13:00")
    assert [point(DAYS_AND_NIGHTS, at, overrides=saturday, absences=gone) for at in asked] == [
        "max (fallback)",
        "lee",
    ]


def test_a_swap_changes_turns_while_it_lasts() -> None:
    swap = [Swap("pat", "sam", Role.POINT, berlin("01-05 09:00"), berlin("01-19 09:00"))]
    asked = ("01-06 12:00", "01-13 12:00", "01-20 12:00", "01-27 12:00")
    assert [point(WEEKS, at, overrides=swap) for at in asked] == ["sam", "pat", "kim", "pat"]


def test_changes_of_another_role_or_by_people_who_left_change_nothing() -> None:
    other = Override("lee", Role.MANAGER, berlin("01-05 09:00"), berlin("01-12 09:00"))
    left = instead("gone", "01-05 09:00", "01-12 09:00")
    swap = Swap("pat", "gone", Role.POINT, left.start, left.until)
    assert point(WEEKS, "01-06 12:00", overrides=[other, left, swap]) == "pat"


@pytest.mark.parametrize(
    ("use", "on_the_day", "the_day_after"),
    [("as usual", "pat", "pat"), ("never", "kim", "pat"), ("only", "pat", "kim")],
)
def test_holidays(use: str, on_the_day: str, the_day_after: str) -> None:
    """1 May is one; 4 May is not."""
    layer = a_layer("pat", name="over", on_holidays=OnHolidays(use))
    desk = a_desk(layer, a_layer("kim", name="under"))
    assert point(desk, "05-01 12:00") == on_the_day
    assert point(desk, "05-04 12:00") == the_day_after


def test_a_role_without_layers_is_had_by_the_first_of_its_people_who_is_there() -> None:
    bosses = (someone("ann", Role.SUPERVISOR), someone("bob", Role.SUPERVISOR))
    desk = a_desk(people=bosses)
    noon = berlin("01-05 12:00")
    gone = [away("ann", "01-05 00:00", "01-06 00:00")]
    shift = duty.on_duty(desk, Role.SUPERVISOR, noon)
    assert (shift.person.id, shift.layer) == ("ann", "standing")
    assert duty.on_duty(desk, Role.SUPERVISOR, noon, absences=gone).person.id == "bob"
    assert duty.on_duty(desk, Role.SPECIALIST, noon).covered_by_fallback


def test_who_always_has_it_has_no_next() -> None:
    assert duty.next_on_duty(a_desk(), Role.POINT, berlin("01-05 12:00")) is None


@pytest.mark.parametrize("days", [0, -1, 5000])
def test_a_time_must_have_a_length_that_can_be_laid_out(days: int) -> None:
    start = berlin("01-05 12:00")
    with pytest.raises(ValueError, match="longer than nothing"):
        duty.shifts(WEEKS, Role.POINT, start, start + timedelta(days=days))


def test_a_moment_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        duty.on_duty(WEEKS, Role.POINT, datetime(2026, 1, 5))  # noqa: DTZ001


KOLKATA = ZoneInfo("Asia/Kolkata")


@settings(max_examples=80, deadline=None)
@given(layers(zone=KOLKATA), st.integers(0, 60 * 24 * 300))
def test_where_clocks_never_change_plain_sums_agree(layer: Layer, minutes: int) -> None:
    """A second way to reckon: minutes since the first hand-over, and minutes of the week."""
    assert layer.turns is not None
    assert layer.start is not None
    moment = layer.start + timedelta(minutes=minutes)
    turn = minutes // (layer.turns.days * 24 * 60)
    assert in_turn(layer, moment)[0] == layer.people[turn % len(layer.people)]
    if layer.on_holidays is OnHolidays.AS_USUAL:
        wall = moment.astimezone(KOLKATA)
        at = wall.weekday() * 1440 + wall.hour * 60 + wall.minute
        within = not layer.week or any(
            (at - (span.weekday * 1440 + span.start)) % 10_080 < span.end - span.start
            for span in layer.week
        )
        ended = layer.until is not None and moment >= layer.until
        assert covers(layer, moment) is (within and not ended)


def test_shift_and_hole_are_told_apart_by_type() -> None:
    start = berlin("01-08 12:00")
    parts = duty.shifts(DAYS_AND_NIGHTS, Role.POINT, start, start + timedelta(days=4))
    assert {type(one) for one in parts} == {Shift, Hole}


@pytest.mark.parametrize("year", [1, 1969, 2201, 9999])
def test_a_moment_in_a_year_without_rotas_is_refused(year: int) -> None:
    with pytest.raises(ValueError, match=f"the year {year} is not one of"):
        duty.on_duty(WEEKS, Role.POINT, datetime(year, 7, 1, tzinfo=UTC))
