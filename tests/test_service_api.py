import pytest

from tests.filling import angry, save, unreadable, unscored
from tests.service_client import program, stranger, unreachable
from triage.store import Database, mailboxes
from triage.types import Person


def test_cases_are_read_page_by_page(database: Database) -> None:
    save(database, *(angry(sender=Person(f"C {n}", f"c{n}@x.example")) for n in range(7)))
    client = program(database)
    seen, cursor = [], None
    for _ in range(3):
        query = {"limit": 3, "sort": "newest"} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/v1/cases", params=query).json()
        seen += [item["customer"]["name"] for item in page["items"]]
        cursor = page["next"]
    assert seen == [f"C {n}" for n in reversed(range(7))]
    assert cursor is None


def test_a_case_in_the_list(database: Database) -> None:
    save(database, angry(case_number="88-20417"))
    (item,) = program(database).get("/api/v1/cases").json()["items"]
    assert item.pop("due") > item.pop("opened_at") == item.pop("changed_at")
    assert item == {
        "id": 1001,
        "reference": "T-1001",
        "number": "88-20417",
        "customer": {"name": "Dana Reyes", "address": "dana@customer.example"},
        "subject": "Order 5512",
        "severity": "high",
        "status": "flagged",
        "source": "mail",
        "owner": None,
        "held_until": None,
        "clock": "acknowledge",
        "rule": "angry",
        "sentence": "This is a disgrace.",
        "revision": 1,
    }


def test_a_case_with_all_that_belongs_to_it(database: Database) -> None:
    save(database, angry(quoted="> Soon."))
    case = program(database).get("/api/v1/cases/1001").json()
    (mail,) = case["mails"]
    assert mail["scores"]["angry"] == 0.93
    assert mail["because"].startswith("The customer is angry with us.")
    assert mail["quoted"] == "> Soon."
    assert not mail["cut"]
    (evidence,) = mail["evidence"]
    read = f"{mail['subject']}\n\n{mail['text']}"
    assert read[evidence["start"] : evidence["end"]] == evidence["text"] == "This is a disgrace."
    assert [notice["state"] for notice in case["notices"]] == ["waiting"]
    assert [event["what"] for event in case["events"]] == ["flagged"]
    assert case["earlier_mails"] == 0


def test_a_huge_text_is_cut_and_says_so(database: Database) -> None:
    save(database, angry("x" * 1_000_000))
    (mail,) = program(database).get("/api/v1/cases/1001").json()["mails"]
    assert len(mail["text"]) == 100_000
    assert mail["cut"]


def test_mails_for_a_person(database: Database) -> None:
    save(database, unscored(), unreadable(), angry())
    client = program(database)
    page = client.get("/api/v1/mails/unscored?limit=1").json()
    assert page["waiting"] == 2
    rest = client.get(f"/api/v1/mails/unscored?cursor={page['next']}").json()
    assert {item["outcome"] for item in page["items"] + rest["items"]} == {"unscored", "failed"}
    assert rest["next"] is None


def test_mailboxes(database: Database) -> None:
    with database.transaction() as tx:
        mailboxes.meet(tx, "support", "INBOX", None)
    mailboxes.report(database, "support", "INBOX", "refused", trouble="no login")
    (item,) = program(database).get("/api/v1/mailboxes").json()["items"]
    assert (item["mailbox"], item["state"], item["trouble"]) == ("support", "refused", "no login")
    assert item["seen_at"] is None


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/cases?limit=0", "query.limit"),
        ("/cases?limit=201", "query.limit"),
        ("/cases?cursor=x", "query.cursor"),
        ("/cases?cursor=0", "query.cursor"),
        ("/cases?cursor=٣", "query.cursor"),
        (f"/cases?cursor={2**63}", "query.cursor"),
        (f"/cases/{2**63}", "path.case_id"),
        ("/cases/x", "path.case_id"),
    ],
)
def test_what_is_not_well_formed_is_named(database: Database, path: str, where: str) -> None:
    answer = program(database).get(f"/api/v1{path}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (wrong,) = answer.json()["errors"]
    assert wrong["where"] == where


def test_what_is_not_there_is_a_problem(database: Database) -> None:
    client = program(database)
    for path, status in (("/cases/1", 404), ("/nowhere", 404)):
        answer = client.get(f"/api/v1{path}")
        assert answer.status_code == answer.json()["status"] == status
        assert answer.headers["content-type"] == "application/problem+json"
    assert client.post("/api/v1/cases").json()["status"] == 405


def test_without_a_database_it_says_when_to_come_again(database: Database) -> None:
    token = program(database).headers["Authorization"]
    with unreachable(database) as store:
        client = stranger(store)
        answer = client.get("/api/v1/cases", headers={"Authorization": token})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["title"] == "Service Unavailable"
