"""Counts what one course makes of mail after mail."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from triage.policy import judge, timetable
from triage.policy.rules import NOT_SCORED
from triage.store.history import PastMail
from triage.types import Decision, MailKind, Outcome, Scores, Severity
from triage.whatif.pings import Pings, taken_at
from triage.whatif.records import MOST, Course, Ping, Side

_DISMISSED = "dismissed"
_UNTAKEN = frozenset({"flagged", "notified", _DISMISSED})


class Tally:
    """Not to be shared between threads. Memory grows with days, rules, people and cases only."""

    def __init__(
        self, course: Course, zone: ZoneInfo, pings: Pings | None, wait: timedelta | None
    ) -> None:
        self._course, self._zone, self._pings, self._wait = course, zone, pings, wait
        self._signals = _signals(course)
        self._taken: dict[int, datetime | None] = {}
        self._by_day: Counter[str] = Counter()
        self._by_rule: Counter[str] = Counter()
        self._by_severity: Counter[str] = Counter()
        self._missed: list[tuple[int, int | None]] = []
        self._counts: Counter[str] = Counter()
        self._unflagged = dict.fromkeys(self._signals, 0.0)
        self._pinged: Counter[tuple[str, str]] = Counter()
        self._after_hours: Counter[str] = Counter()

    def decided(self, mail: PastMail, scores: Scores | None) -> Decision:
        course = self._course
        why = (
            mail.rule.removeprefix(NOT_SCORED) if mail.rule.startswith(NOT_SCORED) else "no scores"
        )
        decision = judge(course.policy, MailKind(mail.kind), scores, course.thresholds, why)
        if decision.outcome is Outcome.FLAG:
            self._flag(mail, decision)
        elif scores is not None:
            for signal in self._signals:
                self._unflagged[signal] += scores[signal]
        self._judged(mail, flagged=decision.outcome is Outcome.FLAG)
        return decision

    def pinged(self, mail: PastMail, decision: Decision) -> list[Ping]:
        """The pings of a mail's flag, counted; none for a mail that is not flagged."""
        if self._pings is None or decision.outcome is not Outcome.FLAG:
            return []
        assert decision.severity is not None
        found = self._pings_of(self._pings, mail, decision, decision.severity)
        for ping in found:
            self._pinged[ping.person, ping.why] += 1
            self._after_hours[ping.person] += not ping.open
        return found

    def side(self) -> Side:
        return Side(
            name=self._course.name,
            flags=self._counts["flags"],
            by_day=dict(sorted(self._by_day.items())),
            by_rule=dict(self._by_rule.most_common()),
            by_severity={one: self._by_severity[one] for one in Severity},
            missed=self._counts["missed"],
            missed_mails=tuple(self._missed),
            false_alarms=self._counts["false alarms"],
            unflagged=self._unflagged,
            pings=dict(sorted(self._pinged.items())),
            after_hours=dict(sorted((+self._after_hours).items())),
        )

    def _flag(self, mail: PastMail, decision: Decision) -> None:
        self._counts["flags"] += 1
        self._by_day[mail.received.astimezone(self._zone).date().isoformat()] += 1
        rule = NOT_SCORED.rstrip(": ") if decision.rule.startswith(NOT_SCORED) else decision.rule
        self._by_rule[rule] += 1
        self._by_severity[str(decision.severity)] += 1

    def _judged(self, mail: PastMail, flagged: bool) -> None:
        if mail.status is None:
            return
        if flagged and mail.status == _DISMISSED:
            self._counts["false alarms"] += 1
        if not flagged and mail.status not in _UNTAKEN:
            self._counts["missed"] += 1
            if len(self._missed) < MOST:
                self._missed.append((mail.id, mail.case_id))

    def _pings_of(
        self, pings: Pings, mail: PastMail, decision: Decision, severity: Severity
    ) -> list[Ping]:
        at = mail.flagged_at or mail.received
        clocks = timetable(self._course.policy, decision)
        if mail.flagged_at and mail.case_id in self._taken:
            taken = self._taken[mail.case_id]
            if taken is not None and taken <= at:
                return pings.of_owner(mail.owner, at)
            return pings.first_only(severity, clocks, at)  # the ladder is being climbed already
        if self._wait is None:
            return pings.first_only(severity, clocks, at)
        taken = mail.taken_at if mail.flagged_at else taken_at(at, self._wait)
        if mail.flagged_at and mail.case_id is not None:
            self._taken[mail.case_id] = taken
        return pings.of_flag(severity, clocks, at, taken)


def _signals(course: Course) -> tuple[str, ...]:
    """Those that a rule goes by, in the order of the rules; urgency alone is nobody's anger."""
    named: Mapping[str, None] = {
        one.signal: None
        for rule in course.policy.rules
        if rule.outcome is Outcome.FLAG
        for one in rule.when
    }
    return tuple(named)
