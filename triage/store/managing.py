"""What waits for the Manager, and what the Manager was told."""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg.rows import class_row

from triage.life.records import NOT_RESOLVED
from triage.store.database import Transaction

MOST = 100
"""Rows of each list."""


@dataclass(frozen=True, slots=True)
class Task:
    """A customer who insisted on a supervisor, and waits for the Manager's answer (P6). ``facts``
    are those of the event that made it one; ``rang`` says how often its clock did."""

    case_id: int
    reference: str
    customer_name: str
    customer_address: str
    phone: str
    subject: str
    severity: str
    due: datetime
    rang: int
    revision: int
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class Told:
    """What the Manager was told of a case, the last time."""

    case_id: int
    reference: str
    customer_name: str
    customer_address: str
    status: str
    owner: str
    said: str
    told_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Look:
    """An open case with something overdue, or an emergency."""

    case_id: int
    reference: str
    customer_name: str
    customer_address: str
    subject: str
    severity: str
    status: str
    owner: str
    opened_at: datetime


def tasks(tx: Transaction) -> list[Task]:
    """What is due first comes first."""
    with tx.cursor(row_factory=class_row(Task)) as cursor:
        return cursor.execute(_TASKS, {"most": MOST}).fetchall()


def told(tx: Transaction, *, resolved: bool | None = None) -> list[Told]:
    """The newest first; ``resolved`` off: open cases of which the Manager heard that nothing was
    done yet."""
    query = _UNRESOLVED if resolved is False else _TOLD
    with tx.cursor(row_factory=class_row(Told)) as cursor:
        return cursor.execute(query, {"not_resolved": NOT_RESOLVED, "most": MOST}).fetchall()


def to_look_at(tx: Transaction, ids: list[int]) -> list[Look]:
    with tx.cursor(row_factory=class_row(Look)) as cursor:
        return cursor.execute(
            """select id as case_id, reference, customer_name, customer_address, subject,
                      severity, status, coalesce(owner, '') as owner, opened_at
               from cases where id = any(%s) order by opened_at, id""",
            [ids],
        ).fetchall()


def revisions(tx: Transaction, ids: list[int]) -> dict[int, int]:
    """Case -> its revision now."""
    rows = tx.execute("select id, revision from cases where id = any(%s)", [ids])
    return {int(id): int(revision) for id, revision in rows.fetchall()}


_TASKS: LiteralString = """
select cases.id as case_id, reference, customer_name, customer_address, phone, subject, severity,
       clock.due, clock.round as rang, revision,
       coalesce((select data from event where event.case_id = cases.id
                 and what = 'manager asked to answer' order by id desc limit 1), '{}') as facts
from clock join cases on cases.id = clock.case_id
where clock.kind = 'manager answer' and ended_at is null
order by clock.due, cases.id limit %(most)s
"""
_COLUMNS: LiteralString = """
select id as case_id, reference, customer_name, customer_address, status,
       coalesce(owner, '') as owner, manager_told as said, manager_told_at as told_at, ended_at
from cases
"""
_TOLD: LiteralString = f"""
{_COLUMNS} where manager_told_at is not null order by manager_told_at desc, id desc
limit %(most)s
"""
_UNRESOLVED: LiteralString = f"""
{_COLUMNS} where ended_at is null and manager_told = %(not_resolved)s
order by manager_told_at, id limit %(most)s
"""
