"""Applies what the life of a case says to what is stored, and has people told.

Every step is one transaction: the case, its clocks, its history and the notices change together
or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from triage import life, policy
from triage.caller import LIKELY, reach
from triage.duty import Duty, Person
from triage.errors import ActRefused
from triage.life import CaseState, Change, Moment, Telling, TellKind, deeds
from triage.policy import Policy
from triage.store import Transaction, notices, placing
from triage.store import life as lives
from triage.store.notices import NewNotice
from triage.types import Assessment, Email, MailKind, Reading, Severity

Tell = Callable[[Transaction, int], None]
"""Defers, inside the transaction, the job that hands over the notice with this id."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Caseload:
    """``duty`` and ``policy`` give what is in force; ``clock`` the time, a true one in earnest."""

    duty: Callable[[], Duty]
    policy: Callable[[], Policy]
    tell: Tell
    clock: Callable[[], datetime] = utc_now

    def moment(self) -> Moment:
        clocks = self.policy().clocks
        return Moment(self.clock(), self.duty(), {level: clocks[level] for level in Severity})

    def flagged(
        self, tx: Transaction, mail_id: int, reading: Reading, source: str = "mail", who: str = ""
    ) -> int:
        """A mail raises a flag, in the case it belongs to or a new one; the case's id."""
        decision, at = reading.decision, self.moment()
        assert decision.severity is not None
        table = policy.timetable(self.policy(), decision)
        opening = placing.Opening(table, at.now, source)
        case_id, new = placing.place(tx, mail_id, reading, opening)
        flag_id = placing.flag(tx, case_id, mail_id, reading, at.now)
        why: dict[str, object] = {
            "mail": mail_id,
            "severity": decision.severity,
            "rule": decision.rule,
            **self._tone(tx, case_id, mail_id, reading.assessment),
        }
        before = self._state(tx, case_id)
        if new:
            change = life.begun(before, at, why)
        else:
            change = life.flagged_again(before, decision.severity, table, at, why)
        if self._insists(reading, at):
            change = life.with_insistence(change, at, reach(reading, at.duty))
        self._apply(tx, before, change, who or "triage", at, flag_id=flag_id)
        return case_id

    def wrote(self, tx: Transaction, mail_id: int, reading: Reading, email: Email) -> None:
        """A mail without a flag; it matters where it belongs to a case."""
        case_id = placing.of_thread(tx, email)
        if case_id is None:
            return
        placing.attach(tx, case_id, mail_id)
        before, at = self._state(tx, case_id), self.moment()
        what: dict[str, object] = {"mail": mail_id}
        if email.kind is MailKind.OWN:
            change = life.we_wrote(before, at, what)
        else:
            what |= self._tone(tx, case_id, mail_id, reading.assessment)
            change = life.wrote(before, at, what)
        self._apply(tx, before, change, "triage", at)

    def act(
        self,
        tx: Transaction,
        case_id: int,
        deed: deeds.Deed,
        who: str,
        revision: int | None = None,
    ) -> CaseState:
        """A person's deed. ``revision`` is the one they saw.

        Raises ``ActRefused`` where the case does not allow it, is not there, has changed since
        (that a notice went out is no change), or ``who`` is nobody of the desk.
        """
        before, at = lives.state(tx, case_id), self.moment()
        person = at.person(who)
        if person is None:
            raise ActRefused(f"the desk has nobody called {who!r}", ("who",))
        if before is None:
            raise ActRefused(f"there is no case {case_id}")
        if revision is not None and lives.changed_since(tx, before, revision):
            raise ActRefused("the case has changed since you saw it", ("revision",))
        return self._apply(tx, before, life.acted(before, deed, person, at), who, at)

    def step(
        self,
        tx: Transaction,
        case_id: int,
        does: Callable[[CaseState, Moment], Change],
        who: str,
        flag_id: int | None = None,
    ) -> CaseState:
        """A step of a case's life that is no deed of a person of the desk. Raises ``ActRefused``
        where the case does not allow it."""
        before, at = self._state(tx, case_id), self.moment()
        return self._apply(tx, before, does(before, at), who, at, flag_id=flag_id)

    def ring(self, tx: Transaction, case_id: int) -> int:
        """Ring the clocks of a case that are due; how many rang. One that somebody is at right
        now is left for the next time."""
        at = self.moment()
        before = lives.state(tx, case_id, wait=False)
        due = [clock for clock in before.clocks if clock.due <= at.now] if before else []
        for clock in due:
            assert before is not None
            if before.clock(clock.kind, clock.about) == clock:
                before = self._apply(tx, before, life.rung(before, clock, at), "triage", at)
        return len(due)

    def adopt(self, tx: Transaction, case_id: int) -> None:
        """Start the clocks of an open case that has none."""
        before, at = self._state(tx, case_id), self.moment()
        if before.clocks or before.ended:
            return
        because = {"because": "it had no clocks", "severity": before.severity}
        self._apply(tx, before, life.begun(before, at, because), "triage", at)

    def _state(self, tx: Transaction, case_id: int) -> CaseState:
        state = lives.state(tx, case_id)
        assert state is not None
        return state

    def _apply(
        self,
        tx: Transaction,
        before: CaseState,
        change: Change,
        who: str,
        at: Moment,
        *,
        flag_id: int | None = None,
    ) -> CaseState:
        after = lives.apply(tx, before, change, who, at.now)
        for telling in change.tell:
            for notice_id in notices.prepare(tx, _notices(after, telling, flag_id), at.now):
                self.tell(tx, notice_id)
        return after

    def _tone(
        self, tx: Transaction, case_id: int, mail_id: int, assessment: Assessment | None
    ) -> dict[str, object]:
        """How angry the customer reads now, and how angry before."""
        if assessment is None:
            return {}
        now = lives.warmth(assessment.scores.as_dict())
        before = lives.temperature(tx, case_id, mail_id)
        return {"tone": now} if before is None else {"tone": now, "tone_before": before}

    def _insists(self, reading: Reading, at: Moment) -> bool:
        """Whether the customer asks for a supervisor while the desk is closed (P6)."""
        if at.open():
            return False
        rule = self.policy().rule(reading.decision.rule)
        by_rule = rule is not None and any(one.signal == "supervisor" for one in rule.when)
        scores = reading.assessment.scores if reading.assessment else None
        return by_rule or (scores is not None and scores.supervisor >= LIKELY)


def _notices(case: CaseState, telling: Telling, flag_id: int | None) -> list[NewNotice]:
    """One a person and channel."""
    serious = case.severity is Severity.EMERGENCY
    made = f"{case.id}-{int(case.opened_at.timestamp())}-{case.revision}"
    return [
        NewNotice(
            key=f"{made}.{telling.kind}.{person.id}.{channel}",
            kind=telling.kind,
            case_id=case.id,
            flag_id=flag_id if telling.kind is TellKind.FLAG else None,
            person=person.id,
            recipient=named(person),
            channel=channel,
            facts=telling.facts,
            urgent=serious or telling.kind in _ALONE,
        )
        for person in telling.people
        for channel in _channels(person, telling)
    ]


_ALONE = frozenset(
    {
        TellKind.MANAGER,
        TellKind.MANAGER_TASK,
        TellKind.HELP,
        TellKind.HELP_GIVEN,
        TellKind.HANDOVER,
        TellKind.TAKEN,
    }
)
"""Kinds that no bundle may delay, or cut to a line."""


def _channels(person: Person, telling: Telling) -> list[str]:
    further = [one.name for one in person.channels] if telling.every_channel else []
    return ["mail", *further]


def named(person: Person) -> str:
    """As people write it: ``formataddr`` would code a name that is not ASCII."""
    name = person.name.replace("\\", "").replace('"', "'")
    return f'"{name}" <{person.mail}>'
