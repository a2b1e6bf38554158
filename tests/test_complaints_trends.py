"""Trends: each counted on a handful of cases of which the answer is known."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.complaints import BOOK, NOW, a_case, a_promise, an_event
from triage.store import Database, trends
from triage.store import complaints as records
from triage.store.database import Transaction
from triage.store.trends import Counted, Period, Promises, RepeatCustomer, Rude, Waited, Week

BERLIN = ZoneInfo("Europe/Berlin")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONTH = Period(NOW - 30 * DAY, NOW + DAY)


def recorded(tx: Transaction, changes: dict[str, str], **columns: Any) -> int:
    case_id = a_case(tx, **columns)
    records.edit(tx, case_id, changes, BOOK, seen=0, who="pat", now=NOW)
    return case_id


def test_p14_complaints_are_counted_by_cause_product_and_team(database: Database) -> None:
    late = {"cause": "late", "product": "goods", "team": "shipping", "fault": "ours"}
    with database.transaction() as tx:
        recorded(tx, late)
        recorded(tx, late | {"fault": "nobody"})
        renamed = recorded(tx, late | {"cause": "wrong-charge", "team": "billing"})
        a_case(tx)
        recorded(tx, late, status="dismissed")
        recorded(tx, late, opened_at=MONTH.since - HOUR)
        recorded(tx, late, opened_at=MONTH.until)
        tx.execute("update complaint set product = 'Wares' where case_id = %s", [renamed])
        assert trends.by_cause(tx, MONTH) == (
            Counted("late", "Late delivery", "Delivery", 2, 1),
            Counted("", "", "", 1, 0),
            Counted("wrong-charge", "Wrong charge or invoice", "Money", 1, 1),
        )
        assert trends.by_product(tx, MONTH) == (
            Counted("goods", "Wares", "", 3, 2),
            Counted("", "", "", 1, 0),
        )
        assert trends.by_team(tx, MONTH) == (
            Counted("shipping", "Shipping", "", 2, 1),
            Counted("", "", "", 1, 0),
            Counted("billing", "Billing", "", 1, 1),
        )


def test_weeks_begin_on_the_desks_own_monday_and_empty_ones_are_there(database: Database) -> None:
    sunday = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)  # 23:59 in Berlin
    with database.transaction() as tx:
        a_case(tx, opened_at=sunday)
        a_case(tx, opened_at=sunday + timedelta(minutes=1))
        a_case(tx, opened_at=sunday + 14 * DAY)
        period = Period(sunday - DAY, sunday + 14 * DAY + timedelta(minutes=1))
        assert trends.by_week(tx, period, BERLIN) == (
            Week(date(2026, 2, 23), 1),
            Week(date(2026, 3, 2), 1),
            Week(date(2026, 3, 9), 1),
        )
        assert [one.cases for one in trends.by_week(tx, period, ZoneInfo("UTC"))] == [2, 0, 1]
        spring = Period(datetime(2026, 3, 23, tzinfo=BERLIN), datetime(2026, 4, 6, tzinfo=BERLIN))
        assert [one.monday.day for one in trends.by_week(tx, spring, BERLIN)] == [23, 30]


def test_who_came_back_within_ninety_days(database: Database) -> None:
    def customer(name: str, *days_ago: int, **more: Any) -> None:
        for days in days_ago:
            address = f"{name}@customer.example"
            opened = NOW - days * DAY
            a_case(tx, customer_name=name, customer_address=address, opened_at=opened, **more)

    with database.transaction() as tx:
        customer("once", 1)
        customer("twice", 90, 1)
        customer("apart", 92, 1)
        customer("early", 80, 40)
        customer("often", 70, 20, 10)
        customer("calm", 3, 2, status="dismissed")
        customer("", 3, 2)
        found = trends.repeat_customers(tx, MONTH)
        assert found[0] == RepeatCustomer("often@customer.example", "often", 2, 3, NOW - 10 * DAY)
        assert [one.customer_name for one in found] == ["often", "twice", ""]
        assert [one.customer_name for one in trends.repeat_customers(tx, MONTH, least=3)] == [
            "often"
        ]


def test_times_are_the_middle_and_nine_in_ten(database: Database) -> None:
    with database.transaction() as tx:
        for hours in range(1, 12):
            a_case(tx, acknowledged_at=NOW + hours * HOUR)
        a_case(tx, status="dismissed", acknowledged_at=NOW + DAY)
        assert trends.waits(tx, MONTH) == (
            Waited("acknowledge", 11, 0, 6 * HOUR, 10 * HOUR),
            Waited("answer", 0, 11, None, None),
            Waited("tell", 0, 11, None, None),
            Waited("close", 0, 11, None, None),
        )


def test_with_nothing_in_the_period_all_is_nought(database: Database) -> None:
    with database.transaction() as tx:
        assert trends.by_cause(tx, MONTH) == ()
        assert [(one.cases, one.open) for one in trends.waits(tx, MONTH)] == [(0, 0)] * 4
        assert trends.promises(tx, MONTH, NOW) == Promises(0, 0, 0, 0)
        assert trends.rude(tx, MONTH) == ()


def test_p13_promises_kept_late_open_and_overdue(database: Database) -> None:
    with database.transaction() as tx:
        case_id = a_case(tx)
        due = NOW - HOUR
        a_promise(tx, case_id, due, number=1, kept_at=due)
        a_promise(tx, case_id, due, number=2, kept_at=due + HOUR)
        a_promise(tx, case_id, due, number=3)
        a_promise(tx, case_id, NOW, number=4)
        a_promise(tx, case_id, MONTH.until, number=5)
        assert trends.promises(tx, MONTH, NOW) == Promises(kept=1, late=1, open=1, overdue=1)


def test_p16_rude_behaviour_is_counted_by_customer(database: Database) -> None:
    with database.transaction() as tx:
        first, second = a_case(tx), a_case(tx)
        other = a_case(tx, customer_name="Kim", customer_address="kim@other.example")
        for case_id in (first, second, other):
            an_event(tx, case_id, "pat", "rude", NOW, text="swore at Sam")
        an_event(tx, other, "pat", "note", NOW, text="calm again")
        an_event(tx, other, "pat", "rude", MONTH.since - DAY, text="long ago")
        assert trends.rude(tx, MONTH) == (
            Rude("dana@customer.example", "Dana Reyes", 2, NOW),
            Rude("kim@other.example", "Kim", 1, NOW),
        )
