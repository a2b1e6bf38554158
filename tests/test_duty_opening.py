"""When the desk is open (P6), and how long that is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.duties import BERLIN, ZONES, hours_of_week
from triage import duty
from triage.duty import Opening, SpecialDay
from triage.duty.holiday import Calendar
from triage.duty.week import Hours, week_of

OFFICE = Opening(
    zone=BERLIN,
    week=week_of(["mon-fri 09:00-17:00"]),
    breaks=week_of(["mon-fri 12:00-12:30"]),
    calendar=Calendar("DE", "BE"),
    special=(
        SpecialDay(date(2026, 12, 24), (Hours(9 * 60, 12 * 60),), "Christmas Eve"),
        SpecialDay(date(2026, 5, 1), (Hours(10 * 60, 11 * 60),), "open on a holiday"),
        SpecialDay(date(2026, 7, 6), (), "summer party"),
    ),
)
ALWAYS = Opening(BERLIN, week_of(["mon-sun 00:00-24:00"]))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("11-23 08:59", False),
        ("11-23 09:00", True),
        ("11-23 12:00", False),
        ("11-23 12:30", True),
        ("11-23 16:59", True),
        ("11-23 17:00", False),  # after 17:00
        ("11-28 12:40", False),  # weekend
        ("03-08 12:40", False),  # a holiday in Berlin, and a Sunday
        ("12-25 10:00", False),
        ("12-24 11:59", True),
        ("12-24 12:00", False),
        ("05-01 10:30", True),
        ("05-01 12:00", False),
        ("07-06 10:00", False),
    ],
)
def test_p6_open_or_after_hours(moment: str, expected: bool) -> None:
    assert duty.is_open(OFFICE, berlin(moment)) is expected


def test_p6_holidays_are_those_of_the_subdivision() -> None:
    """8 March is a holiday in Berlin and not in Hamburg; in 2027 it is a Monday."""
    monday = datetime(2027, 3, 8, 10, tzinfo=BERLIN)
    elsewhere = Opening(BERLIN, OFFICE.week, calendar=Calendar("DE", "HH"))
    assert not duty.is_open(OFFICE, monday)
    assert duty.is_open(elsewhere, monday)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("11-23 10:00", "11-23 10:00"),
        ("11-23 12:10", "11-23 12:30"),
        ("11-23 17:00", "11-24 09:00"),
        ("11-27 17:00", "11-30 09:00"),
        ("12-24 12:00", "12-28 09:00"),
        ("07-03 18:00", "07-07 09:00"),
    ],
)
def test_p6_next_opening(moment: str, opens: str) -> None:
    assert duty.next_opening(OFFICE, berlin(moment)) == berlin(opens)


@pytest.mark.parametrize(
    ("a", "b", "hours"),
    [
        ("11-23 09:00", "11-23 17:00", 7.5),
        ("11-23 00:00", "11-30 00:00", 37.5),
        ("11-27 16:00", "11-30 10:00", 2),
        ("11-23 17:00", "11-24 09:00", 0),
        ("11-24 09:00", "11-23 09:00", 0),
        ("12-24 00:00", "12-28 00:00", 3),
        ("11-23 12:10", "11-23 12:40", 1 / 6),
    ],
)
def test_working_time(a: str, b: str, hours: float) -> None:
    assert duty.working_time_between(OFFICE, berlin(a), berlin(b)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("moment", "minutes", "then"),
    [
        ("11-23 10:00", 0, "11-23 10:00"),
        ("11-23 20:00", 0, "11-23 20:00"),
        ("11-23 16:45", 15, "11-23 17:00"),
        ("11-23 16:45", 16, "11-24 09:01"),
        ("11-23 11:59", 2, "11-23 12:31"),
        ("11-27 16:00", 120, "11-30 10:00"),
        ("12-24 11:00", 61, "12-28 09:01"),
    ],
)
def test_after_working(moment: str, minutes: int, then: str) -> None:
    assert duty.after_working(OFFICE, berlin(moment), timedelta(minutes=minutes)) == berlin(then)


@pytest.mark.parametrize(("day", "hours"), [("03-29", 23), ("10-25", 25), ("06-01", 24)])
def test_a_day_lasts_what_it_lasts(day: str, hours: int) -> None:
    start = berlin(f"{day} 00:00")
    end = (start + timedelta(days=1)).replace(tzinfo=BERLIN)
    assert duty.working_time_between(ALWAYS, start, end) == timedelta(hours=hours)
    assert duty.after_working(ALWAYS, start, timedelta(hours=hours)) == end


def test_a_night_with_a_clock_change() -> None:
    nights = Opening(BERLIN, week_of(["sat 22:00-06:00"]))
    for saturday, hours in (("03-28", 7), ("10-24", 9), ("06-06", 8)):
        start = berlin(f"{saturday} 12:00")
        worked = duty.working_time_between(nights, start, start + timedelta(days=2))
        assert worked == timedelta(hours=hours)


def test_a_break_in_a_night_and_hours_that_overlap_count_once() -> None:
    night = Opening(BERLIN, week_of(["mon 20:00-04:00"]), breaks=week_of(["tue 01:00-02:00"]))
    monday = berlin("06-01 12:00")
    assert duty.working_time_between(night, monday, monday + timedelta(days=1)) == timedelta(
        hours=7
    )
    twice = Opening(BERLIN, week_of(["mon 09:00-14:00", "mon 12:00-17:00"]))
    assert duty.working_time_between(twice, monday, monday + timedelta(days=1)) == timedelta(
        hours=5
    )


def test_what_cannot_be_reckoned_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        duty.is_open(OFFICE, datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        duty.after_working(OFFICE, berlin("01-01 00:00"), timedelta(minutes=-1))
    with pytest.raises(ValueError, match="no more opening hours"):
        duty.after_working(OFFICE, berlin("01-01 00:00"), timedelta(days=30_000))


@st.composite
def openings(draw: st.DrawFn) -> Opening:
    return Opening(
        zone=draw(st.sampled_from((*ZONES, ZoneInfo("UTC")))),
        week=week_of(draw(st.lists(hours_of_week(), min_size=1, max_size=3))),
        breaks=week_of(draw(st.lists(st.just("mon-sun 12:00-12:30"), max_size=1))),
    )


MOMENTS = st.integers(0, 60 * 24 * 365).map(
    lambda minutes: datetime(2011, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@settings(max_examples=60, deadline=None)
@given(openings(), MOMENTS, st.integers(1, 60 * 100))
def test_reckoning_forth_and_back(hours: Opening, moment: datetime, minutes: int) -> None:
    worked = timedelta(minutes=minutes)
    then = duty.after_working(hours, moment, worked)
    tick = timedelta(microseconds=1)
    assert duty.working_time_between(hours, moment, then) == worked
    assert duty.working_time_between(hours, moment, then - tick) == worked - tick
    opens = duty.next_opening(hours, moment)
    assert duty.is_open(hours, opens)
    assert duty.working_time_between(hours, moment, opens) == timedelta(0)
    assert (opens == moment) is duty.is_open(hours, moment)


@settings(max_examples=25, deadline=None)
@given(openings(), MOMENTS, st.integers(1, 72))
def test_working_time_is_the_open_minutes_counted(
    hours: Opening, moment: datetime, length: int
) -> None:
    minutes = [moment + timedelta(minutes=minute) for minute in range(length * 60)]
    counted = sum(duty.is_open(hours, minute) for minute in minutes)
    end = moment + timedelta(hours=length)
    assert duty.working_time_between(hours, moment, end) == timedelta(minutes=counted)
