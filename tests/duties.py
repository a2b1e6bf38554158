"""Desks for tests: small, and with every kind of change."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from triage import duty
from triage.duty import Absence, Duty, Layer, Opening, Override, Person, Role, Rota, Swap
from triage.duty.answer import Answer
from triage.duty.holiday import Calendar
from triage.duty.rota import OnHolidays, Turns
from triage.duty.wall import moment_of
from triage.duty.week import week_of

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = tuple(
    ZoneInfo(name)
    for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
)
YEAR = 2011
"""In it Apia left out 30 December, and all four zones changed their clocks."""
START = datetime(YEAR, 1, 1, tzinfo=UTC)
END = datetime(YEAR + 1, 1, 10, tzinfo=UTC)

MINIMAL = """
zone = "Europe/Berlin"
fallback = ["max"]

[[people]]
id = "pat"
name = "Pat"
roles = ["point"]
mail = "pat@example.org"

[[people]]
id = "max"
name = "Max"
roles = ["manager", "point"]
mail = "max@example.org"

[hours]
week = ["mon-fri 09:00-17:00"]

[[answers]]
by = "mail"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "duty.toml"
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, more: str = "") -> Duty:
    return duty.load(written(folder, MINIMAL + more))


def someone(id: str, *roles: Role) -> Person:
    return Person(id, id.title(), roles or (Role.POINT,), f"{id}@example.org")


def a_desk(*layers: Layer, people: tuple[Person, ...] = (), **rota: object) -> Duty:
    """With pat, sam, kim and lee as Points, and max for what nobody has."""
    points = tuple(someone(id) for id in ("pat", "sam", "kim", "lee"))
    last = someone("max", Role.MANAGER)
    return Duty(
        source="test",
        digest="",
        people=(*points, *people, last),
        rota=Rota(BERLIN, layers, **rota),  # type: ignore[arg-type]
        hours=Opening(BERLIN, week_of(["mon-fri 09:00-17:00"])),
        fallback=(last,),
        answers=(Answer("mail"),),
    )


def a_layer(
    *people: str,
    name: str = "week",
    zone: ZoneInfo = BERLIN,
    first: date = date(2026, 1, 5),
    minutes: int = 9 * 60,
    days: int = 7,
    hours: tuple[str, ...] = (),
    on_holidays: OnHolidays = OnHolidays.AS_USUAL,
    until: datetime | None = None,
) -> Layer:
    """Hand-over at 09:00, weekly from Monday, 5 January 2026, unless said otherwise."""
    return Layer(
        name=name,
        role=Role.POINT,
        people=people,
        zone=zone,
        turns=Turns(first, minutes, days),
        week=week_of(hours),
        on_holidays=on_holidays,
        calendar=Calendar("DE", "BE"),
        start=moment_of(first, minutes, zone),
        until=until,
    )


_ids = st.sampled_from(["pat", "sam", "kim", "lee"])
_moments = st.integers(-24 * 10, 24 * 380).map(lambda hours: START + timedelta(hours=hours))
_lengths = st.integers(1, 24 * 30).map(lambda hours: timedelta(hours=hours))
_times = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")


@st.composite
def hours_of_week(draw: st.DrawFn) -> str:
    days = draw(st.sampled_from(["mon-fri", "sat,sun", "mon-sun", "wed", "sat-mon"]))
    start, end = draw(_times), draw(_times)
    return f"{days} 00:00-24:00" if start == end else f"{days} {start}-{end}"


@st.composite
def layers(draw: st.DrawFn, name: str = "layer", zone: ZoneInfo | None = None) -> Layer:
    return a_layer(
        *draw(st.lists(_ids, min_size=1, max_size=4, unique=True)),
        name=name,
        zone=zone or draw(st.sampled_from(ZONES)),
        first=date(YEAR - 1, 11, 1) + timedelta(days=draw(st.integers(0, 200))),
        minutes=draw(st.integers(0, 24 * 60 - 1)),
        days=draw(st.sampled_from([1, 2, 3, 7, 14])),
        hours=tuple(draw(st.lists(hours_of_week(), max_size=3))),
        on_holidays=draw(st.sampled_from(OnHolidays)),
        until=draw(st.none() | _moments.filter(lambda m: m > START + timedelta(days=250))),
    )


@st.composite
def absences(draw: st.DrawFn) -> Absence:
    start = draw(_moments)
    return Absence(draw(_ids | st.just("max")), start, start + draw(_lengths))


@st.composite
def overrides(draw: st.DrawFn) -> Override:
    start = draw(_moments)
    return Override(draw(_ids), Role.POINT, start, start + draw(_lengths))


@st.composite
def swaps(draw: st.DrawFn) -> Swap:
    one, other = draw(st.lists(_ids, min_size=2, max_size=2, unique=True))
    start = draw(_moments)
    return Swap(one, other, Role.POINT, start, start + draw(_lengths))


@st.composite
def desks(draw: st.DrawFn) -> Duty:
    number = draw(st.integers(0, 3))
    return a_desk(
        *(draw(layers(name=f"layer {at}")) for at in range(number)),
        changes=tuple(draw(st.lists(overrides() | swaps(), max_size=5))),
        absences=tuple(draw(st.lists(absences(), max_size=5))),
    )
