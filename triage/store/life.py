"""Cases as their life sees them: read under a lock, written back as one change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from triage.life import CaseState, Change, Clock, ClockKind, Promise, Status
from triage.policy import Timetable
from triage.store import cases
from triage.store.database import Transaction
from triage.types import Severity


def state(tx: Transaction, case_id: int, *, wait: bool = True) -> CaseState | None:
    """The case, locked for this transaction. ``None`` where there is none, or, with ``wait`` off,
    where somebody else is at it."""
    lock = "for update" if wait else "for update skip locked"
    with tx.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(f"{_CASE} where id = %s {lock}", [case_id]).fetchone()
    return _state(tx, row) if row else None


def look(tx: Transaction, case_id: int) -> CaseState | None:
    """The case as it is, for whoever only reads: nobody waits for it."""
    with tx.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(f"{_CASE} where id = %s", [case_id]).fetchone()
    return _state(tx, row) if row else None


def apply(tx: Transaction, before: CaseState, change: Change, who: str, now: datetime) -> CaseState:
    """Write a change of a locked case: its columns, clocks, promises, and its history."""
    after = change.after
    _write_case(tx, after, now)
    _write_clocks(tx, before, after)
    _write_promises(tx, before, after)
    for event in change.events:
        cases.tell(tx, after.id, who, event.what, event.data, at=now)
    return replace(after, revision=before.revision + len(change.events))


def changed_since(tx: Transaction, case: CaseState, revision: int) -> bool:
    """Whether more happened to a locked case since then than that notices went out."""
    row = tx.execute(
        """select from event where case_id = %s and place > %s and what not like 'notice %%'
           limit 1""",
        [case.id, revision],
    ).fetchone()
    return row is not None or revision > case.revision


def due_cases(tx: Transaction, now: datetime, limit: int) -> list[int]:
    """Cases with a clock that is due, the longest overdue first."""
    rows = tx.execute(
        """select case_id from (
             select case_id, due from clock where due <= %s order by due limit %s
           ) as soonest group by case_id order by min(due)""",
        [now, limit],
    )
    return [int(row[0]) for row in rows]


def put_off(tx: Transaction, case_id: int, now: datetime, until: datetime) -> None:
    """Clocks of a case that could not be rung ring later, and others are not kept waiting."""
    tx.execute("update clock set due = %s where case_id = %s and due <= %s", [until, case_id, now])


def clockless(tx: Transaction, limit: int = 100) -> list[int]:
    """Open cases without a clock: there are none but those from before cases had clocks. Written
    so that closed ones, however many, are not read: the index on open cases has all it takes."""
    rows = tx.execute(
        """with waiting as materialized (select id from cases where ended_at is null)
           select id from waiting
           where not exists (select from clock where case_id = waiting.id) order by id limit %s""",
        [limit],
    )
    return [int(row[0]) for row in rows]


def temperature(tx: Transaction, case_id: int, before_mail: int) -> float | None:
    """How angry the customer's mail before this one read, from 0 to 3."""
    row = tx.execute(
        """select scores from mail join assessment on mail_id = mail.id
           where case_id = %s and mail.id < %s and kind = 'customer'
           order by mail.id desc limit 1""",
        [case_id, before_mail],
    ).fetchone()
    return warmth(row[0]) if row else None


def warmth(scores: Mapping[str, float]) -> float:
    """The expected anger level, 0 to 3: the sum of the chances to reach each level."""
    return round(scores["upset"] + scores["angry"] + scores["irate"], 2)


def _state(tx: Transaction, row: dict[str, Any]) -> CaseState:
    with tx.cursor(row_factory=class_row(_ClockRow)) as cursor:
        clocks = cursor.execute(
            "select kind, due, round, about from clock where case_id = %s order by kind, about",
            [row["id"]],
        ).fetchall()
    with tx.cursor(row_factory=class_row(Promise)) as cursor:
        promises = cursor.execute(
            """select number, what, due, made_by, made_at, kept_at, overdue from promise
               where case_id = %s order by number""",
            [row["id"]],
        ).fetchall()
    read = row | {
        "status": Status(row["status"]),
        "severity": Severity(row["severity"]),
        "timetable": Timetable.from_dict(row["timetable"]),
        "clocks": tuple(Clock(ClockKind(c.kind), c.due, c.round, c.about) for c in clocks),
        "promises": tuple(promises),
    }
    return CaseState(**read)


@dataclass(frozen=True, slots=True)
class _ClockRow:
    kind: str
    due: datetime
    round: int
    about: str


_COLUMNS = (
    "status",
    "severity",
    "timetable",
    "rule",
    "owner",
    "done",
    "phone",
    "manager_told",
    "manager_told_at",
    "held_until",
    "confirm_tries",
    "acknowledged_at",
    "answered_at",
    "told_at",
    "confirmed_at",
    "ended_at",
)
_CASE = f"select id, opened_at, revision, {', '.join(_COLUMNS)} from cases"  # noqa: S608
_UPDATE = f"""
update cases set {", ".join(f"{name} = %({name})s" for name in _COLUMNS)}, changed_at = %(now)s
where id = %(id)s
"""  # noqa: S608 - of our own names


def _write_case(tx: Transaction, case: CaseState, now: datetime) -> None:
    values: dict[str, Any] = {name: getattr(case, name) for name in _COLUMNS}
    values |= {"timetable": Jsonb(case.timetable.as_dict()), "now": now, "id": case.id}
    tx.execute(_UPDATE, values)


def _write_clocks(tx: Transaction, before: CaseState, after: CaseState) -> None:
    gone = {(c.kind, c.about) for c in before.clocks} - {(c.kind, c.about) for c in after.clocks}
    for kind, about in gone:
        tx.execute(
            "delete from clock where case_id = %s and kind = %s and about = %s",
            [after.id, kind, about],
        )
    for clock in set(after.clocks) - set(before.clocks):
        tx.execute(
            """insert into clock (case_id, kind, about, due, round) values (%s, %s, %s, %s, %s)
               on conflict (case_id, kind, about)
               do update set due = excluded.due, round = excluded.round""",
            [after.id, clock.kind, clock.about, clock.due, clock.round],
        )


def _write_promises(tx: Transaction, before: CaseState, after: CaseState) -> None:
    for promise in set(after.promises) - set(before.promises):
        tx.execute(
            """insert into promise (case_id, number, what, due, made_by, made_at, kept_at, overdue)
               values (%s, %s, %s, %s, %s, %s, %s, %s)
               on conflict (case_id, number)
               do update set kept_at = excluded.kept_at, overdue = excluded.overdue""",
            [
                after.id,
                promise.number,
                promise.what,
                promise.due,
                promise.made_by,
                promise.made_at,
                promise.kept_at,
                promise.overdue,
            ],
        )
