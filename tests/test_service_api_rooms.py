"""The rooms of the desk over the API: records, log, trends, drafts, contacts, duty, house."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from starlette.testclient import TestClient

from service.shown_settings import shown
from tests.filling import angry, save, unscored
from tests.readings import calm
from tests.service_client import client_as, program
from triage.config import Mailbox, Settings
from triage.store import Database
from triage.types import Person

API = "/api/v1"


def get(client: TestClient, path: str, expected: int = 200, **query: object):
    answer = client.get(f"{API}{path}", params=query)
    assert answer.status_code == expected, answer.text
    return answer


def tag(client: TestClient) -> str:
    return get(client, "/cases/1001").headers["etag"]


def test_a_record_is_filled_in_and_reported(database: Database) -> None:
    save(database, angry())
    client = program(database)
    record = get(client, "/cases/1001/complaint")
    assert record.json()["customer_name"] == "Dana Reyes"
    assert "happened" in record.json()["to_report"]
    choices = get(client, "/complaints/choices").json()
    changes = {
        "happened": "Three outages.",
        "cause": choices["causes"][0]["id"],
        "fault": "ours",
        "ending": "resolved",
        "lesson": None,
    }
    answer = client.patch(
        f"{API}/cases/1001/complaint", json=changes, headers={"If-Match": record.headers["etag"]}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["cause"]["name"] == choices["causes"][0]["name"]
    assert answer.headers["etag"] == tag(client)
    facts = client.post(
        f"{API}/cases/1001/complaint/facts", json={"side": "customer", "text": "It broke."}
    )
    assert facts.json()["facts"][0]["text"] == "It broke."
    pdf = get(client, "/cases/1001/report")
    assert pdf.content.startswith(b"%PDF")
    assert "attachment" in pdf.headers["content-disposition"]
    html = get(client, "/cases/1001/report", format="html", **{"for": "customer"}).text
    assert "Three outages." in html


def test_a_record_changed_meanwhile_gets_both_versions(database: Database) -> None:
    save(database, angry())
    client, seen = program(database), {"If-Match": tag(program(database))}
    path = f"{API}/cases/1001/complaint"
    assert client.patch(path, json={"happened": "One."}, headers=seen).status_code == 200
    assert client.patch(path, json={"lesson": "Ask."}, headers=seen).status_code == 200
    answer = client.patch(path, json={"happened": "Two."}, headers=seen)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:triage:stale")
    assert answer.json()["yours"]["asked"] == {"happened": "Two."}
    assert answer.json()["theirs"]["complaint"]["happened"] == "One."
    assert answer.json()["theirs"]["fields"] == ["happened"]
    assert answer.headers["etag"] == tag(client)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"cause": "nothing"}, "body.cause"),
        ({"reported_at": "yesterday"}, "body.reported_at"),
        ({"how": "fax"}, "body.how"),
        ({"contact": "x" * 301}, "body.contact"),
        ({"unheard": "of"}, "body.unheard"),
    ],
)
def test_a_wrong_field_of_a_record_is_named(database: Database, changes: dict, where: str) -> None:
    save(database, angry())
    answer = program(database).patch(
        f"{API}/cases/1001/complaint", json=changes, headers={"If-Match": "*"}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["where"] == where


def test_a_remedy_beyond_ones_authority_waits(database: Database) -> None:
    save(database, angry())
    rep, manager = client_as(database, "rep"), client_as(database, "manager")
    path, anyhow = f"{API}/cases/1001/complaint/remedy", {"If-Match": "*"}
    kind = next(
        one["id"] for one in get(rep, "/complaints/choices").json()["remedies"] if one["has_amount"]
    )
    answer = rep.put(path, json={"kind": kind, "amount": "many"}, headers=anyhow)
    assert answer.json()["errors"][0]["where"] == "body.amount"
    answer = rep.put(path, json={"kind": kind, "amount": "100000"}, headers=anyhow)
    assert answer.json()["remedy"]["state"] == "deferred upward"
    decision = {"decision": "approve"}
    assert rep.put(f"{path}/decision", json=decision, headers=anyhow).status_code == 403
    answer = manager.put(f"{path}/decision", json=decision, headers=anyhow)
    assert answer.json()["remedy"]["state"] == "approved"


def test_the_log_is_found_and_exported(database: Database) -> None:
    save(database, *(angry(sender=Person(f"C {n}", f"c{n}@x.example")) for n in range(5)))
    client = program(database)
    page = get(client, "/log", limit=2).json()
    assert (page["found"], len(page["items"])) == (5, 2)
    rest = get(client, "/log", limit=2, cursor=page["next"]).json()
    assert rest["items"][0]["case_id"] == 1003
    assert get(client, "/log", customer="c3@x.example").json()["found"] == 1
    assert get(client, "/log", q="disgrace", status=["flagged", "closed"]).json()["found"] == 5
    get(client, "/log", 422, status="asleep")
    lines = get(client, "/log/export", format="jsonl").text.splitlines()
    assert json.loads(lines[0])["reference"] == "T-1005"
    assert get(client, "/log/export").text.count("\r\n") == 6
    book = get(client, "/log/export", format="xlsx").content
    assert "xl/workbook.xml" in ZipFile(BytesIO(book)).namelist()
    assert client_as(database, "rep").get(f"{API}/log/export").status_code == 403


def test_trends(database: Database) -> None:
    save(database, angry())
    found = get(program(database), "/trends").json()
    assert sum(week["cases"] for week in found["by_week"]) == 1
    assert found["waits"][0] == {
        "what": "acknowledge",
        "cases": 0,
        "open": 1,
        "median": None,
        "p90": None,
    }
    get(program(database), "/trends", 422, since="2030-01-01T00:00:00Z")


def test_guidance_and_drafts(database: Database) -> None:
    save(database, angry())
    client = program(database)
    given = get(client, "/cases/1001/guidance").json()
    assert given["now"]["do"]
    draft = get(client, f"/cases/1001/drafts/{given['drafts'][0]}").json()
    assert "T-1001" in draft["text"] + draft["subject"]
    checked = client.post(
        f"{API}/cases/1001/drafts/first-answer/check",
        json={"text": "We are so sorry, it is all our fault. [what was done]"},
    ).json()["faults"]
    assert {"early apology", "gap", "no number"} <= {one["kind"] for one in checked}
    get(client, "/cases/77/guidance", 404)
    get(client, "/cases/1001/drafts/poem", 422)


def test_a_call_is_logged_and_a_mail_flagged_by_hand(database: Database) -> None:
    save(database, unscored())
    client = program(database)
    call = {"how": "call", "words": "Third outage!", "name": "Dana", "severity": "high"}
    key = {"Idempotency-Key": "the-call"}
    answers = [client.post(f"{API}/contacts", json=call, headers=key) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201], answers[0].text
    assert answers[0].json() == answers[1].json()
    case = get(client, f"/cases/{answers[0].json()['case']}").json()
    assert (case["severity"], case["source"]) == ("high", "call")
    answer = client.post(f"{API}/contacts", json={"how": "call", "words": "?"})
    assert answer.json()["errors"][0]["where"] == "body.name"
    assert client.post(f"{API}/contacts", json=call | {"how": "mail"}).status_code == 422
    flagged = client.post(f"{API}/mails/1/flag", json={"severity": "low", "note": "Rude."})
    assert flagged.json()["new"]
    assert get(client, f"/cases/{flagged.json()['case']}").json()["severity"] == "low"
    assert client.post(f"{API}/mails/99/flag", json={}).status_code == 404
    helped = client.post(f"{API}/mails/1/help", json={"why": "I am new."})
    assert helped.json()["case"] == flagged.json()["case"]


def test_mails_are_listed_and_come_as_inert_files(database: Database) -> None:
    save(database, angry(), calm(990), unscored())
    client = program(database)
    page = get(client, "/mails", limit=2).json()
    assert [one["outcome"] for one in page["items"]] == ["unscored", "pass"]
    assert get(client, "/mails", outcome="flag").json()["items"][0]["case"] == 1001
    assert get(client, "/mails", sender="DANA@customer.example").json()["items"]
    assert get(client, "/mails/1").json()["tone"] > 1
    original = get(client, "/mails/1/original")
    assert original.headers["content-type"] == "application/octet-stream"
    assert original.headers["content-disposition"].startswith("attachment;")
    assert original.headers["x-content-type-options"] == "nosniff"
    get(client, "/mails/2/original", 404)
    get(client, "/mails/1/attachments/1", 404)


def test_an_attachment_keeps_its_name_and_nothing_else(database: Database) -> None:
    mail = (
        b"From: a@x.example\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nHello\n--b\n'
        b"Content-Type: text/html\n"
        b'Content-Disposition: attachment; filename="../\xd0\x96\\\\e.html"\n'
        b"\n<script>alert(1)</script>\n--b--\n"
    )
    save(database, unscored())
    with database.transaction() as tx:
        tx.execute("update raw_mail set content = %s", [mail])
    answer = get(program(database), "/mails/1/attachments/1")
    assert answer.content.strip() == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "/" not in answer.headers["content-disposition"].partition("filename*")[0]


def test_duty_and_people_and_policy(database: Database) -> None:
    client = program(database)
    people = get(client, "/people").json()["items"]
    assert set(people[0]) == {"id", "name", "roles", "mail", "office_phone"}
    now = get(client, "/duty").json()
    assert now["open"]
    assert now["ladder"][0] == "pat@desk.example"
    assert now["roles"][0]["now"]["person"] == "pat@desk.example"
    assert get(client, "/duty/shifts").json()["items"][0]["person"] == "pat@desk.example"
    get(client, "/duty/shifts", 422, since="2030-01-01T00:00:00Z", until="2029-01-01T00:00:00Z")
    rules = get(client, "/policy").json()
    assert rules["clocks"]["emergency"]
    assert rules["rules"][0]["because"]


def test_a_policy_is_tried(database: Database) -> None:
    from triage import policy

    save(database, angry())
    client = program(database)
    answer = client.post(f"{API}/policy/try", json={"policy": "rules = 3"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "body.policy"
    assert "/" not in answer.json()["detail"]
    answer = client.post(f"{API}/policy/try", json={"thresholds": {"anger": 0.5}})
    assert answer.json()["errors"][0]["where"] == "body.thresholds"
    from importlib.resources import files

    text = (files("triage.policy") / "policy.toml").read_text("utf-8")
    assert policy.load()
    with database.transaction() as tx:
        tx.execute("update mail set received = now() - interval '1 hour'")
    levels = dict.fromkeys(("angry", "upset"), 0.99)
    answer = client.post(f"{API}/policy/try", json={"policy": text, "thresholds": levels})
    assert answer.status_code in {200, 422}, answer.text


def test_the_house(database: Database) -> None:
    save(database, angry())
    client = program(database)
    client.put(f"{API}/mails/1/verdicts/angry", json={"right": True})
    model = get(client, "/model").json()
    assert model["judged"] == [{"signal": "angry", "right": 1, "wrong": 0}]
    assert get(client, "/health").json()["cases_by_status"] == {"flagged": 1}
    settings = {one["key"]: one for one in get(client, "/settings").json()["items"]}
    assert settings["database_url"] == {
        "key": "database_url",
        "value": False,
        "source": "default",
        "secret": True,
    }


def test_the_ledger_is_counted(database: Database) -> None:
    save(database, angry(), unscored())
    (row,) = get(program(database), "/mailboxes/ledger").json()["items"]
    assert row == {"mailbox": "support", "folder": "INBOX", "places": {"flag": 1, "unscored": 1}}


def test_no_secret_is_shown() -> None:
    settings = Settings(
        database_url="postgresql://u:hunter2@db/x",
        mailboxes={"support": Mailbox(host="imap.example", password="hunter2")},
    )
    rows = shown(settings)
    assert "hunter2" not in repr(rows)
    assert {one.key: one.value for one in rows}["mailboxes.support.password"] is True


def test_verdicts(database: Database) -> None:
    save(database, angry())
    client = program(database)
    path = f"{API}/mails/1/verdicts"
    given = client.put(f"{path}/angry", json={"right": False, "it_was": "upset"}).json()
    assert (given["it_was"], given["score"], given["model"]) == (
        "upset",
        pytest.approx(0.93),
        "mood-1.2",
    )
    assert client.put(f"{path}/urgent", json={"right": False}).json()["it_was"] == "yes"
    answer = client.put(f"{path}/angry", json={"right": False})
    assert answer.json()["errors"][0]["where"] == "body.it_was"
    answer = client.put(f"{path}/angry", json={"right": True, "it_was": "calm"})
    assert answer.json()["errors"][0]["where"] == "body.it_was"
    assert client.put(f"{path}/joy", json={"right": True}).status_code == 404
    assert client.put(f"{API}/mails/9/verdicts/angry", json={"right": True}).status_code == 404
    assert [one["signal"] for one in get(client, "/mails/1/verdicts").json()["items"]] == [
        "angry",
        "urgent",
    ]
    (line,) = get(client, "/verdicts/export").text.splitlines()
    row = json.loads(line)
    assert (row["anger"], row["urgent"], row["complaint"]) == (1, True, False)
    assert row["body"] == "I waited. This is a disgrace. Do better."
    assert "anger" not in row["unsure"]
    assert "urgent" not in row["unsure"]
    assert "complaint" in row["unsure"]
    assert client.delete(f"{path}/angry").status_code == 204
    assert client.delete(f"{path}/angry").status_code == 404
    assert len(get(client, "/cases/1001").json()["verdicts"]) == 1


def test_what_is_exported_can_be_trained_on(database: Database) -> None:
    from training.examples import labelled, trust

    save(database, angry())
    client = program(database)
    client.put(f"{API}/mails/1/verdicts/angry", json={"right": True})
    row = json.loads(get(client, "/verdicts/export").text)
    assert len(labelled(row, "here")) == len(trust(row["unsure"], 0.5)) == 11


def test_the_queue_is_filtered_and_paged(database: Database) -> None:
    save(database, *(angry(sender=Person(f"C {n}", f"c{n}@x.example")) for n in range(7)))
    client = program(database)
    seen: list[int] = []
    cursor = None
    while True:
        page = get(
            client, "/cases", sort="due", limit=3, **({"cursor": cursor} if cursor else {})
        ).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == list(range(1001, 1008))
    assert len(seen) == 7
    client.post(f"{API}/cases/1003/acts/acknowledge", headers={"If-Match": "*"})
    mine = get(client, "/cases", owner="pat@desk.example").json()["items"]
    assert [one["id"] for one in mine] == [1003]
    assert len(get(client, "/cases", owner="").json()["items"]) == 6
    assert len(get(client, "/cases", status=["flagged"]).json()["items"]) == 6
    assert get(client, "/cases", q="c5@x.example").json()["items"][0]["id"] == 1006
    assert get(client, "/cases", severity="low").json()["items"] == []
    assert get(client, "/cases", sort="newest").json()["items"][0]["id"] == 1007
    soon = datetime.now(UTC) + timedelta(days=1)
    assert datetime.fromisoformat(get(client, "/cases").json()["items"][0]["due"]) < soon
