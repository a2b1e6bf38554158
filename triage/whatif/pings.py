"""Who would have been pinged for a flag, and when: the life of a case, run until it was taken."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from triage.duty import Duty, Person, Role, is_open, ladder
from triage.duty.book import book_of
from triage.life import CaseState, Change, ClockKind, Moment, Status, begun, rung
from triage.policy.timetable import Timetable
from triage.types import Severity
from triage.whatif.records import Ping

MOST_RINGS = 24
"""Of one flag that nobody took up; a ping an hour for a day says enough."""


@dataclass(slots=True)
class _Ladders:
    """The ladder at any moment of a span. It changes where the rota does, so it is worked out
    once between two such edges."""

    duty: Duty
    edges: list[datetime]
    known: dict[int, tuple[Person, ...]] = field(default_factory=dict)

    def at(self, moment: datetime) -> tuple[Person, ...]:
        place = bisect_right(self.edges, moment)
        if not 0 < place < len(self.edges):
            return ladder(self.duty, moment)
        if place not in self.known:
            self.known[place] = ladder(self.duty, moment)
        return self.known[place]


@dataclass(frozen=True, slots=True)
class _Moment(Moment):
    ladders: _Ladders = field(kw_only=True)

    def ladder(self) -> tuple[Person, ...]:
        return self.ladders.at(self.now)


_Asked = tuple[Severity, Timetable, datetime, datetime | None]


@dataclass(slots=True)
class Pings:
    """The desk over a span of the past, ready to be asked. The last answer is kept: most mail is
    decided the same by both courses."""

    duty: Duty
    until: datetime
    ladders: _Ladders
    last: tuple[_Asked, list[Ping]] | None = None

    @classmethod
    def of(cls, duty: Duty, since: datetime, until: datetime) -> "Pings":
        start, end = since.astimezone(UTC), until.astimezone(UTC)
        edges = {start, end}
        for role in (Role.POINT, Role.SUPERVISOR, Role.SPECIALIST, Role.MANAGER):
            edges.update(book_of(duty, role, (), ()).edges(start, end))
        return cls(duty, end, _Ladders(duty, sorted(edges)))

    def of_flag(
        self, severity: Severity, timetable: Timetable, at: datetime, taken: datetime | None
    ) -> list[Ping]:
        """From the flag until somebody took it up; at most ``MOST_RINGS`` if nobody did."""
        asked = (severity, timetable, at, taken)
        if self.last is None or self.last[0] != asked:
            self.last = (asked, self._climbed(*asked))
        return self.last[1]

    def _climbed(
        self, severity: Severity, timetable: Timetable, at: datetime, taken: datetime | None
    ) -> list[Ping]:
        case = CaseState(0, Status.FLAGGED, severity, timetable, at)
        now = at.astimezone(UTC)
        change = begun(case, self._moment(now), {})
        pings = self._said(change, now)
        end = min(taken or self.until, self.until)
        for _ in range(MOST_RINGS):
            clock = change.after.clock(ClockKind.ACKNOWLEDGE)
            if clock is None or clock.due >= end:
                break
            now = clock.due
            change = rung(change.after, clock, self._moment(now))
            pings += self._said(change, now)
        return pings

    def first_only(self, severity: Severity, timetable: Timetable, at: datetime) -> list[Ping]:
        return self.of_flag(severity, timetable, at, at)

    def of_owner(self, owner: str | None, at: datetime) -> list[Ping]:
        """A further flag in a case that somebody has: they are told, else Point."""
        person = (self.duty.person(owner) if owner else None) or self.ladders.at(at)[0]
        return [Ping(at, person.id, "flag", is_open(self.duty.hours, at))]

    def _moment(self, now: datetime) -> _Moment:
        return _Moment(now, self.duty, ladders=self.ladders)

    def _said(self, change: Change, now: datetime) -> list[Ping]:
        open_now = is_open(self.duty.hours, now)
        return [
            Ping(now, person.id, str(telling.kind), open_now)
            for telling in change.tell
            for person in telling.people
        ]


def taken_at(flagged: datetime, usual_wait: timedelta) -> datetime:
    """For a flag that nobody could take up because it was not raised then."""
    return flagged + usual_wait
