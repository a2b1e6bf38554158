"""The queue: cases in the order to see to them, or newest first, page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg.rows import class_row

from triage.complaints.text import clean_query
from triage.store.database import Transaction


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Everything given must hold; several values of one field are alternatives. ``owner`` are
    persons' ids, empty text for cases that nobody has. ``text`` is as in ``LogFilter``. ``late``
    leaves only cases in which a person is waited for since before then."""

    status: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    customer: str = ""
    text: str = ""
    late: datetime | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A case as the queue shows it. ``due`` is when the next of its clocks rings, and ``clock``
    which one that is: ``None`` for a case that ended. ``since`` is when that clock rang first, or
    will. ``sentence`` weighed most in its last flag."""

    id: int
    reference: str
    number: str | None
    customer_name: str
    customer_address: str
    subject: str
    severity: str
    status: str
    source: str
    owner: str | None
    opened_at: datetime
    changed_at: datetime
    held_until: datetime | None
    revision: int
    rule: str
    sentence: str | None
    due: datetime | None
    clock: str | None
    since: datetime | None = None


Mark = tuple[bool, datetime, int]
"""Of the last row of the page before: whether it is an emergency, since when it waits, its id."""
Place = tuple[datetime, int]
"""Of the last row of the page before: when it is due, and its id."""


@dataclass(frozen=True, slots=True)
class Tallies:
    """Open cases: all, one's own, those that nobody has, those overdue."""

    open: int
    mine: int
    unowned: int
    overdue: int


def what_next(
    tx: Transaction, wanted: QueueFilter, limit: int, after: Mark | None = None
) -> list[QueueRow]:
    """Open cases in the order to see to them: emergencies, then what is overdue for the longest
    time, then what runs out first. What a hold puts off does not count."""
    rows: list[QueueRow] = []
    for urgent, query in ((True, _URGENT), (False, _LESS_URGENT)):
        if after is not None and urgent and not after[0]:
            continue
        clauses, values = _clauses(wanted)
        if after is not None and after[0] == urgent:
            clauses.append("(clock.since, clock.case_id) > (%(since)s, %(id)s)")
            values |= {"since": after[1], "id": after[2]}
        if wanted.late is not None:
            clauses.append("clock.since < %(late)s")
            values["late"] = wanted.late
        where: LiteralString = "".join(f" and {clause}" for clause in clauses)
        rows += _rows(tx, f"{query} {where} {_NEXT_ORDER}", values | {"limit": limit - len(rows)})
        if len(rows) >= limit:
            break
    return rows


def due_first(
    tx: Transaction, wanted: QueueFilter, limit: int, after: Place | None = None
) -> list[QueueRow]:
    """Open cases, what runs out first on top."""
    clauses, values = _clauses(wanted)
    if after is not None:
        clauses.append("(clock.due, clock.case_id) > (%(due)s, %(id)s)")
        values |= {"due": after[0], "id": after[1]}
    where: LiteralString = "".join(f" and {clause}" for clause in clauses)
    return _rows(tx, f"{_ROW} {_DUE} {where} {_DUE_ORDER}", values | {"limit": limit})


def newest_first(
    tx: Transaction, wanted: QueueFilter, limit: int, before: int | None = None
) -> list[QueueRow]:
    """All cases, also those that ended."""
    clauses, values = _clauses(wanted)
    if before is not None:
        clauses.append("cases.id < %(before)s")
        values["before"] = before
    where: LiteralString = "".join(f" and {clause}" for clause in clauses)
    return _rows(tx, f"{_ROW} {_NEWEST} {where} {_NEWEST_ORDER}", values | {"limit": limit})


def one(tx: Transaction, case_id: int) -> QueueRow | None:
    rows = _rows(
        tx, f"{_ROW} {_NEWEST} and cases.id = %(id)s {_NEWEST_ORDER}", {"id": case_id, "limit": 1}
    )
    return rows[0] if rows else None


def of_customer(
    tx: Transaction, address: str, limit: int, but: int | None = None
) -> list[QueueRow]:
    """A customer's cases, newest first, without the one with the id ``but``."""
    if not address:
        return []
    query: LiteralString = (
        f"{_ROW} {_NEWEST} and cases.customer_address = %(address)s"
        f" and cases.id is distinct from %(but)s {_NEWEST_ORDER}"
    )
    return _rows(tx, query, {"address": address, "but": but, "limit": limit})


def rude_notes(tx: Transaction, address: str) -> int:
    """How often rude behaviour of a customer was noted, in all their cases."""
    row = tx.execute(
        """select count(*) from event join cases on cases.id = event.case_id
           where customer_address = %s and customer_address <> '' and what = 'rude'""",
        [address],
    ).fetchone()
    assert row is not None
    return int(row[0])


def tallies(tx: Transaction, owner: str, now: datetime, most: int = 100) -> Tallies:
    """How many open cases there are of each kind, each counted up to ``most``."""
    with tx.cursor(row_factory=class_row(Tallies)) as cursor:
        row = cursor.execute(_TALLIES, {"owner": owner, "now": now, "most": most}).fetchone()
    assert row is not None
    return row


def count_open(tx: Transaction) -> dict[str, int]:
    """Severity -> open cases."""
    rows = tx.execute("select severity, count(*) from cases where ended_at is null group by 1")
    return dict(rows.fetchall())


def _rows(tx: Transaction, query: LiteralString, values: dict[str, Any]) -> list[QueueRow]:
    with tx.cursor(row_factory=class_row(QueueRow)) as cursor:
        return cursor.execute(query, values).fetchall()


def _clauses(wanted: QueueFilter) -> tuple[list[LiteralString], dict[str, Any]]:
    clauses: list[LiteralString] = []
    values: dict[str, Any] = {}
    for name, clause in _LISTS.items():
        chosen = list(getattr(wanted, name))
        if chosen:
            clauses.append(clause if name != "owner" else _owned(chosen))
            values[name] = chosen
    if wanted.customer:
        clauses.append("cases.customer_address in (%(customer)s, lower(%(customer)s))")
        values["customer"] = wanted.customer
    if wanted.text.strip():
        clauses.append(_FOUND)
        values["text"] = clean_query(wanted.text)
    return clauses, values


def _owned(owners: list[str]) -> LiteralString:
    """Said so that an index serves it."""
    if "" not in owners:
        return _LISTS["owner"]
    return _NOBODY if owners == [""] else f"({_NOBODY} or {_LISTS['owner']})"


_LISTS: dict[str, LiteralString] = {
    "status": "cases.status = any(%(status)s)",
    "severity": "cases.severity = any(%(severity)s)",
    "owner": "cases.owner = any(%(owner)s)",
}
_NOBODY: LiteralString = "cases.owner is null"
_FOUND: LiteralString = """cases.id in (
    select case_id from case_words
    where words @@ websearch_to_tsquery('simple', %(text)s)
       or words @@ websearch_to_tsquery('english', %(text)s))"""

_ROW: LiteralString = """
select cases.id, reference, number, customer_name, customer_address, subject, cases.severity,
       status, source, owner, opened_at, changed_at, held_until, revision, cases.rule,
       (select assessment.evidence -> 0 ->> 'text' from flag
        left join assessment using (mail_id)
        where flag.case_id = cases.id order by flag.id desc limit 1) as sentence,
       clock.due, clock.kind as clock, clock.since
from cases
"""
_COUNTS: LiteralString = """(cases.held_until is null
    or {clock}.kind not in ('answer', 'progress', 'outcome', 'confirm'))"""
"""What ``triage.life.clocks.HOLDABLE`` names waits for nobody while a case is on hold."""
_NEXT: LiteralString = f"""
join clock on clock.case_id = cases.id
where {_COUNTS.format(clock="clock")} and not exists (
    select from clock as sooner
    where sooner.case_id = clock.case_id and {_COUNTS.format(clock="sooner")}
      and (sooner.since, sooner.kind, sooner.about) < (clock.since, clock.kind, clock.about))
"""
_NEXT_ORDER: LiteralString = "order by clock.since, clock.case_id limit %(limit)s"
_URGENT: LiteralString = f"""
with cases as materialized (
    select * from cases where severity = 'emergency' and ended_at is null)
{_ROW}
cross join lateral (
    select * from clock where clock.case_id = cases.id and {_COUNTS.format(clock="clock")}
    order by since, kind, about limit 1
) as clock
where true
"""  # noqa: S608 - of our own parts
"""Few: each is looked at, where the others are walked through in their order."""
_LESS_URGENT: LiteralString = f"""
{_ROW} {_NEXT} and cases.severity <> 'emergency' and cases.ended_at is null
"""
_TALLIES: LiteralString = """
select (select count(*) from (
            select from cases where ended_at is null limit %(most)s) as few) as open,
       (select count(*) from (
            select from cases where ended_at is null and owner = %(owner)s
            limit %(most)s) as few) as mine,
       (select count(*) from (
            select from cases where ended_at is null and owner is null
            limit %(most)s) as few) as unowned,
       (select count(*) from (
            select from (select case_id from clock join cases on cases.id = clock.case_id
                  where since < %(now)s and (held_until is null
                      or clock.kind not in ('answer', 'progress', 'outcome', 'confirm'))
                  order by since limit %(most)s) as late
            group by case_id) as few) as overdue
"""
_DUE: LiteralString = """
join clock on clock.case_id = cases.id
where not exists (
    select from clock as sooner where sooner.case_id = clock.case_id
    and (sooner.due, sooner.kind, sooner.about) < (clock.due, clock.kind, clock.about))
"""
_DUE_ORDER: LiteralString = "order by clock.due, clock.case_id limit %(limit)s"
_NEWEST: LiteralString = """
left join lateral (
    select due, kind, since from clock where case_id = cases.id order by due, kind, about limit 1
) as clock on true
where true
"""
_NEWEST_ORDER: LiteralString = "order by cases.id desc limit %(limit)s"
