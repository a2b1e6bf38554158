"""The life of a case for tests: told as a story, with the desk and the policy that are packaged."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from triage import duty, life, policy
from triage.duty import Duty, Person
from triage.life import CaseState, Change, ClockKind, Moment, Status, TellKind
from triage.life.deeds import Deed
from triage.policy import Timetable
from triage.types import Severity

BERLIN = ZoneInfo("Europe/Berlin")
DESK = duty.load()
CLOCKS = policy.load().clocks
TABLES = {severity: CLOCKS[severity] for severity in Severity}

WEDNESDAY = datetime(2026, 6, 3, 10, 0, tzinfo=BERLIN)
"""The desk is open; Kim is Point, Pat stands in, Robin is Rep Supervisor, Morgan is Manager."""


def a_case(
    severity: Severity = Severity.HIGH,
    now: datetime = WEDNESDAY,
    timetable: Timetable | None = None,
) -> CaseState:
    """As it is before its life begins."""
    return CaseState(1, Status.FLAGGED, severity, timetable or CLOCKS[severity], now)


def someone(id: str, desk: Duty = DESK) -> Person:
    person = desk.person(id)
    assert person is not None
    return person


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told something."""

    at: datetime
    kind: TellKind
    who: str


@dataclass(slots=True)
class Story:
    """A case, and all that was said of it; ``now`` moves on and clocks ring as they are due."""

    case: CaseState
    now: datetime
    desk: Duty = DESK
    told: list[Told] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        severity: Severity = Severity.HIGH,
        now: datetime = WEDNESDAY,
        *,
        clocks: str = "",
        desk: Duty = DESK,
    ) -> Self:
        """Just flagged."""
        case = a_case(severity, now, CLOCKS[clocks] if clocks else None)
        story = cls(case, now, desk)
        return story.then(life.begun(case, story.at, {"rule": "test"}))

    @property
    def at(self) -> Moment:
        return Moment(self.now, self.desk, TABLES)

    def then(self, change: Change) -> Self:
        checked(change)
        self.case = replace(change.after, revision=self.case.revision + len(change.events))
        self.events += [event.what for event in change.events]
        for telling in change.tell:
            self.told += [Told(self.now, telling.kind, one.id) for one in telling.people]
        return self

    def does(self, who: str, *doing: Deed) -> Self:
        for deed in doing:
            self.then(life.acted(self.case, deed, someone(who, self.desk), self.at))
        return self

    def flagged(self, severity: Severity) -> Self:
        return self.then(
            life.flagged_again(self.case, severity, CLOCKS[severity], self.at, {"rule": "test"})
        )

    def wrote(self) -> Self:
        return self.then(life.wrote(self.case, self.at, {"mail": 1}))

    def we_wrote(self) -> Self:
        return self.then(life.we_wrote(self.case, self.at, {"mail": 2}))

    def insisted(self, **contact: object) -> Self:
        """In a mail, after hours."""
        nothing = Change(self.case, ())
        return self.then(life.with_insistence(nothing, self.at, contact))

    def waits(self, **length: float) -> Self:
        """Each clock rings the moment it is due."""
        until = self.now + timedelta(**length)
        while self.next_due is not None and self.next_due <= until:
            self.now = self.next_due
            self.ring()
        self.now = until
        return self

    @property
    def next_due(self) -> datetime | None:
        return min((clock.due for clock in self.case.clocks), default=None)

    def ring(self) -> Self:
        """All that is due now, as the sweep does it."""
        for clock in self.case.clocks:
            if clock.due <= self.now and self.case.clock(clock.kind, clock.about) == clock:
                self.then(life.rung(self.case, clock, self.at))
        return self

    def heard(self, *kinds: TellKind) -> list[str]:
        """Ids of those told, in order; all kinds where none is named."""
        return [one.who for one in self.told if not kinds or one.kind in kinds]

    def forget(self) -> Self:
        self.told.clear()
        self.events.clear()
        return self

    def due_in(self, kind: ClockKind, about: str = "") -> timedelta:
        clock = self.case.clock(kind, about)
        assert clock is not None
        return clock.due - self.now


def checked(change: Change) -> None:
    """What holds of every step: it is in the history, can be kept, and speaks to somebody."""
    assert change.events
    for said in (*change.events, *change.tell):
        facts = said.data if isinstance(said, life.Event) else said.facts
        assert json.loads(json.dumps(facts)) == facts
    for telling in change.tell:
        assert telling.people, telling
    keys = [(telling.kind, one.id) for telling in change.tell for one in telling.people]
    assert len(keys) == len(set(keys)), keys
