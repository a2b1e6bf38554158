"""The mail of the past, decided by two courses side by side."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from triage.duty import Duty
from triage.store.history import PastMail
from triage.types import SIGNALS, Decision, MailKind, Scores
from triage.whatif.pings import Pings
from triage.whatif.records import MOST, Changed, Course, Ping, PingChange, Trial
from triage.whatif.tally import Tally

_UTC = ZoneInfo("UTC")
_Mail = tuple[int, int | None]


def tried(
    history: Iterable[PastMail],
    before: Course,
    after: Course,
    since: datetime,
    until: datetime,
    *,
    model: str,
    duty: Duty | None = None,
    usual_wait: timedelta | None = None,
) -> Trial:
    """Both courses over ``history``, which must come oldest first; it is gone through once.

    ``model`` is the name of the one whose thresholds the courses have. Pings are worked out by
    the rota of ``duty`` as it is now, with the changes and absences it records for those days.
    Raises ``ConfigError`` where a rule relies on a threshold that is not there.
    """
    pings = Pings.of(duty, since, until) if duty else None
    zone = duty.hours.zone if duty else _UTC
    work = _Work(
        Tally(before, zone, pings, usual_wait), Tally(after, zone, pings, usual_wait), model
    )
    for mail in history:
        work.take(mail)
    return Trial(
        since=since,
        until=until,
        first=work.first,
        customer_mails=work.counts["customer"],
        read=work.counts["read"],
        other_models=work.counts["other models"],
        decided_otherwise=work.counts["decided otherwise"],
        usual_wait=usual_wait,
        has_desk=duty is not None,
        before=work.before.side(),
        after=work.after.side(),
        changes=work.changes(),
        ping_changes=tuple(work.ping_changes),
        ping_changes_left_out=work.counts["ping changes"] - len(work.ping_changes),
    )


@dataclass(slots=True)
class _Work:
    before: Tally
    after: Tally
    model: str
    first: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)
    changed: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed_mails: dict[tuple[str, str], list[_Mail]] = field(
        default_factory=lambda: defaultdict(list)
    )
    ping_changes: list[PingChange] = field(default_factory=list)

    def take(self, mail: PastMail) -> None:
        if mail.kind != MailKind.CUSTOMER:
            return
        scores = None
        if mail.scores is not None:
            scores = Scores(**{one: mail.scores.get(one, 0.0) for one in SIGNALS})
        self.first = min(self.first or mail.received, mail.received)
        self.counts["customer"] += 1
        self.counts["read"] += scores is not None
        self.counts["other models"] += mail.model not in (None, self.model)
        old, new = self.before.decided(mail, scores), self.after.decided(mail, scores)
        self.counts["decided otherwise"] += old.rule != mail.rule
        if old != new:
            self._note_change(mail, (_said(old), _said(new)))
        self._compare(mail, self.before.pinged(mail, old), self.after.pinged(mail, new))

    def changes(self) -> tuple[Changed, ...]:
        return tuple(
            Changed(*pair, count, tuple(self.changed_mails[pair]))
            for pair, count in self.changed.most_common()
        )

    def _note_change(self, mail: PastMail, pair: tuple[str, str]) -> None:
        self.changed[pair] += 1
        if len(self.changed_mails[pair]) < MOST:
            self.changed_mails[pair].append((mail.id, mail.case_id))

    def _compare(self, mail: PastMail, old: list[Ping], new: list[Ping]) -> None:
        if old == new:
            return
        gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
        changes = [PingChange(one, mail.id, mail.case_id, "before") for one in gone.elements()]
        changes += [PingChange(one, mail.id, mail.case_id, "after") for one in come.elements()]
        changes.sort(key=lambda change: change.ping.at)
        self.counts["ping changes"] += len(changes)
        self.ping_changes += changes[: MOST - len(self.ping_changes)]


def _said(decision: Decision) -> str:
    return f"{decision.rule} ({decision.severity})" if decision.severity else decision.rule
