"""Which complaints keep coming, and how the desk keeps its word, as JSON."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime

from service.api.models import Model
from service.auth import allowed
from service.desk import DeskOf
from service.permissions import Act
from triage.store import trends

router = APIRouter(tags=["log"])
_USUAL, _LONGEST = timedelta(days=90), timedelta(days=3660)


class CountedOut(Model):
    """`id` and `name` are empty for cases of which it was never said; `ours` were our fault."""

    id: str
    name: str
    group: str
    cases: int
    ours: int


class WeekOut(Model):
    monday: date
    cases: int


class RepeatOut(Model):
    """`within` is the most cases of the customer that lay within 90 days."""

    customer_address: str
    customer_name: str
    cases: int
    within: int
    last_at: datetime


class WaitedOut(Model):
    """Seconds from opening until `what`; `open` counts cases in which it has not come yet."""

    what: str
    cases: int
    open: int
    median: float | None
    p90: float | None


class PromisesOut(Model):
    kept: int
    late: int
    open: int
    overdue: int


class RudeOut(Model):
    customer_address: str
    customer_name: str
    notes: int
    last_at: datetime


class Trends(Model):
    since: datetime
    until: datetime
    by_cause: list[CountedOut]
    by_product: list[CountedOut]
    by_team: list[CountedOut]
    by_week: list[WeekOut]
    repeat_customers: list[RepeatOut]
    waits: list[WaitedOut]
    promises: PromisesOut
    rude: list[RudeOut]


@router.get("/trends", dependencies=[Depends(allowed(Act.TRENDS))], operation_id="show_trends")
def show_trends(
    desk: DeskOf,
    since: Annotated[AwareDatetime | None, Query(description="By default 90 days ago.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Not included; now.")] = None,
) -> Trends:
    """Every trend of a period of at most ten years."""
    now = desk.works.caseload.clock()
    period = _period(since, until, now)
    zone = desk.works.caseload.duty().hours.zone
    with desk.database.transaction() as tx:
        waits = trends.waits(tx, period)
        return Trends.model_validate(
            {
                "since": period.since,
                "until": period.until,
                "by_cause": trends.by_cause(tx, period),
                "by_product": trends.by_product(tx, period),
                "by_team": trends.by_team(tx, period),
                "by_week": trends.by_week(tx, period, zone),
                "repeat_customers": trends.repeat_customers(tx, period),
                "waits": [_waited(one) for one in waits],
                "promises": trends.promises(tx, period, now),
                "rude": trends.rude(tx, period),
            }
        )


def _period(since: datetime | None, until: datetime | None, now: datetime) -> trends.Period:
    end = until or now
    try:
        start = since or end - _USUAL
        if timedelta(0) < end - start <= _LONGEST:
            return trends.Period(start, end)
    except OverflowError:
        pass
    wrong = {"loc": ("query", "since"), "msg": "must lie before until, by ten years at most"}
    raise RequestValidationError([wrong])


def _waited(one: trends.Waited) -> WaitedOut:
    seconds = (one.median, one.p90)
    median, p90 = (None if s is None else s.total_seconds() for s in seconds)
    return WaitedOut(what=one.what, cases=one.cases, open=one.open, median=median, p90=p90)
