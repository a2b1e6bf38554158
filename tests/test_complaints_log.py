"""The log: found by words and by what they are, page after page, without reading every case."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.complaints import BOOK, FILLED, NOW, a_case, a_mail, a_promise
from triage.complaints.log import LogFilter
from triage.store import Database, log
from triage.store import complaints as records
from triage.store.database import Transaction

DAY = timedelta(days=1)


def found(database: Database, **wanted: Any) -> list[int]:
    with database.transaction() as tx:
        return [row.case_id for row in log.page(tx, LogFilter(**wanted), NOW)]


def record(tx: Transaction, case_id: int, **changes: str) -> None:
    records.edit(tx, case_id, changes, BOOK, seen=99, who="pat", now=NOW)


def test_a_case_is_found_by_what_stands_in_any_part_of_it(database: Database) -> None:
    with database.transaction() as tx:
        sofa = a_case(tx, number="SO-5512", customer_name="Will O’Neill-Müller")
        a_mail(tx, sofa, "The delivery men laughed at me.")
        record(tx, sofa, happened="Arrived with torn cushions.", lesson="Check the wrapping.")
        records.add_fact(
            tx, sofa, "papers", "Signed for by a neighbour.", who="p", now=NOW, internal=False
        )
        a_case(tx, customer_name="Kim Don", customer_address="kim@other.example", subject="Bill")
    for text in (
        "T-1001",
        "SO-5512",
        "will",
        "müller",
        "dana@customer.example",
        "customer.example",
        "dana",
        "laughed",
        "laughing",  # as English has it
        "torn cushion",
        '"torn cushions"',
        "wrapping",
        "neighbour",
        "sofa cushions laughed",  # words from subject, record and mail
        "nonsense or cushions",
        "cushions -bill",
    ):
        assert found(database, text=text) == [sofa], text
    assert found(database, text="don") == [sofa + 1]
    assert found(database, text='"cushions torn"') == []
    assert found(database, text="sofa -cushions") == []
    assert found(database, text="  ") == [sofa + 1, sofa]


def test_what_is_found_follows_every_change(database: Database) -> None:
    with database.transaction() as tx:
        case_id = a_case(tx)
        record(tx, case_id, resolution="Voucher sent")
    assert found(database, text="voucher") == [case_id]
    with database.transaction() as tx:
        record(tx, case_id, resolution="Cheque sent")
        tx.execute("update cases set customer_name = 'Dana Stone' where id = %s", [case_id])
        late = a_mail(tx, None, "Thank you")
    assert found(database, text="voucher") == []
    assert found(database, text="stone cheque") == [case_id]
    with database.transaction() as tx:
        tx.execute("update mail set case_id = %s where id = %s", [case_id, late])
    assert found(database, text="thank") == [case_id]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "word " * 2_000,
        "\0",
        "a\0b",
        "\ud800",
        '"unbalanced',
        '""""',
        "' or 1=1 --",
        "&|!():*<->",
        "-" * 500,
        "- -a -b or or",
        "%s %(text)s",
        "the and of",
        "\u202e\ufeff",
        "我的沙发 كنبة",
    ],
)
def test_a_hostile_search_finds_nothing_and_harms_nothing(database: Database, text: str) -> None:
    with database.transaction() as tx:
        a_case(tx)
    assert found(database, text=text) in ([], [1001])
    assert found(database, customer=text, status=(text,), cause=(text,)) == []


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=60))
def test_whatever_is_searched_for_is_answered(database: Database, text: str) -> None:
    with database.transaction() as tx:
        assert isinstance(log.page(tx, LogFilter(text=text), NOW), list)


def test_a_mail_of_endless_different_words_still_comes_in(database: Database) -> None:
    words = " ".join(chr(0x20000 + n) + chr(0x20000 + n % 977) for n in range(40_000))
    with database.transaction() as tx:
        case_id = a_case(tx)
        for n in range(10):
            a_mail(tx, case_id, f"{n} {words[n * 4000 : (n + 1) * 4000]}")
        record(tx, case_id, happened=words[:10_000], lesson=words[10_000:20_000])
    assert found(database, text="sofa") == [case_id]


def test_every_filter_narrows(database: Database) -> None:
    with database.transaction() as tx:
        plain = a_case(tx, opened_at=NOW - 9 * DAY)
        full = a_case(
            tx,
            status="closed",
            severity="low",
            source="call",
            owner="pat",
            customer_address="kim@other.example",
        )
        record(tx, full, **FILLED)
        a_promise(tx, full, NOW - DAY)
        a_promise(tx, plain, NOW - DAY, kept_at=NOW)
        a_promise(tx, plain, NOW + DAY, number=2)
    for wanted in (
        {"status": ("closed", "told")},
        {"severity": ("low",)},
        {"source": ("call",)},
        {"owner": ("pat",)},
        {"cause": ("late",)},
        {"product": ("goods",)},
        {"team": ("shipping",)},
        {"fault": ("ours",)},
        {"customer": "Kim@Other.example"},
        {"since": NOW - DAY},
        {"overdue": True},
        {"text": "truck or rang", "team": ("shipping",), "overdue": True},
    ):
        assert found(database, **wanted) == [full], wanted
    assert found(database, until=NOW) == [plain]
    assert found(database, fault=("not known yet",)) == [plain]
    assert found(database, cause=("late",), status=("flagged",)) == []


def test_a_row_says_all_of_the_record(database: Database) -> None:
    with database.transaction() as tx:
        case_id = a_case(tx)
        record(tx, case_id, **FILLED)
        a_promise(tx, case_id, NOW - DAY)
        (row,) = log.page(tx, LogFilter(), NOW)
    assert (row.reference, row.cause, row.cause_group) == ("T-1001", "Late delivery", "Delivery")
    assert (row.product, row.team, row.fault) == ("Goods", "Shipping", "ours")
    assert (row.promises, row.overdue, row.remedy, row.amount) == (1, 1, "", None)


def test_pages_and_stream_give_every_case_once_newest_first(database: Database) -> None:
    with database.transaction() as tx:
        made = [a_case(tx) for _ in range(7)]
        pages, before = [], None
        while rows := log.page(tx, LogFilter(), NOW, limit=3, before=before):
            pages.append([row.case_id for row in rows])
            before = rows[-1].case_id
        assert [len(one) for one in pages] == [3, 3, 1]
        assert [one for rows in pages for one in rows] == made[::-1]
        assert [row.case_id for row in log.stream(tx, LogFilter(), NOW)] == made[::-1]
        assert log.count(tx, LogFilter(), NOW) == 7
        assert log.count(tx, LogFilter(text="sofa"), NOW, most=5) == 5


MANY = 20_000


@pytest.fixture
def many(database: Database) -> Iterator[Database]:
    """Cases with their records; one in a hundred is of each kind that is looked for."""
    with database.transaction() as tx:
        tx.execute(
            """insert into cases (customer_name, customer_address, subject, severity, status, owner,
                                  source, opened_at)
               select 'Customer ' || n %% 997, 'c' || n %% 997 || '@customer.example',
                      'Order ' || n || ' blue' || n %% 100,
                      case when n %% 100 = 0 then 'emergency' else 'normal' end,
                      case when n %% 100 = 0 then 'in hand' else 'closed' end,
                      case when n %% 100 = 0 then 'pat' else 'sam' end,
                      case when n %% 100 = 0 then 'visit' else 'mail' end,
                      %(now)s::timestamptz - make_interval(mins => %(many)s - n)
               from generate_series(1, %(many)s) as n""",
            {"now": NOW, "many": MANY},
        )
        tx.execute(
            """insert into complaint (case_id, customer_name, contact, how, cause_id, product_id,
                                      team_id, fault, changed_at)
               select id, customer_name, '', 'mail', case when id %% 100 = 0 then 'lost' end,
                      case when id %% 100 = 0 then 'goods' end,
                      case when id %% 100 = 0 then 'billing' end,
                      case when id %% 100 = 0 then 'customer' else 'ours' end, %s from cases""",
            [NOW],
        )
        tx.execute("insert into promise select id, 1, 'x', %s, 'pat', %s from cases", [NOW, NOW])
        tx.execute("update promise set kept_at = due where case_id % 100 <> 0")
    with database.transaction() as tx:
        tx.execute("select gin_clean_pending_list('case_words_by_word')")
        tx.execute("analyze")
    yield database
    with database.transaction() as tx:
        tx.execute("truncate cases, promise restart identity cascade")
        tx.execute("analyze")


def plan(database: Database, wanted: LogFilter) -> str:
    clauses, values = log._clauses(wanted)
    clauses.append("cases.id < %(before)s")
    query = f"explain {log._query(clauses)} limit %(limit)s"
    with database.transaction() as tx:
        rows = tx.execute(
            query, values | {"now": NOW + DAY, "limit": 50, "before": 10**9}
        ).fetchall()
    return "\n".join(row[0] for row in rows)


def test_no_page_of_the_log_reads_every_case(many: Database) -> None:
    for wanted in (
        LogFilter(),
        LogFilter(text="blue77"),
        LogFilter(text='"order 1234"'),
        LogFilter(status=("in hand",)),
        LogFilter(severity=("emergency",)),
        LogFilter(owner=("pat",)),
        LogFilter(source=("visit",)),
        LogFilter(cause=("lost",)),
        LogFilter(product=("goods",)),
        LogFilter(team=("billing",)),
        LogFilter(fault=("customer",)),
        LogFilter(customer="c7@customer.example"),
        LogFilter(since=NOW - timedelta(hours=2)),
        LogFilter(overdue=True),
        LogFilter(text="order", status=("closed",), fault=("ours",)),
    ):
        shown = plan(many, wanted)
        for table in ("cases", "complaint", "case_words", "promise"):
            assert f"Seq Scan on {table}" not in shown, f"{wanted}\n{shown}"
        with many.transaction() as tx:
            rows = log.page(tx, wanted, NOW + DAY)
        assert rows
        assert all(one.case_id > other.case_id for one, other in pairwise(rows))
