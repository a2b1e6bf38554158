"""Scoring and bringing in mail: in the serving process, and as a job."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.scoring import Busy, Scorer
from tests import desks
from tests.caseloads import caseload
from tests.filling import MODEL
from tests.service_client import account, client_as, program, sign_in
from tests.waiting import PATIENCE
from triage.bringing import Bringing
from triage.config import Web
from triage.pipeline import Reader
from triage.store import Database, ledger
from triage.types import SIGNALS

API = "/api/v1"
MAIL = (
    b"From: Dana <dana@customer.example>\nTo: support@desk.example\nMessage-ID: <1@c.example>\n"
    b"Date: Wed, 03 Jun 2026 09:30:00 +0200\nSubject: rage\n\nI rage at you. Where is it?\n"
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return desks.reader()


def test_a_text_and_a_mail_are_scored(database: Database) -> None:
    client = program(database)
    answer = client.post(f"{API}/score", json={"text": "I rage at you.", "subject": "Order"})
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert set(said["scores"]) == set(SIGNALS)
    assert (said["kind"], said["language"]) == ("customer", "en")
    mail = client.post(
        f"{API}/score", content=MAIL, headers={"Content-Type": "message/rfc822; charset=x"}
    )
    assert mail.status_code == 200, mail.text
    assert set(mail.json()["scores"]) == set(SIGNALS)
    with database.transaction() as tx:
        assert tx.execute("select count(*) from mail").fetchone() == (0,)


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("text/plain", b"hello", 415),
        ("", b"hello", 415),
        ("message/rfc822", b"no header at all", 400),
        ("message/rfc822", b"", 400),
        ("application/json", b"{", 422),
        ("application/json", b"[]", 422),
        ("application/json", b'{"text": 7}', 422),
        ("application/json", json.dumps({"text": "x" * 200_001}).encode(), 422),
        ("application/json", b'{"text": "a\\u0000"}', 422),
        ("application/json", b'{"text": "x", "more": 1}', 422),
    ],
)
def test_what_cannot_be_scored_is_told(
    database: Database, kind: str, content: bytes, status: int
) -> None:
    answer = program(database).post(f"{API}/score", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_more_than_is_taken_in_at_once_is_refused(database: Database) -> None:
    answer = program(database).post(
        f"{API}/contacts",
        content=b'{"words": "' + b"x" * 3_000_000,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413


def test_a_machine_that_is_busy_says_so() -> None:
    go, there = Event(), Event()
    scorer = Scorer(desks.reader, most=1)

    def slow(reader: Reader) -> None:
        there.set()
        go.wait(PATIENCE)

    first = Thread(target=scorer.read, args=[slow])
    first.start()
    assert there.wait(PATIENCE)
    with pytest.raises(Busy):
        scorer.read(lambda reader: None)
    go.set()
    first.join()
    assert scorer.read(lambda reader: reader.classifier.name)


def test_the_model_is_loaded_once_and_only_when_asked_for(database: Database) -> None:
    loaded: list[int] = []

    def load() -> Reader:
        loaded.append(1)
        return desks.reader()

    client = desk(database, read=load)
    assert loaded == []
    for text in ("one", "two"):
        assert client.post(f"{API}/score", json={"text": text}).status_code == 200
    assert loaded == [1]


def desk(
    database: Database,
    *,
    read: Callable[[], Reader] | None = None,
    jobs: list[int] | None = None,
) -> TestClient:
    """A browser that may do everything, at a desk that notes what jobs it gave out."""
    made = desks.works(
        read=read, bring_in=lambda tx, id: (jobs if jobs is not None else []).append(id)
    )
    web = Web()
    client = TestClient(create_app(database, web, made, MODEL), base_url=web.base_url)
    who = account(database, "manager", "admin", "point", login="importer")
    sign_in(client, database, who)
    return client


def bring(
    database: Database, reader: Reader, kind: str, content: bytes, *, cases: bool = False
) -> dict:
    """Sent in, read by the job, and how it went."""
    jobs: list[int] = []
    client = desk(database, read=lambda: reader, jobs=jobs)
    answer = client.post(
        f"{API}/import?cases={str(cases).lower()}", content=content, headers={"Content-Type": kind}
    )
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "waiting"
    work = Bringing(database, lambda: reader, caseload(*desks.POINT))
    for job in jobs * 2:  # a job that is done twice does it once
        work.bring_in(job)
    found: dict = client.get(answer.headers["location"]).json()
    assert found["state"] == "done"
    assert client.get(f"{API}/import").json()["items"][0] == found
    return found


def test_one_mail_is_brought_in(database: Database, reader: Reader) -> None:
    found = bring(database, reader, "message/rfc822", MAIL)
    assert (found["found"], found["kept"], found["repeated"]) == (1, 1, 0)
    again = bring(database, reader, "message/rfc822", MAIL)
    assert (again["kept"], again["repeated"]) == (0, 1)
    with database.transaction() as tx:
        assert list(ledger.entered(tx, "import", "1", 0)) == [1]
        assert tx.execute("select count(*) from cases").fetchone() == (0,)


def test_a_mailbox_file_is_brought_in(database: Database, reader: Reader) -> None:
    one = b"From x@example.org Wed Jun  3 09:30:00 2026\n" + MAIL + b"\n"
    other = one.replace(b"<1@c", b"<2@c").replace(b"Where is it?", b"Nobody answers.")
    found = bring(database, reader, "application/mbox", one + other + one)
    assert (found["found"], found["kept"]) == (2, 2)


def test_lines_are_brought_in_and_wrong_ones_named(database: Database, reader: Reader) -> None:
    row = {
        "from": "dana@customer.example",
        "name": "Dána\r\nBcc: x@y.example",
        "subject": "Order",
        "text": "I rage at you. Where is it?",
        "date": "2026-06-03T09:30:00+02:00",
        "message_id": "7@c.example",
    }
    lines = [
        json.dumps(row),
        "nonsense",
        json.dumps([1]),
        json.dumps(row | {"date": "yesterday"}),
        json.dumps(row | {"text": 7}),
        json.dumps({"text": "from nobody"}),
        json.dumps(row | {"from": "\ud800 x"}),
        "",
        json.dumps(row | {"text": "Nobody answers.", "message_id": "8@c.example"}),
    ]
    found = bring(database, reader, "application/x-ndjson", "\n".join(lines).encode())
    assert found["wrong_count"] == len(found["wrong"]) >= 5
    assert found["wrong"][0] == "line 2: no JSON"
    with database.transaction() as tx:
        rows = tx.execute(
            "select sender_name, sent, text from mail where message_id like '%c.example'"
            " order by id"
        ).fetchall()
    assert {str(text).strip() for _, _, text in rows} >= {row["text"], "Nobody answers."}
    assert rows[0][0].startswith("Dána")
    assert "Bcc" in rows[0][0]
    assert rows[0][1] == datetime(2026, 6, 3, 7, 30, tzinfo=UTC)


def test_cases_are_opened_where_that_is_wanted(database: Database, reader: Reader) -> None:
    found = bring(database, reader, "message/rfc822", MAIL, cases=True)
    with database.transaction() as tx:
        row = tx.execute("select count(*) from cases").fetchone()
    assert row == (found["flagged"],)
    assert found["flagged"] == 1


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("text/plain", MAIL, 415),
        ("application/mbox", MAIL, 400),
        ("message/rfc822", b"  \n", 400),
    ],
)
def test_what_cannot_be_brought_in_is_told(
    database: Database, kind: str, content: bytes, status: int
) -> None:
    answer = program(database).post(
        f"{API}/import", content=content, headers={"Content-Type": kind}
    )
    assert answer.status_code == status


def test_who_may_not_bring_in_may_not(database: Database) -> None:
    answer = client_as(database, "rep").post(
        f"{API}/import", content=MAIL, headers={"Content-Type": "message/rfc822"}
    )
    assert answer.status_code == 403
