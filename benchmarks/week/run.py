"""Runs the week: from one event to the next, whoever's it is."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from benchmarks.week import customers, habits
from benchmarks.week.desk import Desk
from benchmarks.week.hours import START
from benchmarks.week.mails import CALM, MOODS, Post, mood
from benchmarks.week.staff import Staff
from triage.caseload import Caseload
from triage.life import deeds
from triage.pipeline import Saver
from triage.ringer import Ringer
from triage.store import Database, Transaction, life, mails

Happening = Callable[[], None]
WORK_MINUTES = 45.0
"""From one thing that somebody does for a case to the next, on average."""


@dataclass
class Week:
    """``threads`` gives the case of each customer's thread once it has one; ``clockless`` is the
    most open cases without a clock that any look at them found."""

    database: Database
    desk: Desk
    seed: int = 4711
    now: datetime = START
    threads: dict[int, int] = field(default_factory=dict)
    clockless: int = 0
    looks: int = 0
    steps: int = 0

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self._plan: list[tuple[datetime, int, Happening]] = []
        self._order = count()
        self._prepared: list[int] = []
        self._post = Post()
        self._thread_of: dict[int, int] = {}
        self.caseload = Caseload(
            lambda: self.desk.duty_at(self.now),
            lambda: self.desk.policy_at(self.now),
            lambda tx, notice_id: self._prepared.append(notice_id),
            lambda: self.now,
        )
        self.ringer = Ringer(self.database, self.caseload, lambda now: 0)
        self.staff = Staff(self.database, self.caseload, self.chance, self._own_mail)
        self._saver = Saver(self.caseload)

    def run(self, cases: int, days: int, after: int) -> datetime:
        """Cases begin over ``days``, and all goes on for ``after`` more; when it ended."""
        end = START + timedelta(days=days + after)
        for thread, (at, source) in enumerate(
            customers.arrivals(cases, days, self.chance), start=1
        ):
            self._at(at, lambda t=thread, s=source: self._begins(t, s))  # type: ignore[misc]
        for hours in range(6, (days + after) * 24, 6):
            self._at(START + timedelta(hours=hours), self._look)
        while self._step(end):
            self.steps += 1
        self.now = end
        self._look()
        return end

    def _step(self, end: datetime) -> bool:
        with self.database.transaction() as tx:
            row = tx.execute("select min(due) from clock").fetchone()
        due: datetime | None = row[0] if row else None
        planned = self._plan[0][0] if self._plan else end
        if min(due or end, planned) >= end:
            return False
        if due is not None and due <= planned:
            self.now = max(self.now, due)
            while self.ringer.step():
                pass
        else:
            self.now, _, happens = heapq.heappop(self._plan)
            happens()
        self._deliver()
        return True

    def _at(self, when: datetime | None, happens: Happening) -> None:
        if when is not None:
            heapq.heappush(self._plan, (when, next(self._order), happens))

    def _look(self) -> None:
        """No open case may be without a next event, at any time."""
        with self.database.transaction() as tx:
            self.clockless = max(self.clockless, len(life.clockless(tx)))
        self.looks += 1

    def _begins(self, thread: int, source: str) -> None:
        raised = mood(self.chance)
        reading = self._post.read(
            thread, raised, self.desk.policy_at(self.now), self.now, answers=False
        )
        with self.database.transaction() as tx:
            if source == "mail":
                self._saver.save(tx, [reading])
            else:
                mail_id = mails.keep(tx, reading)
                assert mail_id is not None
                self.caseload.flagged(tx, mail_id, reading, source, "pat")
            self._remember(tx, thread)
        again = customers.insists(self.now, self.chance)
        if again:
            self._at(again[0], lambda: self._writes(thread, again[1]))

    def _remember(self, tx: Transaction, thread: int) -> None:
        row = tx.execute("select max(id) from cases").fetchone()
        assert row is not None
        self.threads[thread] = int(row[0])
        self._thread_of[int(row[0])] = thread

    def _writes(self, thread: int, how: str) -> None:
        raised = {"calm": CALM, "angry": MOODS["angry"][1], "worse": MOODS["threat"][1]}[how]
        reading = self._post.read(thread, raised, self.desk.policy_at(self.now), self.now)
        with self.database.transaction() as tx:
            self._saver.save(tx, [reading])

    def _own_mail(self, case_id: int) -> None:
        thread = self._thread_of[case_id]
        rules = self.desk.policy_at(self.now)
        with self.database.transaction() as tx:
            self._saver.save(tx, [self._post.read(thread, CALM, rules, self.now, own=True)])

    def _deliver(self) -> None:
        """What was prepared is out at once; whoever it is for looks at it in their own time."""
        if not self._prepared:
            return
        ids, self._prepared = self._prepared, []
        with self.database.transaction() as tx:
            rows = tx.execute(
                """update notice set state = 'sent' where id = any(%s) and state = 'waiting'
                   returning case_id, person, kind, channel""",
                [ids],
            ).fetchall()
            flagged = {case_id for case_id, _, kind, _ in rows if kind == "flag"}
            tx.execute(
                "update cases set status = 'notified' where id = any(%s) and status = 'flagged'",
                [list(flagged)],
            )
        for case_id, person, kind, channel in rows:
            if channel == "mail":
                looks = habits.looks_at(person, self.now, self.chance)
                self._at(looks, lambda c=case_id, p=person, k=kind: self._looks(c, p, k))  # type: ignore[misc]

    def _looks(self, case_id: int, person: str, kind: str) -> None:
        if self.staff.react(case_id, person, kind, self.now) or kind == "handover":
            self._goes_on(case_id, person)

    def _goes_on(self, case_id: int, person: str) -> None:
        then = habits.goes_on(person, self.now, WORK_MINUTES, self.chance)
        self._at(then, lambda: self._works(case_id, person))

    def _works(self, case_id: int, person: str) -> None:
        told = self.staff.done["Told"]
        if self.staff.work(case_id, person, self.now):
            self._goes_on(case_id, person)
        if self.staff.done["Told"] > told:
            self._hears(case_id, person)

    def _hears(self, case_id: int, person: str) -> None:
        """The customer was told the outcome."""
        thread = self._thread_of[case_id]
        when, how = customers.answers(self.now, self.chance)
        if how == "silent":
            return
        self._at(when, lambda: self._writes(thread, how))
        if how == "calm":  # whoever reads it sees that it works now
            read = habits.looks_at(person, when, self.chance)
            self._at(read, lambda: self._confirms(case_id, person))

    def _confirms(self, case_id: int, person: str) -> None:
        self.staff.act(case_id, person, deeds.Confirmed())
        self._goes_on(case_id, person)
