"""What waits for the Manager as their page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service import words
from service.plain import one_line
from service.words import Moment
from triage.complaints import Book
from triage.duty import Role
from triage.life.records import NOT_RESOLVED
from triage.store.complaints import Deferred
from triage.store.managing import Look, Task, Told


@dataclass(frozen=True, slots=True)
class TaskView:
    """``by`` is phone or mail; ``late`` when its time is over."""

    case_id: int
    href: str
    reference: str
    customer: str
    subject: str
    severity: str
    severity_word: str
    by: str
    where: str
    due: Moment
    wait: str
    late: bool
    revision: int


@dataclass(frozen=True, slots=True)
class ToldView:
    href: str
    reference: str
    customer: str
    said: str
    resolved: bool
    status: str
    owner: str
    at: Moment


@dataclass(frozen=True, slots=True)
class RemedyTask:
    """``may``: the visitor's own limit covers it."""

    case_id: int
    href: str
    reference: str
    customer: str
    said: str
    by: str
    needs: str
    may: bool
    revision: int


@dataclass(frozen=True, slots=True)
class LookView:
    href: str
    reference: str
    customer: str
    subject: str
    severity: str
    severity_word: str
    status: str
    owner: str
    opened: Moment


def task_view(task: Task, now: datetime) -> TaskView:
    facts = task.facts
    by = "phone" if facts.get("by") == "phone" else "mail"
    phone, mail = str(facts.get("phone") or task.phone), str(facts.get("mail") or "")
    where = phone if by == "phone" else mail or task.customer_address
    late = task.due <= now
    wait = words.age(task.due, now) if late else f"in {words.age(now, task.due)}"
    return TaskView(
        case_id=task.case_id,
        href=f"/cases/{task.case_id}",
        reference=task.reference,
        customer=_customer(task.customer_name, task.customer_address),
        subject=one_line(task.subject, 160) or "(no subject)",
        severity=task.severity if task.severity in words.SEVERITY else "normal",
        severity_word=words.SEVERITY.get(task.severity, task.severity),
        by=by,
        where=one_line(where, 120),
        due=words.moment(task.due, now),
        wait=wait.removesuffix(" ago") if not late else wait,
        late=late,
        revision=task.revision,
    )


def told_view(told: Told, names: Mapping[str, str], now: datetime) -> ToldView:
    return ToldView(
        href=f"/cases/{told.case_id}",
        reference=told.reference,
        customer=_customer(told.customer_name, told.customer_address),
        said=words.sentence_case(one_line(told.said, 300)),
        resolved=told.said != NOT_RESOLVED,
        status=words.sentence_case(told.status),
        owner=names.get(told.owner, one_line(told.owner, 60)) or "nobody",
        at=words.moment(told.told_at, now),
    )


def remedy_task(
    one: Deferred, revision: int, book: Book, roles: tuple[Role, ...], names: Mapping[str, str]
) -> RemedyTask:
    limit = book.limit(roles)
    return RemedyTask(
        case_id=one.case_id,
        href=f"/cases/{one.case_id}/record#remedy",
        reference=one.reference,
        customer=one_line(one.customer_name, 80) or "Unknown",
        said=one_line(f"{one.remedy} {one.amount} {one.currency}", 120),
        by=names.get(one.proposed_by, one_line(one.proposed_by, 60)),
        needs=one.needs,
        may=limit is not None and limit.covers(one.amount),
        revision=revision,
    )


def look_view(one: Look, names: Mapping[str, str], now: datetime) -> LookView:
    return LookView(
        href=f"/cases/{one.case_id}",
        reference=one.reference,
        customer=_customer(one.customer_name, one.customer_address),
        subject=one_line(one.subject, 160) or "(no subject)",
        severity=one.severity if one.severity in words.SEVERITY else "normal",
        severity_word=words.SEVERITY.get(one.severity, one.severity),
        status=words.sentence_case(one.status),
        owner=names.get(one.owner, one_line(one.owner, 60)) or "nobody",
        opened=words.moment(one.opened_at, now),
    )


def _customer(name: str, address: str) -> str:
    return one_line(name or address, 80) or "Unknown"
