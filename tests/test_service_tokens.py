from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.permissions import Scope
from tests.service_client import client_as, program, stranger
from triage.store import Database, desk_audit


def soon(**lasts: int) -> str:
    return (datetime.now(UTC) + timedelta(**(lasts or {"days": 30}))).isoformat()


def wanted(**other: object) -> dict[str, Any]:
    return {"name": "Wallboard", "scopes": ["read"], "expires_at": soon(), **other}


def test_a_token_is_shown_once_and_kept_as_a_digest(database: Database) -> None:
    owner = client_as(database, "point")
    made = owner.post("/api/v1/tokens", json=wanted())
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("trg_")
    assert len(secret) > 40
    listed = owner.get("/api/v1/tokens")
    assert secret not in listed.text
    assert listed.json()["items"][0]["hint"] == secret[:8]
    assert secret not in owner.get("/account").text
    with database.transaction() as tx:
        row = tx.execute("select api_token::text from api_token").fetchone()
    assert row is not None
    assert secret not in row[0]


def test_a_token_works_within_its_scope_and_is_noted_as_used(database: Database) -> None:
    owner = client_as(database, "point")
    made = owner.post("/api/v1/tokens", json=wanted()).json()
    api = stranger(database)
    api.headers["Authorization"] = f"Bearer {made['secret']}"
    assert api.get("/api/v1/cases").status_code == 200
    assert api.get("/api/v1/tokens").status_code == 403
    assert api.get("/").status_code == 303
    me = api.get("/api/v1/me").json()
    assert (me["login"], me["scopes"]) == ("point", ["read"])
    assert "see_queue" in me["may"]
    assert "act_case" not in me["may"]
    (row,) = owner.get("/api/v1/tokens").json()["items"]
    assert row["used_at"] is not None


def test_roles_decide_beside_scopes(database: Database) -> None:
    api = program(database, "read", "admin", roles=("rep",))  # type: ignore[arg-type]
    assert api.get("/api/v1/cases").status_code == 200
    assert api.get("/api/v1/accounts").status_code == 403


def test_a_revoked_token_is_good_for_nothing_at_once(database: Database) -> None:
    owner = client_as(database, "point")
    made = owner.post("/api/v1/tokens", json=wanted()).json()
    api = stranger(database)
    api.headers["Authorization"] = f"Bearer {made['secret']}"
    assert api.get("/api/v1/cases").status_code == 200
    assert owner.delete(f"/api/v1/tokens/{made['id']}").status_code == 204
    answer = api.get("/api/v1/cases")
    assert answer.status_code == 401
    assert "revoked" in answer.json()["detail"]
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    with database.transaction() as tx:
        revoked, made_entry = desk_audit.page(tx, 2)
    assert (revoked.what, made_entry.what) == (desk_audit.TOKEN_REVOKED, desk_audit.TOKEN_MADE)
    assert made_entry.data["scopes"] == ["read"]


def test_a_token_runs_out(database: Database) -> None:
    api = program(database)
    with database.transaction() as tx:
        tx.execute("update api_token set expires_at = now()")
    assert api.get("/api/v1/cases").status_code == 401


def test_nobody_touches_tokens_of_others(database: Database) -> None:
    made = client_as(database, "point").post("/api/v1/tokens", json=wanted()).json()
    other = client_as(database, "admin")
    assert other.delete(f"/api/v1/tokens/{made['id']}").status_code == 404
    assert other.get("/api/v1/tokens").json() == {"items": []}
    other.post(f"/account/tokens/{made['id']}/revoke")
    api = stranger(database)
    api.headers["Authorization"] = f"Bearer {made['secret']}"
    assert api.get("/api/v1/cases").status_code == 200


def test_a_token_makes_none_that_can_do_more(database: Database) -> None:
    api = program(database, "admin", "read")
    assert api.post("/api/v1/tokens", json=wanted()).status_code == 201
    answer = api.post("/api/v1/tokens", json=wanted(scopes=["act"]))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "body.scopes"
    assert program(database, "read").post("/api/v1/tokens", json=wanted()).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"name": ""},
        {"name": " \u202e "},
        {"name": "x" * 101},
        {"expires_at": soon(days=-1)},
        {"expires_at": soon(days=400)},
        {"expires_at": "2030-01-01T00:00:00"},
        {"expires_at": None},
        {"more": 1},
    ],
)
def test_a_token_that_will_not_do_is_refused(database: Database, wrong: dict[str, Any]) -> None:
    answer = client_as(database, "point").post("/api/v1/tokens", json=wanted(**wrong))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]
    with database.transaction() as tx:
        assert tx.execute("select count(*) from api_token").fetchone() == (0,)


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Bearer ", "Basic cGF0OnBhdA==", "Bearer trg_" + "x" * 5000]
)
def test_what_is_no_token_opens_nothing(database: Database, header: str) -> None:
    answer = stranger(database).get("/api/v1/cases", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_there_is_an_end_to_tokens(database: Database) -> None:
    owner = client_as(database, "point")
    for _ in range(50):
        assert owner.post("/api/v1/tokens", json=wanted()).status_code == 201
    answer = owner.post("/api/v1/tokens", json=wanted())
    assert answer.status_code == 409
    assert "revoke one first" in answer.json()["detail"]


def test_each_scope_has_something_to_do() -> None:
    from service.permissions import TABLE

    assert {rule.scope for rule in TABLE.values()} - {None} == set(Scope)
