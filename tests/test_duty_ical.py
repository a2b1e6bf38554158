"""A rota as iCalendar: out, in again, from others, and from those who mean harm."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from tests.duties import BERLIN, END, START, a_desk, a_layer, desks, someone
from triage import duty
from triage.duty import Duty, Hole, Override, Private, Role, Swap
from triage.duty.ical import calendar_of
from triage.duty.ical_import import overrides_from
from triage.errors import ConfigError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FROM, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
WEEKS = a_desk(a_layer("pat", "sam", "kim"))


def calendar(*events: str, zone: str = "") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", zone]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.split("\n"), "END:VEVENT"]
    return "\r\n".join([*filter(None, lines), "END:VCALENDAR", ""]).encode()


def read(*events: str, desk: Duty = WEEKS, role: Role = Role.POINT) -> tuple[Override, ...]:
    return overrides_from(calendar(*events), desk, role, FROM, UNTIL)


def times(overrides: Sequence[Override]) -> list[str]:
    """Begin and end on Berlin's wall."""
    return [
        f"{one.start.astimezone(BERLIN):%m-%d %H:%M} {one.until.astimezone(BERLIN):%m-%d %H:%M}"
        for one in overrides
    ]


@settings(max_examples=25, deadline=None)
@given(desks(), st.integers(0, 250))
def test_what_goes_out_comes_in_again(desk: Duty, day: int) -> None:
    start = START + timedelta(days=day)
    end = start + timedelta(days=90)
    content = calendar_of(desk, Role.POINT, start, end, NOW)
    bare = replace(desk, rota=replace(desk.rota, layers=(), changes=(), absences=()))
    taken = overrides_from(content, bare, Role.POINT, start, end)
    assert all(one.start < end and one.until > start for one in taken)
    for part in duty.shifts(desk, Role.POINT, start, end):
        if isinstance(part, Hole):
            assert not any(one.start < part.until and one.until > part.since for one in taken)
        else:
            now = duty.on_duty(bare, Role.POINT, part.since, overrides=taken)
            assert (now.person, now.layer) == (part.person, "override")
            assert now.until >= part.until


def events(content: bytes) -> dict[str, str]:
    """UID -> summary."""
    found = Calendar.from_ical(content).walk("VEVENT")
    uids = {str(one["UID"]): str(one["SUMMARY"]) for one in found}
    assert len(uids) == len(found)
    return uids


def test_events_keep_their_uids() -> None:
    first = events(calendar_of(WEEKS, Role.POINT, FROM, UNTIL, NOW))
    later = FROM + timedelta(days=20, hours=5)
    second = events(calendar_of(WEEKS, Role.POINT, later, UNTIL, NOW + timedelta(days=1)))
    assert second.items() <= first.items()
    swap = Swap("pat", "sam", Role.POINT, FROM - timedelta(days=30), UNTIL + timedelta(days=30))
    swapped = events(calendar_of(WEEKS, Role.POINT, FROM, UNTIL, NOW, overrides=[swap]))
    assert swapped.keys() == first.keys()
    assert swapped != first


def test_shifts_go_out_whole_and_in_utc() -> None:
    content = calendar_of(WEEKS, Role.POINT, FROM, FROM + timedelta(hours=1), NOW)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert b"DTSTART:20260223T080000Z\r\n" in content
    assert b"DTEND:20260302T080000Z\r\n" in content
    assert str(event["SUMMARY"]) == "Point: Sam"
    assert str(event["ATTENDEE"]) == "mailto:sam@example.org"


def test_a_shift_without_end_goes_out_for_the_time_asked_for() -> None:
    content = calendar_of(a_desk(), Role.POINT, FROM, UNTIL, NOW)
    assert b"DTSTART:20260301T000000Z" in content
    assert b"DTEND:20260501T000000Z" in content


def test_p5_a_calendar_holds_nothing_private() -> None:
    pat = replace(
        someone("pat"),
        office_phone="+49 30 23125101",
        personal_phone=Private("+49 171 5550001"),
        home_mail=Private("pat@home.example"),
        notes=Private("bad knee"),
    )
    desk = replace(a_desk(), people=(pat,), fallback=(pat,))
    content = calendar_of(desk, Role.POINT, FROM, UNTIL, NOW).decode().replace("\r\n ", "")
    assert "pat@example.org" in content
    for secret in ("5550001", "home.example", "knee"):
        assert secret not in content
    with pytest.raises(ConfigError, match="names nobody of the desk"):
        read("DTSTART:20260401T090000Z\nDTEND:20260402T090000Z\nSUMMARY:pat@home.example",
             desk=desk)  # fmt: skip


AT = "DTSTART:20260401T090000\nDTEND:20260402T090000\n"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("DTSTART:20260401T090000Z\nDTEND:20260401T100000Z", "04-01 11:00 04-01 12:00"),
        (AT, "04-01 09:00 04-02 09:00"),
        ("DTSTART;TZID=America/New_York:20260401T090000\nDURATION:PT8H", "04-01 15:00 04-01 23:00"),
        (
            "DTSTART;TZID=W. Europe Standard Time:20260401T090000\nDURATION:PT1H",
            "04-01 09:00 04-01 10:00",
        ),
        ('DTSTART;TZID="Europe/Berlin":20260401T090000\nDURATION:P1W', "04-01 09:00 04-08 09:00"),
        ("DTSTART;VALUE=DATE:20260401", "04-01 00:00 04-02 00:00"),
        (
            "DTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260330",
            "03-28 00:00 03-30 00:00",
        ),
        ("DTSTART;TZID=Europe/Berlin:20260329T023000\nDURATION:PT5H", "03-29 03:30 03-29 07:30"),
    ],
)
def test_times_and_zones(event: str, expected: str) -> None:
    assert times(read(f"{event.strip()}\nSUMMARY:Pat")) == [expected]


@pytest.mark.parametrize(
    ("lines", "who"),
    [
        ("X-TRIAGE-PERSON:sam\nSUMMARY:Pat", "sam"),
        ("ATTENDEE;CN=Someone:mailto:SAM@example.org\nSUMMARY:On call", "sam"),
        ("ATTENDEE:mailto:boss@else.example\nATTENDEE:mailto:sam@example.org", "sam"),
        ("ORGANIZER:mailto:kim@example.org", "kim"),
        ("SUMMARY:Point: Sam", "sam"),
        ("SUMMARY:on call (SAM)", "sam"),
        ("SUMMARY:sam@example.org is on", "sam"),
    ],
)
def test_whose_shift_it_is(lines: str, who: str) -> None:
    (one,) = read(AT + lines)
    assert (one.person, one.role) == (who, Role.POINT)


DAILY = "DTSTART;TZID=Europe/Berlin:20260327T090000\nDURATION:PT8H\nSUMMARY:Pat\nUID:1\n"


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;COUNT=4", ["03-27", "03-28", "03-29", "03-30"]),
        ("FREQ=DAILY;INTERVAL=2;UNTIL=20260331T070000Z", ["03-27", "03-29", "03-31"]),
        ("FREQ=DAILY;UNTIL=20260328", ["03-27", "03-28"]),
        ("FREQ=WEEKLY;COUNT=3", ["03-27", "04-03", "04-10"]),
        ("FREQ=WEEKLY;BYDAY=MO,FR;COUNT=3", ["03-27", "03-30", "04-03"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,FR;WKST=SU;COUNT=3", ["03-27", "04-05", "04-10"]),
        ("FREQ=DAILY;BYDAY=SA;COUNT=2", ["03-28", "04-04"]),
    ],
)
def test_events_repeat_by_the_wall_clock(rule: str, days: list[str]) -> None:
    assert times(read(f"{DAILY}RRULE:{rule}")) == [f"{d} 09:00 {d} 17:00" for d in days]


def test_exceptions_moved_and_cancelled_occurrences() -> None:
    master = (
        f"{DAILY}RRULE:FREQ=DAILY;COUNT=5\n"
        "EXDATE;TZID=Europe/Berlin:20260328T090000\nEXDATE:20260329T070000Z"
    )
    moved = (
        "UID:1\nRECURRENCE-ID;TZID=Europe/Berlin:20260330T090000\nSUMMARY:Sam\n"
        "DTSTART;TZID=Europe/Berlin:20260330T120000\nDURATION:PT1H"
    )
    cancelled = (
        "UID:1\nRECURRENCE-ID;TZID=Europe/Berlin:20260331T090000\nSTATUS:CANCELLED\n"
        "DTSTART;TZID=Europe/Berlin:20260331T090000\nDURATION:PT8H"
    )
    for order in ((master, moved, cancelled), (cancelled, moved, master)):
        found = read(*order)
        assert times(found) == ["03-27 09:00 03-27 17:00", "03-30 12:00 03-30 13:00"]
        assert [one.person for one in found] == ["pat", "sam"]


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["DAILY", "WEEKLY"]),
    st.integers(1, 5),
    st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])),
    st.sampled_from(["MO", "SU", "WE"]),
    st.none() | st.integers(1, 300),
    st.integers(0, 2000),
)
def test_repeating_agrees_with_a_second_reckoning(
    often: str, interval: int, days: set[str], week_start: str, count: int | None, ago: int
) -> None:
    rule = f"FREQ={often};INTERVAL={interval};WKST={week_start}"
    rule += f";BYDAY={','.join(sorted(days))}" if days else ""
    rule += f";COUNT={count}" if count else ""
    first = datetime(2026, 4, 1, 9, tzinfo=UTC) - timedelta(days=ago)
    event = f"DTSTART:{first:%Y%m%dT%H%M%SZ}\nDURATION:PT8H\nSUMMARY:Pat\nRRULE:{rule}"
    expected = rrulestr(rule, dtstart=first).between(FROM, UNTIL, inc=True)
    assert [one.start for one in read(event)] == expected


def test_only_what_touches_the_time_comes_in() -> None:
    assert read("DTSTART:20250401T090000Z\nDURATION:PT1H\nSUMMARY:Pat") == ()
    assert read("DTSTART:20260401T090000Z\nDURATION:PT1H\nSUMMARY:Pat\nSTATUS:CANCELLED") == ()
    (one,) = read("DTSTART:20260228T120000Z\nDURATION:P1D\nSUMMARY:Pat")
    assert one.start < FROM < one.until


def test_time_zones_of_the_files_own_and_alarms_are_left_unread() -> None:
    own = (
        "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0500\r\nTZOFFSETTO:+0500\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n"
        "END:VTIMEZONE"
    )
    alarm = "BEGIN:VALARM\nTRIGGER:-PT5M\nDTSTART:nonsense\nSUMMARY:Sam\nEND:VALARM"
    event = f"DTSTART;TZID=Europe/Berlin:20260401T090000\nDURATION:PT1H\nSUMMARY:Pat\n{alarm}"
    found = overrides_from(calendar(event, zone=own), WEEKS, Role.POINT, FROM, UNTIL)
    assert times(found) == ["04-01 09:00 04-01 10:00"]
    assert found[0].person == "pat"


REFUSED = {
    "nobody": (f"{AT}SUMMARY:On call", "event 1: names nobody of the desk"),
    "two people": (f"{AT}SUMMARY:Pat and Sam", "event 1: names more than one person: pat, sam"),
    "no role": (f"{AT}X-TRIAGE-PERSON:max", "event 1: names max, who has not the role point"),
    "no begin": ("SUMMARY:Pat", "event 1: has no DTSTART"),
    "two begins": (f"{AT}DTSTART:20260401T090000\nSUMMARY:Pat", "gives DTSTART more than once"),
    "no length": ("DTSTART:20260401T090000\nSUMMARY:Pat", "must last longer than nothing"),
    "backwards": (f"{AT}SUMMARY:Pat".replace("0402", "0331"), "must last longer than nothing"),
    "too long": (f"{AT}SUMMARY:Pat".replace("DTEND:2026", "DTEND:2036"), "at most 366 days"),
    "long ago": ("DTSTART:00010101T000000\nDURATION:P1D\nSUMMARY:Pat", "begins in the year 1"),
    "no time": ("DTSTART:soon\nSUMMARY:Pat", "event 1: cannot be read"),
    "a period": ("DTSTART;VALUE=PERIOD:20260401T090000Z/PT1H\nSUMMARY:Pat", "DTSTART is no time"),
    "endless length": ("DTSTART:20260401T090000\nDURATION:P999999999999D\nSUMMARY:Pat", "read"),
    "unknown zone": (
        "DTSTART;TZID=Custom:20260401T090000\nDURATION:PT1H\nSUMMARY:Pat",
        "event 1: is in the time zone 'Custom', which is not known",
    ),
    "zone of the end": (f"{AT}SUMMARY:Pat".replace("DTEND", "DTEND;TZID=Custom"), "time zone"),
    "zone as path": (
        "DTSTART;TZID=../../etc/passwd:20260401T090000\nDURATION:PT1H\nSUMMARY:Pat",
        "event 1",
    ),
    "monthly": (f"{DAILY}RRULE:FREQ=MONTHLY", "repeats by FREQ=MONTHLY; read are daily and"),
    "secondly": (f"{DAILY}RRULE:FREQ=SECONDLY", "repeats by FREQ=SECONDLY"),
    "by month": (f"{DAILY}RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "repeats by BYMONTH"),
    "the second Monday": (f"{DAILY}RRULE:FREQ=WEEKLY;BYDAY=2MO", "on days other than"),
    "every 0 days": (f"{DAILY}RRULE:FREQ=DAILY;INTERVAL=0", "after 0 or more than 1,000"),
    "days that never come": (
        f"{DAILY}RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO;COUNT=1",
        "weeks say it",
    ),
    "two rules": (f"{DAILY}RRULE:FREQ=DAILY\nRRULE:FREQ=DAILY", "gives RRULE more than once"),
    "rule of nothing": (f"{DAILY}RRULE:", "event 1"),
    "two intervals": (f"{DAILY}RRULE:FREQ=DAILY;INTERVAL=1,2", "gives INTERVAL more than once"),
    "further dates": (f"{DAILY}RDATE:20260401T090000", "uses RDATE, which is not read"),
}


@pytest.mark.parametrize(("event", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_for_sure_is_refused_as_a_whole(event: str, reason: str) -> None:
    good = f"{AT}SUMMARY:Pat"
    with pytest.raises(ConfigError) as error:
        overrides_from(calendar(event, good), WEEKS, Role.POINT, FROM, UNTIL, source="x.ics")
    assert str(error.value).startswith("x.ics: event 1: ")
    assert reason in str(error.value)


HOSTILE = {
    "nothing": (b"", "ends in the middle"),
    "a path": (b"/etc/passwd", "is no iCalendar file"),
    "no text": (b"\xff\xfe\x00", "is not UTF-8"),
    "cut": (calendar(f"{AT}SUMMARY:Pat")[:-25], "ends in the middle"),
    "crossed": (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "closes a part that is not open"),
    "more after it": (calendar() + b"BEGIN:VEVENT\r\n", "is no iCalendar file"),
    "a nest": (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 100_000, "nested too deep"),
    "a long line": (b"BEGIN:VCALENDAR\r\nSUMMARY:" + b"x" * 50_000, "a line that is too long"),
    "a folded line": (b"BEGIN:VCALENDAR\r\nA:" + b"\r\n x" * 50_000, "a line that is too long"),
    "many events": (calendar(*[f"{AT}SUMMARY:Pat"] * 5_001), "more than 5,000 events"),
    "many days": (calendar(*[f"{DAILY}RRULE:FREQ=DAILY"] * 200), "more shifts than a rota has"),
    "long counts": (
        calendar(*["DTSTART:20000101T000000Z\nDURATION:PT1M\nSUMMARY:Pat\n"
                   "RRULE:FREQ=DAILY;COUNT=9000"] * 200),
        "more shifts than a rota has",
    ),
    "huge": (b"x" * 2_000_001, "larger than"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        overrides_from(content, WEEKS, Role.POINT, FROM, UNTIL)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from([*AT.split(), *DAILY.split("\n"), "RRULE:FREQ=DAILY", "EXDATE:",
                                 "DTEND:", "BEGIN:VEVENT", "END:VEVENT", "RRULE:;=,",
                                 "DURATION:-P1D", "STATUS:CANCELLED", "RECURRENCE-ID:20260401",
                                 "END:VCALENDAR", "ATTENDEE:", ":", ";", "SUMMARY;X=\":a"]),
                max_size=12))  # fmt: skip
def test_any_lines_give_overrides_or_a_config_error(lines: list[str]) -> None:
    try:
        found = read("\n".join(lines))
    except ConfigError:
        return
    assert all(one.start < one.until for one in found)


def test_a_time_longer_than_a_year_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="at most 366 days"):
        overrides_from(calendar(), WEEKS, Role.POINT, START, END)
