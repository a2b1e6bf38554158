"""A day in figures, for the Manager's digest."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from triage.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Counts:
    """``new``, ``closed``, ``kept`` and ``gone_by`` are of the time counted, ``open`` and
    ``overdue`` as of now, ``coming`` are promises due within a day after."""

    new: int
    open: int
    closed: int
    overdue: int
    kept: int
    gone_by: int
    coming: int


def counts(tx: Transaction, since: datetime, until: datetime) -> Counts:
    """From ``since`` until ``until`` (excluded)."""
    with tx.cursor(row_factory=class_row(Counts)) as cursor:
        found = cursor.execute(_COUNTS, {"since": since, "until": until}).fetchone()
    assert found is not None
    return found


def waits(
    tx: Transaction, since: datetime, until: datetime
) -> list[tuple[str, float | None, float | None]]:
    """What was done in that time, and after how many seconds: half within, and the longest."""
    rows = tx.execute(_WAITS, {"since": since, "until": until}).fetchall()
    return [(str(what), median, longest) for what, median, longest in rows]


def to_look_at(tx: Transaction, limit: int = 300) -> list[int]:
    """Open cases in which something is overdue, and open emergencies; the longest open first."""
    rows = tx.execute(f"{_TO_LOOK_AT} order by opened_at, id limit %s", [limit])
    return [int(row[0]) for row in rows]


_OVERDUE = """(
    exists (select from clock where case_id = cases.id and round > 0)
    or exists (select from promise where case_id = cases.id and overdue and kept_at is null))
"""
"""A clock that rang and was not stopped."""

_TO_LOOK_AT = f"""
select id from cases where ended_at is null and (severity = 'emergency' or {_OVERDUE})
"""  # noqa: S608 - of our own words

_COUNTS = f"""
select (select count(*) from cases where opened_at >= %(since)s and opened_at < %(until)s) as new,
       (select count(*) from cases where ended_at is null) as open,
       (select count(*) from cases where ended_at >= %(since)s and ended_at < %(until)s) as closed,
       (select count(*) from cases where ended_at is null and {_OVERDUE}) as overdue,
       (select count(*) from promise where kept_at >= %(since)s and kept_at < %(until)s) as kept,
       (select count(*) from promise where due >= %(since)s and due < %(until)s
          and (kept_at is null or kept_at > due)) as gone_by,
       (select count(*) from promise where kept_at is null and due >= %(until)s
          and due < %(until)s + interval '1 day') as coming
"""  # noqa: S608 - likewise

_WAITS = """
select what, extract(epoch from percentile_cont(0.5) within group (order by took))::float,
       extract(epoch from max(took))::float
from (values (1, 'Acknowledged'), (2, 'Answered'), (3, 'Customer told'), (4, 'Closed'))
       as kind (place, what)
left join lateral (
    select at - opened_at as took from cases, lateral (
        select case place when 1 then acknowledged_at when 2 then answered_at when 3 then told_at
                          else ended_at end) as done (at)
    where at >= %(since)s and at < %(until)s
) as one on true
group by place, what order by place
"""
