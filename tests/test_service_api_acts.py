"""A case's life over the API: every act, stale versions, requests sent twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from service.acts import DEEDS, NEEDS
from tests.filling import angry, save
from tests.service_client import client_as, program
from triage.store import Database, audit, desk_audit
from triage.types import Person

KIM = "kim@desk.example"


def case(client: TestClient, id: int = 1001) -> tuple[dict, str]:
    answer = client.get(f"/api/v1/cases/{id}")
    assert answer.status_code == 200, answer.text
    return answer.json(), answer.headers["etag"]


def act(client: TestClient, name: str, tag: str = "*", **said: object):
    return client.post(
        f"/api/v1/cases/1001/acts/{name}", json=said or None, headers={"If-Match": tag}
    )


def test_a_whole_life(database: Database) -> None:
    save(database, angry())
    client = program(database)
    soon = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    steps: list[tuple[str, dict, str]] = [
        ("raise-severity", {"to": "emergency", "why": "He threatens."}, "flagged"),
        ("acknowledge", {}, "acknowledged"),
        ("take-in-hand", {}, "in hand"),
        ("note", {"text": "She prefers mail."}, "in hand"),
        ("make-promise", {"what": "A call", "due": soon}, "in hand"),
        ("ask-help", {"why": "I may not refund so much."}, "in hand"),
        ("give-help", {"said": "Refund it."}, "in hand"),
        ("answered", {"note": "By phone."}, "answered"),
        ("keep-promise", {"number": 1}, "answered"),
        ("hand-over", {"to": KIM, "said": "All is in the notes."}, "answered"),
        ("note-done", {"done": "Refunded."}, "answered"),
        ("tell-manager", {}, "answered"),
        ("told", {}, "told"),
        ("confirmed", {"note": "Works."}, "confirmed"),
        ("close", {}, "closed"),
        ("reopen", {"reason": "Broke again."}, "in hand"),
    ]
    for name, said, status in steps:
        now, tag = case(client)
        if name not in {"reopen"}:
            assert name in now["now"]["next"], (name, now["now"])
        answer = act(client, name, tag, **said)
        assert answer.status_code == 200, (name, answer.text)
        assert answer.json()["status"] == status
        assert answer.headers["etag"] == f'"{answer.json()["revision"]}"' == case(client)[1]
    assert now["now"]["owner"] == KIM
    assert audit.verify(database, lambda broken: None).broken == 0
    with database.transaction() as tx:
        noted = [one for one in desk_audit.page(tx, 100) if one.what == "acted on a case"]
    assert [one.data["deed"] for one in reversed(noted)] == [name for name, _, _ in steps]
    assert {one.data["how"] for one in noted} == {"token"}


def test_every_deed_has_an_address_and_takes_what_it_says(database: Database) -> None:
    document = program(database).get("/api/v1/openapi.json").json()
    for name in DEEDS:
        operation = document["paths"][f"/api/v1/cases/{{case_id}}/acts/{name}"]["post"]
        assert operation["operationId"] == f"act_{name.replace('-', '_')}"
        assert {"200", "404", "409", "422", "428"} <= set(operation["responses"])


def test_without_if_match_nothing_is_done(database: Database) -> None:
    save(database, angry())
    client = program(database)
    answer = client.post("/api/v1/cases/1001/acts/acknowledge")
    assert (answer.status_code, answer.json()["status"]) == (428, 428)
    assert answer.headers["content-type"] == "application/problem+json"
    for tag in ("1", '"x"', '"1", W', '"99999999999999999999"'):
        answer = act(client, "acknowledge", tag)
        assert answer.status_code == 422, tag
        assert answer.json()["errors"][0]["where"] == "header.If-Match"
    assert case(client)[0]["status"] == "flagged"


def test_a_lost_update_gets_both_versions(database: Database) -> None:
    save(database, angry())
    pat, kim = client_as(database, "point"), client_as(database, "point", login="k", person=KIM)
    _, tag = case(pat)
    assert act(kim, "take-in-hand", tag).status_code == 200
    answer = act(pat, "give-back", tag, why="I am out.")
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "urn:triage:stale")
    assert problem["yours"] == {
        "revision": int(tag.strip('"')),
        "asked": {"act": "give-back", "why": "I am out."},
    }
    assert problem["theirs"]["case"]["owner"] == KIM
    assert [one["what"] for one in problem["theirs"]["since"]] == ["acknowledged", "in hand"]
    assert answer.headers["etag"] == case(pat)[1]
    assert act(pat, "give-back", answer.headers["etag"], why="I am out.").status_code == 200


def test_what_a_case_does_not_allow_says_what_is_missing(database: Database) -> None:
    save(database, angry())
    client = program(database)
    answer = act(client, "close")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:triage:refused")
    assert answer.json()["missing"]
    act(client, "acknowledge")
    answer = act(client, "hand-over", to="nobody", said="Yours.")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"where": "body.to", "what": "The desk has nobody called 'nobody'."}
    ]


@pytest.mark.parametrize(
    ("name", "said", "where"),
    [
        ("give-back", {}, "body"),
        ("give-back", {"why": ""}, "body.why"),
        ("give-back", {"why": "   "}, "body.why"),
        ("give-back", {"why": "x" * 10_001}, "body.why"),
        ("give-back", {"why": "\x00"}, "body.why"),
        ("give-back", {"why": 7}, "body.why"),
        ("give-back", {"why": "I am out.", "more": 1}, "body.more"),
        ("hold", {"until": "tomorrow", "why": "x"}, "body.until"),
        ("hold", {"until": "2031-01-01T00:00:00", "why": "x"}, "body.until"),
        ("hold", {"until": "1970-01-01T00:00:00Z", "why": "x"}, "body.until"),
        ("keep-promise", {"number": 0}, "body.number"),
        ("keep-promise", {"number": 7}, "body.number"),
        ("raise-severity", {"to": "very", "why": "x"}, "body.to"),
    ],
)
def test_what_will_not_do_is_named(database: Database, name: str, said: dict, where: str) -> None:
    save(database, angry())
    client = program(database)
    act(client, "acknowledge")
    answer = act(client, name, **said)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["where"] == where


def test_what_is_not_there_is_not_found(database: Database) -> None:
    client = program(database)
    assert act(client, "acknowledge").status_code == 404
    assert act(client, "eat").status_code == 404


def test_nobody_acts_beyond_their_role_or_as_nobody(database: Database) -> None:
    save(database, angry())
    rep = client_as(database, "rep")
    assert act(rep, "dismiss", reason="No.").status_code == 403
    assert "dismiss" not in case(rep)[0]["allowed"]
    assert "acknowledge" in case(rep)[0]["allowed"]
    nobody = client_as(database, "point", login="n", person="")
    answer = act(nobody, "acknowledge")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:triage:refused")
    assert set(NEEDS) == set(DEEDS.values())


def test_sent_twice_is_done_once(database: Database) -> None:
    save(database, angry())
    client = program(database)
    headers = {"If-Match": "*", "Idempotency-Key": "one"}
    path = "/api/v1/cases/1001/acts/note"
    first = client.post(path, json={"text": "Once."}, headers=headers)
    again = client.post(path, json={"text": "Once."}, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert first.headers["etag"] == again.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"
    other = client.post(path, json={"text": "Twice."}, headers=headers)
    assert other.status_code == 422
    assert other.json()["errors"][0]["where"] == "header.Idempotency-Key"
    notes = [one for one in case(client)[0]["events"] if one["what"] == "note"]
    assert [one["data"]["text"] for one in notes] == ["Once."]


def test_sent_many_times_at_once_is_done_once(database: Database) -> None:
    save(database, angry())
    client = program(database)
    headers = {"If-Match": "*", "Idempotency-Key": "at-once"}

    def send(_: int) -> tuple[int, bytes]:
        path = "/api/v1/cases/1001/acts/note"
        answer = client.post(path, json={"text": "Once."}, headers=headers)
        return answer.status_code, answer.content

    with ThreadPoolExecutor(6) as threads:
        answers = set(threads.map(send, range(12)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 200
    assert sum(one["what"] == "note" for one in case(client)[0]["events"]) == 1


def test_what_was_refused_may_be_sent_again_with_its_key(database: Database) -> None:
    save(database, angry())
    client = program(database)
    headers = {"If-Match": "*", "Idempotency-Key": "later"}
    path = "/api/v1/cases/1001/acts/confirmed"
    assert client.post(path, json={}, headers=headers).status_code == 409
    for name, said in (("acknowledge", {}), ("note-done", {"done": "x"}), ("told", {})):
        assert act(client, name, **said).status_code == 200
    assert client.post(path, json={}, headers=headers).status_code == 200


def test_a_key_is_its_owners_alone(database: Database) -> None:
    save(database, angry(), angry(sender=Person("C", "c@x.example")))
    pat, kim = client_as(database, "point"), client_as(database, "point", login="k", person=KIM)
    headers = {"If-Match": "*", "Idempotency-Key": "same"}
    for client in (pat, kim):
        answer = client.post(
            "/api/v1/cases/1001/acts/note", json={"text": "Mine."}, headers=headers
        )
        assert answer.status_code == 200
        assert "idempotency-replayed" not in answer.headers


def test_many_are_taken_at_once(database: Database) -> None:
    save(database, *(angry(sender=Person(f"C {n}", f"c{n}@x.example")) for n in range(3)))
    client = program(database)
    act(client, "take-in-hand")
    wanted = [{"id": 1003}, {"id": 1001, "revision": 1}, {"id": 1002}, {"id": 77}]
    items = client.post("/api/v1/cases/acknowledge", json={"cases": wanted}).json()["items"]
    assert [(one["id"], one["done"]) for one in items] == [
        (77, False),
        (1001, False),
        (1002, True),
        (1003, True),
    ]
    assert items[2]["case"]["status"] == "acknowledged"
    assert items[0]["why"] == "There is no case 77."
    assert client.post("/api/v1/cases/acknowledge", json={"cases": []}).status_code == 422


def test_a_case_is_not_sent_again_unchanged(database: Database) -> None:
    save(database, angry())
    client = program(database)
    _, tag = case(client)
    answer = client.get("/api/v1/cases/1001", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    act(client, "acknowledge")
    assert client.get("/api/v1/cases/1001", headers={"If-None-Match": tag}).status_code == 200
