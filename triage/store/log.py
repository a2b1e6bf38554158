"""The complaint log: cases with their records, found by words and by what they are."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, LiteralString

from psycopg.rows import class_row

from triage.complaints import Fault
from triage.complaints.log import LogFilter, LogRow
from triage.complaints.text import clean_line, clean_query
from triage.store.database import Transaction

MOST = 200
"""Rows of a page."""
_BATCH = 500
"""Rows that an export fetches at a time."""


def page(
    tx: Transaction, wanted: LogFilter, now: datetime, *, limit: int = 50, before: int | None = None
) -> list[LogRow]:
    """At most ``limit`` rows, newest case first, of cases with an id below ``before``: that of the
    last row of the page before."""
    clauses, values = _clauses(wanted)
    if before is not None:
        clauses.append("cases.id < %(before)s")
        values["before"] = before
    values |= {"now": now, "limit": max(1, min(limit, MOST))}
    with tx.cursor(row_factory=class_row(LogRow)) as cursor:
        return cursor.execute(f"{_query(clauses)} limit %(limit)s", values).fetchall()


def count(tx: Transaction, wanted: LogFilter, now: datetime, *, most: int = 10_000) -> int:
    """How many cases there are, ``most`` where there are that many or more."""
    clauses, values = _clauses(wanted)
    where = f"where {' and '.join(clauses)}" if clauses else ""
    row = tx.execute(
        f"select count(*) from (select from {_TABLES} {where} limit %(most)s) as found",  # noqa: S608
        values | {"now": now, "most": most},
    ).fetchone()
    assert row is not None
    return int(row[0])


def stream(tx: Transaction, wanted: LogFilter, now: datetime) -> Iterator[LogRow]:
    """All rows, newest case first, fetched as they are taken: none is kept. As they were when the
    first was taken; the transaction must stay open until the last."""
    clauses, values = _clauses(wanted)
    with tx.cursor(name="complaint_log", row_factory=class_row(LogRow)) as cursor:
        cursor.itersize = _BATCH
        cursor.execute(_query(clauses), values | {"now": now})
        yield from cursor


def _query(clauses: list[LiteralString]) -> str:
    where = f"where {' and '.join(clauses)}" if clauses else ""
    return f"{_ROW} {where} order by cases.id desc"


def _clauses(wanted: LogFilter) -> tuple[list[LiteralString], dict[str, Any]]:
    """Only what is asked for: the database plans for that."""
    clauses: list[LiteralString] = []
    values: dict[str, Any] = {}
    for name, clause in _LISTS.items():
        chosen = [clean_line(one) for one in getattr(wanted, name)]
        if chosen:
            unsaid = name == "fault" and Fault.UNKNOWN in chosen
            clauses.append(_FAULT_OR_NONE if unsaid else clause)
            values[name] = chosen
    for name, clause in _SINGLES.items():
        value = getattr(wanted, name)
        value = clean_line(value) if isinstance(value, str) else value
        if value:
            clauses.append(clause)
            values[name] = value
    if wanted.text.strip():
        clauses.append(_FOUND)
        values["text"] = clean_query(wanted.text)
    return clauses, values


_LISTS: dict[str, LiteralString] = {
    "status": "cases.status = any(%(status)s)",
    "severity": "cases.severity = any(%(severity)s)",
    "owner": "cases.owner = any(%(owner)s)",
    "source": "cases.source = any(%(source)s)",
    "cause": "complaint.cause_id = any(%(cause)s)",
    "product": "complaint.product_id = any(%(product)s)",
    "team": "complaint.team_id = any(%(team)s)",
    "fault": "complaint.fault = any(%(fault)s)",
}
_FAULT_OR_NONE: LiteralString = "coalesce(complaint.fault, 'not known yet') = any(%(fault)s)"
"""A case without a record has nobody's fault as yet."""
_SINGLES: dict[str, LiteralString] = {
    "customer": "cases.customer_address in (%(customer)s, lower(%(customer)s))",
    "since": "cases.opened_at >= %(since)s",
    "until": "cases.opened_at < %(until)s",
    "overdue": """cases.id in (select case_id from promise where kept_at is null
                  and due < %(now)s)""",
}
_FOUND: LiteralString = """cases.id in (
    select case_id from case_words
    where words @@ websearch_to_tsquery('simple', %(text)s)
       or words @@ websearch_to_tsquery('english', %(text)s))"""

_TABLES: LiteralString = "cases left join complaint on complaint.case_id = cases.id"

_ROW: LiteralString = f"""
select cases.id as case_id, reference, coalesce(number, '') as number, opened_at, status, severity,
       source, coalesce(owner, '') as owner,
       coalesce(complaint.customer_name, cases.customer_name) as customer_name, customer_address,
       subject, coalesce(happened, '') as happened, coalesce(cause, '') as cause,
       coalesce(cause_group, '') as cause_group, coalesce(product, '') as product,
       coalesce(team, '') as team, coalesce(fault, 'not known yet') as fault,
       coalesce(remedy, '') as remedy,
       amount, coalesce(currency, '') as currency,
       coalesce(remedy_state, '') as remedy_state,
       coalesce(ending, '') as ending, coalesce(resolution, '') as resolution,
       coalesce(lesson, '') as lesson, acknowledged_at, answered_at, told_at, ended_at,
       coalesce(promised.promises, 0) as promises, coalesce(promised.overdue, 0) as overdue
from {_TABLES}
left join lateral (
    select count(*)::int as promises,
           (count(*) filter (where kept_at is null and due < %(now)s))::int as overdue
    from promise where promise.case_id = cases.id
) as promised on true
"""  # noqa: S608 - tables of ours
