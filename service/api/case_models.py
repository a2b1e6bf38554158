"""Cases as the API speaks of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from service.acts import NAMES, NEEDS
from service.api.mail_models import MailOut
from service.api.models import Customer, Model
from service.permissions import Act
from triage.life import CaseState, ClockKind, Status, next_deeds
from triage.store.queue import QueueRow
from triage.types import Severity


class CaseSummary(Model):
    """A case; `number` is the help desk's own, `sentence` weighed most in its last flag. `due` is
    when the next of its clocks rings, and `clock` which: null for a case that ended."""

    id: int
    reference: str
    number: str | None
    customer: Customer
    subject: str
    severity: Severity
    status: Status
    source: str
    owner: str | None
    opened_at: datetime
    changed_at: datetime
    held_until: datetime | None
    due: datetime | None
    clock: ClockKind | None
    rule: str
    sentence: str | None
    revision: int

    @classmethod
    def of(cls, row: QueueRow) -> Self:
        return cls.model_validate(as_summary(row))


class CasePage(Model):
    """`next` is the cursor of the page that follows, null on the last."""

    items: list[CaseSummary]
    next: str | None


class ClockOut(Model):
    """What runs: rings at `due`, and rang `round` times. `about` is the number of a promise."""

    kind: ClockKind
    due: datetime
    round: int
    about: str


class PromiseOut(Model):
    number: int
    what: str
    due: datetime
    made_by: str
    made_at: datetime
    kept_at: datetime | None
    overdue: bool


class CaseNow(Model):
    """A case's life as it stands. `next` names the acts that the case allows now, the most useful
    first; what an act says may be refused all the same."""

    id: int
    reference: str
    revision: int
    status: Status
    severity: Severity
    rule: str
    owner: str | None
    done: str
    phone: str
    opened_at: datetime
    acknowledged_at: datetime | None
    answered_at: datetime | None
    told_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    manager_told: str
    manager_told_at: datetime | None
    held_until: datetime | None
    clocks: list[ClockOut]
    promises: list[PromiseOut]
    next: list[str]

    @classmethod
    def of(cls, case: CaseState) -> Self:
        return cls.model_validate(as_now(case))


class NoticeOut(Model):
    id: int
    recipient: str
    state: str
    attempts: int
    answer: str
    created_at: datetime
    changed_at: datetime


class EventOut(Model):
    id: int
    at: datetime
    who: str
    what: str
    data: dict[str, object]


class VerdictOut(Model):
    """What somebody said of a signal. `it_was` is `calm`, `upset`, `angry` or `irate` for these
    signals, `yes` or `no` for others; `model` and `score` are what it is said of."""

    mail_id: int
    signal: str
    is_right: bool
    it_was: str
    who: str
    at: datetime
    model: str
    score: float | None


class CaseDetail(CaseSummary):
    """A case with all that belongs to it. `earlier_mails` counts those too old to be listed; mails
    and events are oldest first. `allowed` are those acts of `now.next` that you may do."""

    now: CaseNow
    allowed: list[str]
    mails: list[MailOut]
    earlier_mails: int
    verdicts: list[VerdictOut]
    notices: list[NoticeOut]
    events: list[EventOut]
    earlier_cases: list[CaseSummary]


def as_summary(row: QueueRow) -> dict[str, object]:
    named = {n: getattr(row, n) for n in CaseSummary.model_fields if n != "customer"}
    return named | {"customer": Customer(name=row.customer_name, address=row.customer_address)}


def as_now(case: CaseState) -> dict[str, object]:
    special = {"reference", "next"}
    named = {n: getattr(case, n) for n in CaseNow.model_fields if n not in special}
    return named | {"reference": f"T-{case.id}", "next": next_names(case)}


def next_names(case: CaseState, may: Iterable[Act] | None = None) -> list[str]:
    """The acts that the case allows now, of those that take one of ``may`` where that is given."""
    within = None if may is None else set(may)
    return [NAMES[deed] for deed in next_deeds(case) if within is None or NEEDS[deed] in within]
