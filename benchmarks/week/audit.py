"""Reads one case's history from its first event to its last, and says what was promised, kept,
late but escalated, or missed. Knows the policy's words and none of the program's functions."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from benchmarks.week import hours
from benchmarks.week.desk import Desk
from benchmarks.week.heard import Heard, people_in
from benchmarks.week.owed import Owed
from benchmarks.week.story import Event, Story
from benchmarks.week.verdict import Promise, Verdict
from triage import policy
from triage.policy import Timetable
from triage.types import Decision, Outcome, Severity

GRAVITY = (Severity.LOW, Severity.NORMAL, Severity.HIGH, Severity.EMERGENCY)
CLOCKS = {
    "answer": Promise.ANSWER,
    "progress": Promise.PROGRESS,
    "outcome": Promise.OUTCOME,
    "confirm": Promise.CONFIRM,
    "manager answer": Promise.TASK,
}
_RESTS = frozenset({"note", "rude", "customer wrote again", "flagged"})
"""Entries that are nobody's progress."""


@dataclass(slots=True)
class Audit:
    """One case. ``state`` is waiting, had, told, confirmed, closed or dismissed."""

    story: Story
    desk: Desk
    verdict: Verdict
    heard: Heard
    owed: Owed
    state: str = ""
    owner: str | None = None
    severity: Severity = Severity.LOW
    done: str = ""
    says: str = ""
    before: Event | None = None
    quiet_since: datetime | None = None
    quiet: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def run(self, end: datetime) -> None:
        for event in self.story.events:
            self._time_passed(event.at)
            _READ.get(event.what, Audit._other)(self, event)
            self._progressed(event)
            self._check_owner(event)
            self.before = event
        self._time_passed(end)
        self._check_end()
        self._check_quiet()

    @property
    def case_id(self) -> int:
        return self.story.row.id

    @property
    def ended(self) -> bool:
        return self.state in {"closed", "dismissed"}

    def _hold(self, promise: Promise, event: Event, so: bool, what: str) -> None:
        self.verdict.hold(promise, self.case_id, event.at, so, what)

    def _owes(self, *promises: Promise) -> None:
        for promise in promises:
            self.verdict.promised(promise, self.case_id)

    def _time_passed(self, now: datetime) -> None:
        for promise, about in self.owed.silent(now):
            due = self.owed.due[promise, about]
            what = f"nothing heard since {due:%a %H:%M:%S} {about}"
            self.verdict.missed(promise, self.case_id, due, what)
            self.owed.settle(promise, about)

    def _start(self, at: datetime, *promises: Promise) -> None:
        self._owes(*promises)
        self.owed.starts(at, *promises)

    def _wait(self, at: datetime) -> None:
        """Nobody has it: the ladder's turn."""
        self.owed.release(at)
        self.owed.done(Promise.PROGRESS, Promise.CONFIRM)
        self._loud(at)
        self.state = "waiting"
        self._owes(Promise.LADDER)
        self.owed.anew(Promise.LADDER, self.owed.later(at, self.owed.table.repeat))
        self._start(at, Promise.OUTCOME, *([] if self.says else [Promise.MANAGER]))

    def _had(self, event: Event, owner: str) -> None:
        self.owner = owner
        if self.state in {"waiting", "closed", "dismissed"}:
            self.quiet_since = event.at
            self.owed.done(Promise.LADDER)
            self.state = "had"
        for promise, about in list(self.owed.due):
            if promise is Promise.HELP and about != owner:
                self.owed.settle(promise, about)

    def _loud(self, at: datetime) -> None:
        if self.quiet_since is not None:
            self.quiet.append((self.quiet_since, at))
        self.quiet_since = None

    def _again(self, at: datetime) -> None:
        """At work on it once more: the outcome is to be told anew, and the Manager with it."""
        self.owed.done(Promise.CONFIRM)
        self.state, self.done, self.says = "had", "", ""
        self._start(at, Promise.PROGRESS, Promise.OUTCOME, Promise.MANAGER)

    def _flagged(self, event: Event) -> None:
        severity, table = self._decided(event)
        told = self.heard.told(event.at, "flag")
        self._hold(
            Promise.AT_ONCE, event, self.heard.point(event.at) in told, f"told were {sorted(told)}"
        )
        if not self.state or self.ended:
            self.done = self.says = ""
            self._begins(event, severity, table)
        elif GRAVITY.index(severity) > GRAVITY.index(self.severity):
            self.severity = severity
            self.owed.quicken(table, event.at)
            self._wait(event.at)
            self._start(event.at, Promise.ANSWER)
        elif self.state != "waiting" and self.heard.at_desk(self.owner, event.at):
            self._more_of_it(event.at)
        if self.severity is Severity.EMERGENCY and self.state == "waiting":
            everybody = self.heard.ladder(event.at)
            loud = self.heard.on_every_channel(event.at, everybody, "flag")
            self._hold(Promise.EVERYBODY, event, loud, "somebody or a channel was left out")
        self._check_insistence(event)

    def _decided(self, event: Event) -> tuple[Severity, Timetable]:
        severity = Severity(event.data["severity"])
        decision = Decision(Outcome.FLAG, severity, event.data.get("rule", ""))
        return severity, policy.timetable(self.desk.policy_at(event.at), decision)

    def _begins(self, event: Event, severity: Severity, table: Timetable) -> None:
        self.severity, self.owed.table = severity, table
        self.owed.due.clear()
        self._wait(event.at)
        self._start(event.at, Promise.ANSWER)

    def _more_of_it(self, at: datetime) -> None:
        self.owed.release(at)
        if self.state in {"told", "confirmed"}:
            self._again(at)
        self._start(at, Promise.ANSWER, Promise.PROGRESS)

    def _check_insistence(self, event: Event) -> None:
        if event.data.get("mail") not in self.story.asks or hours.is_open(event.at):
            return
        asked = any(
            one.what == "manager asked to answer" and one.at == event.at
            for one in self.story.events
        )
        told = self.heard.manager(event.at) in self.heard.told(event.at, "manager_task")
        self._hold(Promise.AFTER_HOURS, event, asked and told, "no task for the Manager")

    def _raised(self, event: Event) -> None:
        if "why" not in event.data:
            return  # by a mail, whose flag was read just before
        self.severity = Severity(event.data["to"])
        table = self.desk.policy_at(event.at).clocks[self.severity]
        self.owed.quicken(table, event.at)
        if self.state == "waiting" or self.severity is Severity.EMERGENCY:
            self._wait(event.at)
            self._start(event.at, Promise.ANSWER)

    def _acknowledged(self, event: Event) -> None:
        self._had(event, event.data["owner"])

    def _in_hand(self, event: Event) -> None:
        self._had(event, event.data["owner"])
        self.owed.release(event.at)
        if self.state in {"told", "confirmed"}:
            self._again(event.at)

    def _given_back(self, event: Event) -> None:
        by_hand = event.who != "triage"
        self.owner = None if by_hand or not self.heard.at_desk(self.owner, event.at) else self.owner
        self._wait(event.at)
        if by_hand:
            self.owed.done(Promise.HELP)
        told = self.heard.told(event.at, "flag")
        self._hold(Promise.OWNER, event, bool(told), "nobody was told that it was given back")

    def _handed_over(self, event: Event) -> None:
        self._had(event, event.data["to"])
        told = self.heard.told(event.at, "handover")
        self._hold(Promise.HANDOVER, event, told == {event.data["to"]}, f"told: {sorted(told)}")

    def _answered(self, event: Event) -> None:
        if event.what == "we wrote" and (self.state == "waiting" or self.ended):
            return
        self.owed.done(Promise.ANSWER)
        if event.what == "manager answered":
            self.owed.done(Promise.TASK)

    def _done_noted(self, event: Event) -> None:
        self.done = event.data["done"]

    def _told(self, event: Event) -> None:
        self.owed.done(Promise.ANSWER, Promise.OUTCOME, Promise.PROGRESS)
        self.state = "told"
        self._owes(Promise.CONFIRM)
        self.owed.anew(Promise.CONFIRM, self.owed.fresh(Promise.CONFIRM, event.at))

    def _asked(self, event: Event) -> None:
        self.owed.anew(Promise.CONFIRM, self.owed.fresh(Promise.CONFIRM, event.at))

    def _confirmed(self, event: Event) -> None:
        self.owed.done(Promise.CONFIRM)
        self.state = "confirmed"

    def _ended(self, event: Event) -> None:
        self.state = event.what
        self._loud(event.at)
        danger = self.severity is Severity.EMERGENCY
        if event.what == "closed" or danger or self.says:
            known = self.says == (self.done or "not resolved yet") or "dismissed" in self.says
            self._hold(Promise.MANAGER, event, known, f"the Manager knows {self.says!r}")
        if event.what == "closed":
            self._hold(Promise.OUTCOME_AND_NAME, event, bool(self.done and self.owner), "no end")
        else:
            named = bool(event.data["reason"]) and event.who != "triage"
            self._hold(Promise.OUTCOME_AND_NAME, event, named, "dismissed by nobody")
        for promise, _ in self.owed.due:
            if promise in {Promise.KEPT, Promise.TASK} and event.what == "closed":
                self._hold(promise, event, False, "closed although it was open")
        self.owed.due.clear()
        self.owed.rounds.clear()
        self.owed.held_until = None

    def _reopened(self, event: Event) -> None:
        if event.who != "triage":
            self._had(event, event.who)
            self._again(event.at)
        elif self.before and self.before.what == "customer wrote again":
            self.quiet_since = event.at
            self._word_comes(event)

    def _wrote(self, event: Event) -> None:
        if self.state in {"waiting", "dismissed"}:
            return
        if not self.heard.at_desk(self.owner, event.at):
            return  # it is given back with this
        told = self.heard.told(event.at, "customer_wrote")
        must = self.heard.has_it(self.owner, event.at)
        self._hold(Promise.HEARD, event, must <= told, f"told were {sorted(told)}")
        self.owed.release(event.at)
        if self.state == "told":
            self._word_comes(event)
        elif self.state != "closed":
            self._start(event.at, Promise.PROGRESS)

    def _word_comes(self, event: Event) -> None:
        """The customer was told, and says something: it is read when an answer would be due."""
        self.state = "told"
        self._owes(Promise.CONFIRM)
        self.owed.owe(Promise.CONFIRM, self.owed.later(event.at, self.owed.table.answer))

    def _held(self, event: Event) -> None:
        self._owes(Promise.HOLD)
        self.owed.hold(datetime.fromisoformat(event.data["until"]), event.at)

    def _hold_ended(self, event: Event) -> None:
        self.owed.release(event.at)
        if event.who == "triage":
            must = self.heard.has_it(self.owner, event.at)
            told = self.heard.told(event.at, "hold_ended")
            self._hold(Promise.HOLD, event, must <= told, f"told were {sorted(told)}")
        if self.state in {"had", "confirmed"}:
            self.owed.anew(Promise.PROGRESS, self.owed.fresh(Promise.PROGRESS, event.at))

    def _promised(self, event: Event) -> None:
        self._owes(Promise.KEPT)
        due = datetime.fromisoformat(event.data["due"])
        self.owed.anew(Promise.KEPT, due, str(event.data["promise"]))

    def _kept(self, event: Event) -> None:
        self.owed.settle(Promise.KEPT, str(event.data["promise"]))

    def _promise_overdue(self, event: Event) -> None:
        about = str(event.data["promise"])
        times = self.owed.again(Promise.KEPT, event.at + timedelta(days=1), about)
        self._rang(Promise.KEPT, event, "promise", times)

    def _help_asked(self, event: Event) -> None:
        self._owes(Promise.HELP)
        due = self.owed.later(event.at, self.owed.table.repeat)
        self.owed.owe(Promise.HELP, due, event.who)
        told = self.heard.told(event.at, "help") - {event.who}
        self._hold(Promise.HELP, event, bool(told), "nobody was asked")

    def _help_asked_again(self, event: Event) -> None:
        due = self.owed.later(event.at, self.owed.table.repeat)
        self.owed.again(Promise.HELP, due, event.data["by"])
        told = self.heard.told(event.at, "help") - {event.data["by"]}
        self._hold(Promise.HELP, event, bool(told), "nobody was asked again")
        self.verdict.escalated(Promise.HELP, self.case_id)

    def _help_given(self, event: Event) -> None:
        self.owed.done(Promise.HELP)

    def _task(self, event: Event) -> None:
        self._owes(Promise.TASK)
        start = event.at if event.data["by"] == "phone" else hours.opening(event.at)
        self.owed.owe(Promise.TASK, start + timedelta(seconds=self.owed.table.answer))
        told = self.heard.told(event.at, "manager_task")
        manager = self.heard.manager(event.at)
        self._hold(Promise.TASK, event, manager in told, "the Manager was not asked")

    def _overdue(self, event: Event) -> None:
        promise = CLOCKS[event.data["clock"]]
        if promise is Promise.TASK:
            self.owed.again(promise, event.at + timedelta(seconds=self.owed.table.ceiling))
            manager = self.heard.manager(event.at)
            told = self.heard.told(event.at, "manager_task")
            self._hold(promise, event, manager in told, "the Manager was not asked again")
            self.verdict.escalated(promise, self.case_id)
            return
        times = self.owed.again(promise, self.owed.fresh(promise, event.at))
        self._rang(promise, event, "overdue", times)

    def _rang(self, promise: Promise, event: Event, kind: str, times: int) -> None:
        """Whoever has it hears, from the second time on somebody above them too."""
        told = self.heard.told(event.at, kind)
        must = self.heard.has_it(self.owner, event.at)
        heard = must <= told and (times == 1 or len(told) > len(must))
        self._hold(promise, event, heard, f"overdue {times} times, told were {sorted(told)}")
        self.verdict.escalated(promise, self.case_id)

    def _pinged(self, event: Event) -> None:
        table, at = self.owed.table, event.at
        times = self.owed.rounds.get((Promise.LADDER, ""), 0) + 1
        pause = table.ceiling if self.heard.is_last(times + 1, table, at) else table.repeat
        self.owed.again(Promise.LADDER, self.owed.later(at, pause))
        kind = "reminder" if event.what == "reminded" else "escalation"
        told, wanted = self.heard.told(at, kind), self.heard.step(times, table, at)
        right = {one.id for one in wanted} <= told == people_in(event)
        self._hold(
            Promise.LADDER,
            event,
            right and event.data["times"] == times,
            f"ring {times} ({event.data['times']}) told {sorted(told)}",
        )
        self.verdict.escalated(Promise.LADDER, self.case_id)
        if self.severity is Severity.EMERGENCY:
            loud = self.heard.on_every_channel(at, wanted, kind)
            self._hold(Promise.EVERYBODY, event, loud, "a channel was left out")

    def _manager_told(self, event: Event) -> None:
        self.owed.done(Promise.MANAGER)
        told = self.heard.told(event.at, "manager")
        manager = self.heard.manager(event.at)
        self._hold(Promise.MANAGER, event, manager in told, f"told were {sorted(told)}")
        graver = any(
            one.what == "severity raised" and one.at == event.at for one in self.story.events
        )
        news = event.data["says"] != self.says or graver
        self._hold(Promise.NEWS, event, news, "told the same again")
        if event.who == "triage" and not graver:
            self.verdict.escalated(Promise.MANAGER, self.case_id)
        self.says = event.data["says"]

    def _other(self, event: Event) -> None:
        """Only written down."""

    def _progressed(self, event: Event) -> None:
        """A deed of anybody, a note of the owner, or mail of ours: the next is awaited anew."""
        by_person = event.who != "triage" and event.what not in _RESTS
        noted = event.what == "note" and event.who == self.owner
        if not (by_person or noted or event.what == "we wrote"):
            return
        if self.state in {"had", "confirmed"} and self.owed.held_until is None:
            self._owes(Promise.PROGRESS)
            self.owed.anew(Promise.PROGRESS, self.owed.fresh(Promise.PROGRESS, event.at))

    def _check_owner(self, event: Event) -> None:
        if self.state in {"had", "told", "confirmed"}:
            self._hold(Promise.OWNER, event, self.owner is not None, "nobody has it")

    def _check_quiet(self) -> None:
        self._loud_at_end()
        for start, end in self.quiet:
            pinged = self.heard.pinged_between(start, end)
            self.verdict.hold(
                Promise.QUIET, self.case_id, start, not pinged, f"pinged at {pinged[:2]}"
            )

    def _loud_at_end(self) -> None:
        if self.quiet_since is not None:
            self.quiet.append((self.quiet_since, None))

    def _check_end(self) -> None:
        row = self.story.row
        if row.status == "closed":
            answered = row.confirmed or row.tries >= row.tries_wanted
            whole = bool(row.told and answered and row.owner and row.done.strip())
            self.verdict.hold(Promise.OUTCOME_AND_NAME, row.id, None, whole, "closed too soon")
            if row.promises_open:
                self.verdict.missed(Promise.KEPT, row.id, None, "left open")
        elif row.status != "dismissed":
            on = row.clocks > 0 and row.late == 0
            self.verdict.hold(
                Promise.NEXT, row.id, None, on, f"{row.clocks} clocks, {row.late} late"
            )


_READ: dict[str, Callable[[Audit, Event], None]] = {
    "flagged": Audit._flagged,
    "severity raised": Audit._raised,
    "acknowledged": Audit._acknowledged,
    "in hand": Audit._in_hand,
    "given back": Audit._given_back,
    "handed over": Audit._handed_over,
    "answered": Audit._answered,
    "we wrote": Audit._answered,
    "manager answered": Audit._answered,
    "done noted": Audit._done_noted,
    "customer told": Audit._told,
    "asked, no answer": Audit._asked,
    "customer confirmed": Audit._confirmed,
    "closed": Audit._ended,
    "dismissed": Audit._ended,
    "reopened": Audit._reopened,
    "customer wrote again": Audit._wrote,
    "held": Audit._held,
    "hold ended": Audit._hold_ended,
    "promised": Audit._promised,
    "promise kept": Audit._kept,
    "promise overdue": Audit._promise_overdue,
    "help asked": Audit._help_asked,
    "help asked again": Audit._help_asked_again,
    "help given": Audit._help_given,
    "manager asked to answer": Audit._task,
    "overdue": Audit._overdue,
    "reminded": Audit._pinged,
    "escalated": Audit._pinged,
    "manager told": Audit._manager_told,
}


def audited(story: Story, desk: Desk, verdict: Verdict, end: datetime) -> None:
    first = desk.policy.clocks[Severity.HIGH]
    Audit(story, desk, verdict, Heard(story, desk), Owed(replace(first))).run(end)
