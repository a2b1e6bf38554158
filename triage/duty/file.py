"""What duty.toml may hold, key by key; what its parts mean together is ``load``'s to say."""

from datetime import date
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    model_validator,
)

from triage.duty.people import Role
from triage.duty.rota import OnHolidays
from triage.duty.wall import YEARS
from triage.duty.week import hours_of, week_of
from triage.types import Severity

MOST = 1_000
"""Entries of any one kind in a file."""


def _line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be one line of text")
    return text.strip()


def _mail(text: str) -> str:
    name, address = parseaddr(text)
    local, at, domain = address.rpartition("@")
    if name or address != text or not (local and at and domain) or not text.isascii():
        raise ValueError("must be a bare mail address such as pat@example.org")
    return text


def _zone(text: object) -> ZoneInfo:
    if text not in available_timezones():
        raise ValueError("must be an IANA time zone such as Europe/Berlin")
    return ZoneInfo(str(text))


def _week(texts: tuple[str, ...]) -> tuple[str, ...]:
    week_of(texts)
    return texts


def _hours(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        hours_of(text)
    return texts


def _year(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError(f"must lie in the years {YEARS.start} to {YEARS.stop - 1}")
    return day


def _moment(given: object) -> date:
    if not isinstance(given, date):
        raise ValueError("must be a date or a time, as 2026-01-05 or 2026-01-05T09:00:00")
    return _year(given)


def _enough_digits(text: str) -> str:
    if not 3 <= sum(map(str.isdigit, text)) <= 20:
        raise ValueError("must be a phone number such as +49 30 1234567")
    return text


Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]
Line = Annotated[str, Field(max_length=120), AfterValidator(_line)]
Mail = Annotated[str, Field(max_length=254), AfterValidator(_mail)]
Phone = Annotated[
    str, Field(max_length=40, pattern=r"^[0-9+()/. x-]+$"), AfterValidator(_enough_digits)
]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Country = Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]
Subdivision = Annotated[str, Field(pattern=r"^[A-Z0-9]{0,4}$")]
Week = Annotated[tuple[str, ...], Field(max_length=100, strict=False), AfterValidator(_week)]
HoursOfDay = Annotated[tuple[str, ...], Field(max_length=20, strict=False), AfterValidator(_hours)]
Ids = Annotated[tuple[Id, ...], Field(min_length=1, max_length=100, strict=False)]
Day = Annotated[date, AfterValidator(_year)]
Moment: TypeAlias = Annotated[date, PlainValidator(_moment)]
"""A date is the whole day: from its first moment, until its last. A time without an offset is by
the wall clock of the file's zone."""


class Section(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True
    )


class Channel(Section):
    name: Line
    url_file: Annotated[Path, Field(strict=False)] | None = None
    url_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "Channel":
        if (self.url_file is None) is (self.url_env is None):
            raise ValueError("needs url_file or url_env, and not both: where its URL is kept")
        return self


class PrivateFields(Section):
    phone: Phone | None = None
    mail: Mail | None = None
    notes: Annotated[str, Field(max_length=2000)] = ""


class Person(Section):
    id: Id
    name: Line
    roles: Annotated[
        tuple[Annotated[Role, Field(strict=False)], ...], Field(min_length=1, strict=False)
    ]
    mail: Mail
    office_phone: Phone | None = None
    channels: Annotated[tuple[Channel, ...], Field(max_length=10, strict=False)] = ()
    private: PrivateFields = PrivateFields()


class Layer(Section):
    name: Line
    role: Annotated[Role, Field(strict=False)] = Role.POINT
    people: Ids
    every: Annotated[str, Field(pattern=r"^[1-9]\d? (day|week)s?$")] | None = None
    hand_over: str | None = None
    hours: Week = ()
    holidays: Annotated[OnHolidays, Field(strict=False)] = OnHolidays.AS_USUAL
    country: Country | None = None
    subdivision: Subdivision | None = None
    zone: Zone | None = None
    from_: Annotated[Moment | None, Field(alias="from")] = None
    until: Moment | None = None


class _Lasting(Section):
    from_: Annotated[Moment, Field(alias="from")]
    until: Moment


class Override(_Lasting):
    person: Id
    role: Annotated[Role, Field(strict=False)] = Role.POINT


class Swap(_Lasting):
    people: Annotated[tuple[Id, Id], Field(strict=False)]
    role: Annotated[Role, Field(strict=False)] = Role.POINT


class Absence(_Lasting):
    person: Id


class SpecialDay(Section):
    date: Day
    hours: HoursOfDay = ()
    name: Line = "special day"


class Hours(Section):
    week: Annotated[Week, Field(min_length=1)]
    breaks: Week = ()
    zone: Zone | None = None
    country: Country = ""
    subdivision: Subdivision = ""
    special: Annotated[tuple[SpecialDay, ...], Field(max_length=MOST, strict=False)] = ()


class Answer(Section):
    by: Literal["phone", "mail"]
    severity: Annotated[
        tuple[Annotated[Severity, Field(strict=False)], ...], Field(strict=False)
    ] = ()
    urgent: bool | None = None
    open: bool | None = None


_Many = Field(max_length=MOST, strict=False)


class File(Section):
    """The file as a whole."""

    zone: Zone
    fallback: Ids
    people: Annotated[tuple[Person, ...], Field(min_length=1, max_length=MOST, strict=False)]
    layers: Annotated[tuple[Layer, ...], Field(max_length=100, strict=False)] = ()
    overrides: Annotated[tuple[Override, ...], _Many] = ()
    swaps: Annotated[tuple[Swap, ...], _Many] = ()
    absences: Annotated[tuple[Absence, ...], _Many] = ()
    hours: Hours
    answers: Annotated[tuple[Answer, ...], Field(min_length=1, max_length=100, strict=False)]
