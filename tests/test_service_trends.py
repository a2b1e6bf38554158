import re
from datetime import UTC, datetime, timedelta

import pytest

from service.views_trends import span
from tests.complaints import BOOK, a_promise, an_event
from tests.roomy import client_of, filled, text_of
from tests.service_client import client_as
from triage.store import Database, complaints


def with_cause(database: Database, case: int, cause: str, fault: str = "ours") -> None:
    with database.transaction() as tx:
        changes = {"cause": cause, "fault": fault}
        complaints.edit(tx, case, changes, BOOK, seen=1, who="pat", now=datetime.now(UTC))


def test_trends_count_by_cause_with_links_into_the_log(database: Database) -> None:
    cases = filled(database, 3)
    with_cause(database, cases[0], "late")
    with_cause(database, cases[1], "late", "customer")
    client = client_of(database, "pat", "point")
    page = client.get("/trends").text
    row = re.search(r'<a href="(/log\?cause=late[^"]*)">.*?</tr>', page, re.S)
    assert row
    assert re.findall(r"<td>([^<]+)</td>", row.group(0)) == ["2", "67 %", "1"]
    listed = client.get(row.group(1).replace("&amp;", "&")).text
    assert len(set(re.findall(r"T-\d+", listed))) == 2


def test_waits_promises_repeats_and_rudeness_stand_there(database: Database) -> None:
    now = datetime.now(UTC)
    cases = filled(database, 2, customer_address="dana@customer.example")
    with database.transaction() as tx:
        tx.execute("update cases set acknowledged_at = opened_at + interval '5 minutes'")
        a_promise(tx, cases[0], now - timedelta(hours=1))
        an_event(tx, cases[0], "pat", "rude", now, text="Shouted.")
    said = text_of(client_of(database, "pat", "point").get("/trends").text)
    assert re.search(r"Until somebody had it 5 min 5 min 2 0", said)
    assert re.search(r"Overdue 1 100 %", said)
    assert "Customers who came back within 90 days" in said
    assert "Rude behaviour noted" in said
    assert said.count("dana@customer.example") >= 2


def test_the_period_is_in_the_address(database: Database) -> None:
    filled(database)
    client = client_of(database, "pat", "point")
    gone = text_of(client.get("/trends?since=2020-01-01&until=2020-02-01").text)
    assert "1 January 2020 to 1 February 2020, 32 days" in gone
    assert "Nothing in this time." in gone


@pytest.mark.parametrize(
    "query",
    [
        "since=x",
        "until=2026-02-31",
        "since=2026-02-02&until=2026-01-01",
        "since=2001-01-01&until=2026-01-01",
        "since=%00",
    ],
)
def test_a_period_that_is_none_is_said_beside_its_field(database: Database, query: str) -> None:
    answer = client_of(database, "pat", "point").get(f"/trends?{query}")
    assert answer.status_code == 422
    assert 'id="since-said"' in answer.text


def test_trends_are_not_for_reps(database: Database) -> None:
    assert client_as(database, "rep").get("/trends").status_code == 403


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        (None, "not yet"),
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=3, minutes=5), "3 h 5 min"),
        (timedelta(days=2, hours=3), "2 d 3 h"),
    ],
)
def test_a_wait_in_words(waited: timedelta | None, said: str) -> None:
    assert span(waited) == said
