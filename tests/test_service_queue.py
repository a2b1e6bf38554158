"""The queue: its order, its pages, what may be chosen, and taking several cases at once."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.datastructures import QueryParams

from service.pages.queue import CASES
from service.queue_wanted import NoSuchPlace, Wanted
from tests.filling import angry, reading, save
from tests.service_client import PERSON, client_as, visitor
from triage.store import Database, queue
from triage.store.queue import QueueFilter, QueueRow
from triage.types import Decision, Outcome, Person, Severity

NOW = datetime.now(UTC)


def flagged(database: Database, *severities: Severity) -> None:
    """A case of each severity, by a customer of its own, that waits only for somebody to take it;
    the first is T-1001."""
    for at, severity in enumerate(severities):
        decision = Decision(Outcome.FLAG, severity, "angry")
        sender = Person(f"Customer {at}", f"c{at}@customer.example")
        save(database, reading("Now!", decision, raised={}, sender=sender))
    with database.transaction() as tx:
        tx.execute("delete from clock where kind <> 'acknowledge'")


def clock(database: Database, case_id: int, due: timedelta, round: int = 0) -> None:
    """The first clock of a case is due then, and has rung so often."""
    with database.transaction() as tx:
        tx.execute(
            "update clock set due = %s, round = %s where case_id = %s and kind = 'acknowledge'",
            [NOW + due, round, case_id],
        )


def ids(database: Database, wanted: QueueFilter | None = None, limit: int = 50) -> list[int]:
    with database.transaction() as tx:
        rows = queue.what_next(tx, wanted or QueueFilter(), limit)
    return [row.id for row in rows]


def shown(html: str) -> list[int]:
    return [int(id) for id in re.findall(r'data-case="(\d+)"', html)]


def test_emergencies_then_the_longest_overdue_then_what_runs_out_first(database: Database) -> None:
    normal, emergency = Severity.NORMAL, Severity.EMERGENCY
    flagged(database, normal, normal, normal, emergency, emergency)
    clock(database, 1001, timedelta(minutes=20))
    clock(database, 1002, timedelta(hours=-1))
    clock(database, 1003, timedelta(minutes=5))
    clock(database, 1004, timedelta(hours=2))
    clock(database, 1005, timedelta(hours=1))
    assert ids(database) == [1005, 1004, 1002, 1003, 1001]


def test_a_clock_that_rang_is_overdue_since_it_first_did(database: Database) -> None:
    """It rings again later, which does not make the case less late."""
    flagged(database, Severity.NORMAL, Severity.NORMAL)
    clock(database, 1001, timedelta(hours=-2))
    clock(database, 1001, timedelta(hours=3), round=1)
    clock(database, 1002, timedelta(minutes=1))
    assert ids(database) == [1001, 1002]
    clock(database, 1001, timedelta(hours=3))
    assert ids(database) == [1002, 1001]


def test_what_a_hold_puts_off_waits_for_nobody(database: Database) -> None:
    flagged(database, Severity.NORMAL, Severity.NORMAL)
    with database.transaction() as tx:
        tx.execute(
            """insert into clock (case_id, kind, due) values
               (1001, 'answer', %(late)s), (1001, 'hold', %(later)s)""",
            {"late": NOW - timedelta(days=1), "later": NOW + timedelta(days=1)},
        )
        tx.execute("delete from clock where case_id = 1001 and kind = 'acknowledge'")
        rows = queue.what_next(tx, QueueFilter(), 9)
        assert [(row.id, row.clock) for row in rows] == [(1001, "answer"), (1002, "acknowledge")]
        tx.execute("update cases set held_until = %s where id = 1001", [NOW + timedelta(days=1)])
        rows = queue.what_next(tx, QueueFilter(), 9)
        assert [(row.id, row.clock) for row in rows] == [(1002, "acknowledge"), (1001, "hold")]


def test_page_by_page_every_case_comes_once(database: Database) -> None:
    count = CASES + 7
    flagged(database, *(list(Severity)[at % 4] for at in range(count)))
    client = visitor(database)
    seen: list[int] = []
    address = "/"
    while address:
        page = client.get(address).text
        seen += shown(page)
        following = re.search(r'href="(/\?after=[^"]+)" rel="next"', page)
        address = following[1] if following else ""
    assert len(seen) == count
    assert set(seen) == set(range(1001, 1001 + count))
    emergencies = [at for at in range(count) if list(Severity)[at % 4] is Severity.EMERGENCY]
    assert set(seen[: len(emergencies)]) == {1001 + at for at in emergencies}


def test_pages_end_between_emergencies_and_the_rest_too(database: Database) -> None:
    flagged(database, *[Severity.EMERGENCY] * 3, *[Severity.LOW] * 3)
    whole = ids(database)
    with database.transaction() as tx:
        for size in (1, 2, 3, 4):
            seen: list[int] = []
            mark = None
            while rows := queue.what_next(tx, QueueFilter(), size, mark):
                seen += [row.id for row in rows]
                mark = _mark(rows[-1])
            assert seen == whole


def _mark(row: QueueRow) -> queue.Mark:
    assert row.since is not None
    return row.severity == "emergency", row.since, row.id


def test_what_is_chosen_is_kept_in_the_address(database: Database) -> None:
    flagged(database, Severity.HIGH, Severity.LOW)
    client = visitor(database)
    client.post("/queue/acknowledge", data={"case": "1001"})
    assert shown(client.get("/?view=mine").text) == [1001]
    assert shown(client.get("/?view=unowned").text) == [1002]
    assert shown(client.get("/?severity=low").text) == [1002]
    assert shown(client.get("/?status=acknowledged").text) == [1001]
    assert shown(client.get("/?view=overdue").text) == []
    clock(database, 1002, timedelta(hours=-1))
    assert shown(client.get("/?view=overdue").text) == [1002]
    page = client.get("/?view=overdue&severity=low&q=customer").text
    assert 'href="/?view=mine&amp;severity=low&amp;q=customer"' in page
    assert '<option value="low" selected>' in page
    assert 'value="customer"' in page


def test_whoever_is_looked_for_is_found_also_when_the_case_has_ended(database: Database) -> None:
    save(database, angry(case_number="88-20417"), angry(sender=Person("Ann", "ann@x.example")))
    client = visitor(database)
    for words in ("dana", "88-20417", "T-1001", "dana@customer.example", "5512 disgrace dana"):
        assert shown(client.get("/", params={"q": words}).text) == [1001], words
    client.post("/cases/1001/acts/dismiss", data={"reason": "Only a joke."})
    page = client.get("/?q=dana").text
    assert shown(page) == [1001]
    assert "Found among cases that ended" in page
    assert shown(client.get("/?view=ended").text) == [1001]
    assert "No open case fits." in client.get("/?q=nobody").text


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("mine", "You have no open case."),
        ("unowned", "Every open case has somebody."),
        ("overdue", "Nothing is overdue."),
        ("ended", "No case has ended yet."),
    ],
)
def test_nothing_there_is_said(database: Database, view: str, said: str) -> None:
    assert said in visitor(database).get(f"/?view={view}").text


def test_several_are_taken_at_once_and_given_back(database: Database) -> None:
    flagged(database, *[Severity.HIGH] * 3)
    client = client_as(database, "point")
    answer = client.post("/queue/acknowledge", data={"case": ["1001", "1003"], "back": "/?q=now"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?q=now&taken=1001-1003"
    page = client.get(answer.headers["location"]).text
    assert "You have these 2 cases." in page
    assert owners(database) == {1001: PERSON, 1002: None, 1003: PERSON}
    answer = client.post("/queue/give-back", data={"case": ["1001", "1003"], "back": "/"})
    assert "Given back" in client.get(answer.headers["location"]).text
    assert set(owners(database).values()) == {None}


def test_a_case_that_somebody_else_has_stays_theirs(database: Database) -> None:
    flagged(database, Severity.HIGH, Severity.HIGH)
    other = client_as(database, "point", login="kim", person="kim@desk.example")
    other.post("/queue/acknowledge", data={"one": "1001"})
    answer = client_as(database, "point").post(
        "/queue/acknowledge", data={"case": ["1001", "1002", "9999"]}
    )
    assert answer.status_code == 409
    assert "T-1001: Kim Point has the case already." in answer.text
    assert "T-9999: There is no case 9999." in answer.text
    assert "You have the case." in answer.text
    assert owners(database) == {1001: "kim@desk.example", 1002: PERSON}


def test_who_takes_nothing_is_told(database: Database) -> None:
    flagged(database, Severity.HIGH)
    client = visitor(database)
    for ids in ([], ["x"], ["-1"], [str(2**64)]):
        answer = client.post("/queue/acknowledge", data={"case": ids})
        assert answer.status_code == 409
        assert "No case was ticked." in answer.text
    assert client.get("/queue/acknowledge").headers["location"] == "/"


def test_an_account_that_stands_for_nobody_has_nothing_to_press(database: Database) -> None:
    flagged(database, Severity.HIGH)
    page = client_as(database, "admin", person="").get("/").text
    assert shown(page) == [1001]
    assert 'name="case"' not in page
    assert ">Mine" not in page


@pytest.mark.parametrize(
    "after", ["x", "e-1", "n-x-1", f"n-{10**18}-1", f"e-1-{2**63}", "-", "e--"]
)
def test_a_place_that_is_none_is_not_found(database: Database, after: str) -> None:
    assert visitor(database).get("/", params={"after": after}).status_code == 404


def test_what_an_address_says_beyond_what_there_is_counts_for_nothing() -> None:
    strange = QueryParams("view=x&severity=purple&status=closed&q=%20%20&more=1")
    assert Wanted.read(strange) == Wanted()
    assert Wanted.read(strange).address() == "/"


def test_an_address_says_all_of_what_is_wanted() -> None:
    wanted = Wanted("mine", "high", "in hand", 'a "b" & c', "n-1-2")
    _, _, query = wanted.here().partition("?")
    assert Wanted.read(QueryParams(query)) == wanted
    assert "after" not in wanted.address()
    with pytest.raises(NoSuchPlace):
        Wanted(after="z-1-1").mark()


def test_the_hot_queries_read_no_table_from_end_to_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 50,000 open cases a page takes as long as of fifty."""
    _fill(database, 50_000)
    asked: list[tuple[str, dict[str, Any]]] = []

    def noted(tx: Any, query: str, values: dict[str, Any]) -> list[QueueRow]:
        asked.append((query, values))
        return []

    monkeypatch.setattr(queue, "_rows", noted)
    with database.transaction() as tx:
        mark = (False, NOW + timedelta(minutes=100), 20_000)
        for wanted in (QueueFilter(), QueueFilter(owner=("pat",)), QueueFilter(late=NOW)):
            queue.what_next(tx, wanted, 51)
            queue.what_next(tx, wanted, 51, mark)
        queue.newest_first(tx, QueueFilter(status=("closed", "dismissed")), 51)
        queue.one(tx, 20_000)
        queue.of_customer(tx, "c7@customer.example", 10)
        for query, values in asked:
            plan = _plan(tx, query, values)
            assert "Seq Scan" not in plan, plan
        plan = _plan(tx, queue._TALLIES, {"owner": "pat", "now": NOW, "most": 100})
        assert "Seq Scan on clock" not in plan, plan


def _plan(tx: Any, query: str, values: dict[str, Any]) -> str:
    rows: Sequence[tuple[str]] = tx.execute(f"explain {query}", values).fetchall()
    return "\n".join(row[0] for row in rows)


def _fill(database: Database, count: int) -> None:
    with database.transaction() as tx:
        tx.execute("set local session_replication_role = replica")  # no triggers: rows alone
        tx.execute(
            """insert into cases (customer_name, customer_address, subject, severity, status, owner)
               select 'Customer ' || n, 'c' || n %% 5000 || '@customer.example', 'Order ' || n,
                      (array['low', 'normal', 'high', 'emergency'])[1 + (n %% 40) / 13],
                      'in hand', case when n %% 1000 = 0 then 'pat' else 'p' || n %% 30 end
               from generate_series(1, %s) as n""",
            [count],
        )
        tx.execute(
            """insert into mail (digest, received, size, kind, outcome, rule, case_id)
               select id::text, now(), 1, 'customer', 'flag', 'angry', id from cases"""
        )
        tx.execute(
            """insert into flag (case_id, mail_id, severity, rule)
               select case_id, id, 'high', 'angry' from mail"""
        )
        tx.execute(
            """insert into assessment (mail_id, model, scores)
               select id, 'mood', '{}' from mail"""
        )
        tx.execute(
            """insert into clock (case_id, kind, due, since)
               select id, 'outcome', at, at
               from (select id, %s + (id - 2000) * interval '1 s' as at from cases) as timed""",
            [NOW],
        )
        tx.execute("analyze cases, clock, flag, assessment")


def owners(database: Database) -> dict[int, str | None]:
    with database.transaction() as tx:
        return dict(tx.execute("select id, owner from cases order by id").fetchall())
