"""Notices of many cases, or of none: a bundle, a day's digest, a hole in the rota."""

from dataclasses import dataclass
from datetime import date, datetime

from triage.notify.brief import Envelope
from triage.types import Severity


@dataclass(frozen=True, slots=True)
class Line:
    """One case in a list. ``customer`` is a name or an address, ``sentence`` what weighed most or
    what is due; ``since`` is when it began to wait."""

    case_number: str
    severity: Severity
    customer: str
    rule: str
    sentence: str
    since: datetime
    link: str | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """Many notices to one person as one mail; ``link`` leads to the list of cases.

    An emergency goes alone: with one among the lines there is no bundle (``ValueError``).
    """

    envelope: Envelope
    lines: tuple[Line, ...]
    link: str | None

    def __post_init__(self) -> None:
        if any(line.severity is Severity.EMERGENCY for line in self.lines):
            raise ValueError("an emergency goes alone, never in a bundle")
        if not self.lines:
            raise ValueError("a bundle has at least one line")


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took over the day, in seconds; ``None`` where it did not happen."""

    what: str
    median: float | None
    longest: float | None


@dataclass(frozen=True, slots=True)
class Promises:
    """Promises of the day: kept, gone by, and those that come due the next day."""

    kept: int
    overdue: int
    coming: int


@dataclass(frozen=True, slots=True)
class Digest:
    """A day for the Manager. ``new``, ``closed`` count the day's; ``open``, ``overdue`` are as of
    its end. ``lines`` are the cases to look at."""

    envelope: Envelope
    day: date
    new: int
    open: int
    closed: int
    overdue: int
    took: tuple[Took, ...]
    promises: Promises
    lines: tuple[Line, ...]
    link: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """From ``since`` until ``until`` (excluded) the rota names nobody as ``role``, ``because``;
    ``covered_by`` (name) stands in. Times are shown in their own zone."""

    role: str
    since: datetime
    until: datetime
    covered_by: str
    because: str


@dataclass(frozen=True, slots=True)
class HoleNotice:
    """The rota has holes in the time to come."""

    envelope: Envelope
    gaps: tuple[Gap, ...]
    link: str | None

    def __post_init__(self) -> None:
        if not self.gaps:
            raise ValueError("without a gap there is nothing to tell")
