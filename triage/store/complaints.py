"""Complaint records: one a case, every change of it an event of the case."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg.rows import class_row, dict_row

from triage.complaints import (
    Book,
    Record,
    Remedy,
    decided,
    differences,
    edited,
    proposed,
    remedy_in_words,
    with_fact,
)
from triage.duty import Role
from triage.errors import ActRefused
from triage.store import cases
from triage.store.complaint_rows import KEEP, RECORD, as_record, as_row
from triage.store.database import Transaction

CHANGED, FACT, PROPOSED, DECIDED = (
    "record changed",
    "fact added",
    "remedy proposed",
    "remedy decided",
)
"""What the events of a record are called."""


class ChangedMeanwhile(ActRefused):
    """Somebody else changed the same field since it was shown; nothing was taken.

    ``missing`` names the fields, ``revision`` is the case's now.
    """

    def __init__(self, names: tuple[str, ...], who: str, revision: int) -> None:
        said = ", ".join(names).replace("_", " ")
        super().__init__(f"{who} changed it meanwhile: {said}; look again", names)
        self.revision = revision


@dataclass(frozen=True, slots=True)
class Deferred:
    """A remedy that waits for somebody with the role ``needs``."""

    case_id: int
    reference: str
    customer_name: str
    remedy: str
    amount: Decimal
    currency: str
    proposed_by: str
    needs: str


def of_case(tx: Transaction, case_id: int) -> Record | None:
    """The record, as yet only what the case itself says where nothing was written into it;
    ``None`` when there is no such case."""
    with tx.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(f"{RECORD} where cases.id = %s", [case_id]).fetchone()
    return as_record(row) if row else None


def heading(tx: Transaction, case_id: int) -> tuple[str, int] | None:
    """The case's reference and its revision now."""
    row = tx.execute("select reference, revision from cases where id = %s", [case_id]).fetchone()
    return (str(row[0]), int(row[1])) if row else None


def edit(
    tx: Transaction,
    case_id: int,
    changes: Mapping[str, str],
    book: Book,
    *,
    seen: int,
    who: str,
    now: datetime,
) -> Record:
    """The record after ``changes`` (see ``complaints.edited``), which go into the history from
    and to.

    ``seen`` is the case's revision when the record was shown. Raises ``ChangedMeanwhile`` where
    one of the same fields was changed since, ``ActRefused`` for what cannot be taken.
    """
    before = _locked(tx, case_id)
    after = edited(before, changes, book, now)
    told = differences(before, after)
    _unchanged_since(tx, case_id, seen, tuple(told))
    if told:
        _keep(tx, after, now)
        cases.tell(tx, case_id, who, CHANGED, {"changed": told}, at=now)
    return after


def add_fact(
    tx: Transaction,
    case_id: int,
    side: str,
    text: str,
    *,
    who: str,
    now: datetime,
    internal: bool,
) -> Record:
    """Raises ``ActRefused``."""
    before = _locked(tx, case_id)
    after = with_fact(before, side, text, who=who, now=now, internal=internal)
    _keep(tx, after, now)
    fact = after.facts[-1]
    told = {"side": fact.side, "text": fact.text, "internal": internal}
    cases.tell(tx, case_id, who, FACT, told, at=now)
    return after


def propose(
    tx: Transaction,
    case_id: int,
    kind: str,
    amount: Decimal | None,
    book: Book,
    *,
    seen: int,
    who: str,
    roles: tuple[Role, ...],
    now: datetime,
) -> Record:
    """Set the remedy: at once within the authority of ``roles``, else deferred upward.

    Raises ``ActRefused``, and ``ChangedMeanwhile`` where the remedy was set or decided on since
    ``seen``.
    """
    before = _locked(tx, case_id)
    _unchanged_since(tx, case_id, seen, ("remedy",))
    remedy = proposed(book, kind, amount, who, roles)
    if before.remedy and replace(before.remedy, decided_by="", decided_at=None) == remedy:
        return before
    return _with_remedy(tx, before, remedy, now)


def decide(
    tx: Transaction,
    case_id: int,
    book: Book,
    *,
    approve: bool,
    seen: int,
    who: str,
    roles: tuple[Role, ...],
    now: datetime,
) -> Record:
    """Approve or refuse the remedy that waits. Raises as ``propose``, and ``ActRefused`` for
    somebody who may not grant so much."""
    before = _locked(tx, case_id)
    _unchanged_since(tx, case_id, seen, ("remedy",))
    if before.remedy is None:
        raise ActRefused("remedy: none waits for a decision")
    remedy = decided(book, before.remedy, approve=approve, who=who, roles=roles, now=now)
    return _with_remedy(tx, before, remedy, now)


def deferred(tx: Transaction, limit: int = 200) -> list[Deferred]:
    """Remedies that wait for a decision, oldest case first."""
    with tx.cursor(row_factory=class_row(Deferred)) as cursor:
        return cursor.execute(
            """select case_id, reference, complaint.customer_name, remedy, amount, currency,
                      proposed_by, needs
               from complaint join cases on cases.id = case_id
               where remedy_state = 'deferred upward' order by case_id limit %s""",
            [limit],
        ).fetchall()


def _locked(tx: Transaction, case_id: int) -> Record:
    """The record of a case that stays locked until the transaction ends."""
    row = tx.execute("select id from cases where id = %s for update", [case_id]).fetchone()
    record = of_case(tx, case_id) if row else None
    if record is None:
        raise ActRefused(f"there is no case {case_id}")
    return record


def _unchanged_since(tx: Transaction, case_id: int, seen: int, names: tuple[str, ...]) -> None:
    """A case's revision grows with every notice and mail; only a change of the same fields is one
    that a person must look at."""
    rows = tx.execute(
        """select who, what, data, (select revision from cases where id = case_id) from event
           where case_id = %s and place > %s and what = any(%s) order by place desc""",
        [case_id, seen, [CHANGED, PROPOSED, DECIDED]],
    ).fetchall()
    for who, what, data, revision in rows:
        changed = data["changed"] if what == CHANGED else ("remedy",)
        collides = tuple(name for name in names if name in changed)
        if collides:
            raise ChangedMeanwhile(collides, who, revision)


def _with_remedy(tx: Transaction, before: Record, remedy: Remedy, now: datetime) -> Record:
    after = replace(before, remedy=remedy)
    _keep(tx, after, now)
    who, what = (
        (remedy.decided_by, DECIDED) if remedy.decided_by else (remedy.proposed_by, PROPOSED)
    )
    told: dict[str, Any] = {
        "from": remedy_in_words(before.remedy),
        "to": remedy_in_words(remedy),
        "state": remedy.state,
    }
    if remedy.needs:
        told["needs"] = remedy.needs
    cases.tell(tx, before.case_id, who, what, told, at=now)
    return after


def _keep(tx: Transaction, record: Record, now: datetime) -> None:
    tx.execute(KEEP, as_row(record) | {"changed_at": now})
    tx.execute("update cases set changed_at = %s where id = %s", [now, record.case_id])
