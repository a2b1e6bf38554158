"""Which complaints keep coming, and how the desk keeps its word."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from service import asked, views_trends, words
from service.accounts.visitor import Visitor
from service.asked import Days
from service.auth import allowed
from service.desk import DeskOf
from service.forms import Form
from service.permissions import Act
from service.plain import one_line
from service.render import page
from triage.duty.wall import day_of
from triage.store import trends
from triage.store.trends import Period

router = APIRouter()

_USUAL = ((30, "30 days"), (90, "90 days"), (365, "A year"))


@router.get("/trends")
def show(
    desk: DeskOf,
    visitor: Annotated[Visitor, Depends(allowed(Act.TRENDS))],
    since: str = "",
    until: str = "",
) -> HTMLResponse:
    """Of the days from ``since`` to ``until``, both included: the last 90 where nothing is said."""
    now, zone, wrong = datetime.now(UTC), asked.zone_of(desk), {}
    try:
        days = asked.days(since, until, now, zone)
    except asked.Wrong as error:
        days = asked.days("", "", now, zone)
        wrong = {"since": str(error)}
    period = Period(asked.begin_of(days.first, zone), asked.end_of(days.last, zone))
    query = urlencode({"since": days.first, "until": days.last})
    with desk.database.transaction() as tx:
        figures = [
            views_trends.weeks(trends.by_week(tx, period, zone), (days.first, days.last)),
            views_trends.counted("By cause", "cause", trends.by_cause(tx, period), query),
            views_trends.counted("By product", "product", trends.by_product(tx, period), query),
            views_trends.counted("By team", "team", trends.by_team(tx, period), query),
            views_trends.waits(trends.waits(tx, period)),
            views_trends.promises(trends.promises(tx, period, now)),
        ]
        back, rude = trends.repeat_customers(tx, period), trends.rude(tx, period)
    typed = {"since": since[:40], "until": until[:40]} if wrong else _typed(days)
    return page(
        desk,
        "trends.html",
        visitor=visitor,
        status=422 if wrong else 200,
        form=Form(typed, wrong),
        days=days,
        said=_said(days),
        usual=_links(days, day_of(now, zone)),
        figures=figures,
        back=[_customer(one, one.within, now) for one in back],
        rude=[_customer(one, one.notes, now) for one in rude],
    )


def _typed(days: Days) -> dict[str, str]:
    return {"since": days.first.isoformat(), "until": days.last.isoformat()}


def _said(days: Days) -> str:
    first, last = days.first, days.last
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}, {days.count} days"


def _links(days: Days, today: date) -> list[tuple[str, str, bool]]:
    """Usual periods: their words, their address, whether that is the one shown."""
    found = []
    for count, said in _USUAL:
        first = today - timedelta(days=count - 1)
        query = urlencode({"since": first, "until": today})
        found.append((said, f"/trends?{query}", days == Days(first, today)))
    return found


def _customer(
    one: trends.RepeatCustomer | trends.Rude, number: int, now: datetime
) -> dict[str, object]:
    return {
        "name": one_line(one.customer_name or one.customer_address, 80),
        "address": one_line(one.customer_address, 120),
        "href": f"/log?{urlencode({'customer': one.customer_address})}",
        "number": number,
        "last": words.moment(one.last_at, now),
    }
