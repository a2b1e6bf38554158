"""Which complaints keep coming, and how the desk keeps its word (P14, P16).

All count cases opened in a period, but promises by their date and rude behaviour by when it was
noted. Cases dismissed as no complaint count nowhere.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import LiteralString, TypeVar
from zoneinfo import ZoneInfo

from psycopg.rows import class_row

from triage.store.database import Transaction

RUDE = "rude"
"""The event by which rude behaviour is documented."""
MOST = 200
"""Rows of a table: the causes, products, teams or customers with the most."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` until before ``until``, both with a time zone."""

    since: datetime
    until: datetime

    def values(self) -> dict[str, object]:
        return {"since": self.since, "until": self.until}


@dataclass(frozen=True, slots=True)
class Counted:
    """``id`` is empty, and so are ``name`` and ``group``, for cases of which it was never said.
    ``name`` is the one last used; ``ours`` counts those that were our fault."""

    id: str
    name: str
    group: str
    cases: int
    ours: int


@dataclass(frozen=True, slots=True)
class Week:
    """``monday`` is the first day of it by the desk's wall clock."""

    monday: date
    cases: int


@dataclass(frozen=True, slots=True)
class RepeatCustomer:
    """``cases`` opened in the period; ``within`` the most of them, and of those before, that lay
    in one window."""

    customer_address: str
    customer_name: str
    cases: int
    within: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Waited:
    """Time from opening to ``what``. ``open`` counts cases in which it has not come yet."""

    what: str
    cases: int
    open: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True, slots=True)
class Promises:
    """Promises with a date in the period. ``open`` still have time, ``overdue`` have none left."""

    kept: int
    late: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Rude:
    customer_address: str
    customer_name: str
    notes: int
    last_at: datetime


def by_cause(tx: Transaction, period: Period) -> tuple[Counted, ...]:
    """Most first."""
    return _rows(tx, Counted, _BY_CAUSE, **period.values())


def by_product(tx: Transaction, period: Period) -> tuple[Counted, ...]:
    return _rows(tx, Counted, _BY_PRODUCT, **period.values())


def by_team(tx: Transaction, period: Period) -> tuple[Counted, ...]:
    return _rows(tx, Counted, _BY_TEAM, **period.values())


def by_week(tx: Transaction, period: Period, zone: ZoneInfo) -> tuple[Week, ...]:
    """Every week that the period touches, in order, also those without a case."""
    return _rows(tx, Week, _BY_WEEK, zone=zone.key, **period.values())


def repeat_customers(
    tx: Transaction, period: Period, *, within: timedelta = timedelta(days=90), least: int = 2
) -> tuple[RepeatCustomer, ...]:
    """Customers with ``least`` or more cases that lie ``within`` so much time, the last of them in
    the period."""
    return _rows(tx, RepeatCustomer, _REPEAT, within=within, least=least, **period.values())


def waits(tx: Transaction, period: Period) -> tuple[Waited, ...]:
    """To acknowledge, to answer, to tell the customer the outcome, to close."""
    return _rows(tx, Waited, _WAITS, **period.values())


def promises(tx: Transaction, period: Period, now: datetime) -> Promises:
    return _rows(tx, Promises, _PROMISES, now=now, **period.values())[0]


def rude(tx: Transaction, period: Period) -> tuple[Rude, ...]:
    """Customers whose rude behaviour was noted, most often first."""
    return _rows(tx, Rude, _RUDE, rude=RUDE, **period.values())


def _rows(
    tx: Transaction, kind: type[_T], query: LiteralString, **values: object
) -> tuple[_T, ...]:
    with tx.cursor(row_factory=class_row(kind)) as cursor:
        return tuple(cursor.execute(query, values | {"most": MOST}).fetchall())


_OPENED: LiteralString = """
cases.opened_at >= %(since)s and cases.opened_at < %(until)s and cases.status <> 'dismissed'
"""

_COUNTED: LiteralString = """
count(*)::int as cases, (count(*) filter (where fault = 'ours'))::int as ours
"""

_BY_CAUSE: LiteralString = f"""
select coalesce(cause_id, '') as id,
       coalesce((array_agg(cause order by case_id desc))[1], '') as name,
       coalesce((array_agg(cause_group order by case_id desc))[1], '') as group, {_COUNTED}
from cases left join complaint on case_id = cases.id where {_OPENED}
group by cause_id order by cases desc, name limit %(most)s
"""  # noqa: S608 - clauses of ours, here and below

_BY_PRODUCT: LiteralString = f"""
select coalesce(product_id, '') as id,
       coalesce((array_agg(product order by case_id desc))[1], '') as name, '' as group, {_COUNTED}
from cases left join complaint on case_id = cases.id where {_OPENED}
group by product_id order by cases desc, name limit %(most)s
"""  # noqa: S608

_BY_TEAM: LiteralString = f"""
select coalesce(team_id, '') as id,
       coalesce((array_agg(team order by case_id desc))[1], '') as name, '' as group, {_COUNTED}
from cases left join complaint on case_id = cases.id where {_OPENED}
group by team_id order by cases desc, name limit %(most)s
"""  # noqa: S608

_BY_WEEK: LiteralString = f"""
with counted as (
    select date_trunc('week', opened_at at time zone %(zone)s)::date as monday, count(*)::int as n
    from cases where {_OPENED} group by 1
)
select week::date as monday, coalesce(n, 0) as cases
from generate_series(
    date_trunc('week', %(since)s::timestamptz at time zone %(zone)s),
    (%(until)s::timestamptz at time zone %(zone)s) - interval '1 microsecond',
    interval '1 week') as week
left join counted on counted.monday = week::date order by week
"""  # noqa: S608

_REPEAT: LiteralString = """
with near as (
    select customer_address, customer_name, opened_at,
           count(*) over (partition by customer_address order by opened_at
                          range between %(within)s::interval preceding and current row) as n
    from cases
    where opened_at >= %(since)s::timestamptz - %(within)s::interval and opened_at < %(until)s
      and status <> 'dismissed' and customer_address <> ''
)
select customer_address, (array_agg(customer_name order by opened_at desc))[1] as customer_name,
       count(*)::int as cases, max(n)::int as within, max(opened_at) as last_at
from near where opened_at >= %(since)s
group by customer_address having max(n) >= %(least)s
order by within desc, last_at desc, customer_address limit %(most)s
"""

_WAITS: LiteralString = f"""
select what, count(waited)::int as cases, (count(one.id) - count(waited))::int as open,
       percentile_cont(0.5) within group (order by waited) as median,
       percentile_cont(0.9) within group (order by waited) as p90
from (values (1, 'acknowledge'), (2, 'answer'), (3, 'tell'), (4, 'close')) as kind (place, what)
left join lateral (
    select case place when 1 then acknowledged_at when 2 then answered_at when 3 then told_at
                      else ended_at end - opened_at as waited, id
    from cases where {_OPENED}
) as one on true
group by place, what order by place
"""  # noqa: S608

_PROMISES: LiteralString = """
select (count(*) filter (where kept_at <= due))::int as kept,
       (count(*) filter (where kept_at > due))::int as late,
       (count(*) filter (where kept_at is null and due >= %(now)s))::int as open,
       (count(*) filter (where kept_at is null and due < %(now)s))::int as overdue
from promise where due >= %(since)s and due < %(until)s
"""

_RUDE: LiteralString = """
select customer_address, (array_agg(customer_name order by event.id desc))[1] as customer_name,
       count(*)::int as notes, max(at) as last_at
from event join cases on cases.id = case_id
where what = %(rude)s and at >= %(since)s and at < %(until)s
group by customer_address order by notes desc, last_at desc, customer_address limit %(most)s
"""
