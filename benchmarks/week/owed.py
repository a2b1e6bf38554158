"""What a case owes, and by when, counted from its history alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.week import hours
from benchmarks.week.verdict import Promise
from triage.policy import Timetable

TOLERANCE = timedelta(seconds=1)
PERIODS = {
    Promise.ANSWER: "answer",
    Promise.PROGRESS: "progress",
    Promise.OUTCOME: "outcome",
    Promise.CONFIRM: "confirm",
    Promise.MANAGER: "manager",
}
HOLDABLE = frozenset({Promise.ANSWER, Promise.PROGRESS, Promise.OUTCOME, Promise.CONFIRM})

Matter = tuple[Promise, str]


@dataclass(slots=True)
class Owed:
    """``due`` by promise and matter; the latest moment at which something must have been heard."""

    table: Timetable
    due: dict[Matter, datetime] = field(default_factory=dict)
    rounds: dict[Matter, int] = field(default_factory=dict)
    held_until: datetime | None = None

    def later(self, at: datetime, seconds: float) -> datetime:
        return hours.after(at, seconds, self.table.working_hours)

    def fresh(self, promise: Promise, at: datetime) -> datetime:
        return self.later(at, getattr(self.table, PERIODS[promise]))

    def owe(self, promise: Promise, due: datetime, about: str = "") -> None:
        """At the latest by then; what is owed already is never put off."""
        due = self._held(promise, due)
        self.due[promise, about] = min(due, self.due.get((promise, about), due))

    def anew(self, promise: Promise, due: datetime, about: str = "") -> None:
        self.due[promise, about] = self._held(promise, due)
        self.rounds.pop((promise, about), None)

    def again(self, promise: Promise, due: datetime, about: str = "") -> int:
        """It was rung for; how often by now."""
        self.due[promise, about] = self._held(promise, due)
        self.rounds[promise, about] = self.rounds.get((promise, about), 0) + 1
        return self.rounds[promise, about]

    def starts(self, at: datetime, *promises: Promise) -> None:
        for promise in promises:
            self.owe(promise, self.fresh(promise, at))

    def done(self, *promises: Promise) -> None:
        for matter in [one for one in self.due if one[0] in promises]:
            self.settle(*matter)

    def settle(self, promise: Promise, about: str = "") -> None:
        self.due.pop((promise, about), None)
        self.rounds.pop((promise, about), None)

    def quicken(self, table: Timetable, at: datetime) -> None:
        """Another timetable holds from now on; nothing is later by it."""
        self.table = table
        self.starts(at, *({promise for promise, _ in self.due} & PERIODS.keys()))

    def hold(self, until: datetime, at: datetime) -> None:
        self.release(at)
        self.done(Promise.PROGRESS)
        self.held_until = until
        for matter, due in self.due.items():
            self.due[matter] = self._held(matter[0], due)
        self.anew(Promise.HOLD, until)

    def release(self, at: datetime) -> None:
        """The hold is over; what it put off begins anew."""
        until, self.held_until = self.held_until, None
        self.settle(Promise.HOLD)
        if until is None:
            return
        for (promise, about), due in list(self.due.items()):
            if promise in HOLDABLE and due <= until:
                self.due[promise, about] = self.fresh(promise, at)

    def silent(self, now: datetime) -> list[Matter]:
        """What should have been heard of before now."""
        return [matter for matter, due in self.due.items() if due + TOLERANCE < now]

    def _held(self, promise: Promise, due: datetime) -> datetime:
        if self.held_until is None or promise not in HOLDABLE:
            return due
        return max(due, self.held_until)
