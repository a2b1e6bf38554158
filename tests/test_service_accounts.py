from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from psycopg.errors import RaiseException
from starlette.testclient import TestClient

from service.accounts import coming_in, manage, passwords
from service.accounts.coming_in import Caller, FirstAccount
from service.accounts.manage import COMMAND_LINE, Wanted
from service.permissions import Role
from tests.service_client import (
    PASSWORD,
    account,
    client_as,
    never_forgetting,
    program,
    stranger,
    unreachable,
)
from triage.config import Web
from triage.errors import ActRefused
from triage.store import Database, accounts, desk_audit

CALLER = Caller("192.0.2.7", "", None)


def code_of(database: Database) -> str:
    code = coming_in.set_up_code(database)
    assert code is not None
    return code


def first(code: str, **other: str) -> dict[str, str]:
    return {"code": code, "login": "ann", "name": "Ann Admin", "password": PASSWORD} | other


def whats(database: Database) -> list[str]:
    with database.transaction() as tx:
        return [entry.what for entry in reversed(desk_audit.page(tx, 100))]


# The first start


def test_the_first_start_leads_to_the_set_up(database: Database) -> None:
    client = stranger(database)
    assert client.get("/").headers["location"] == "/sign-in"
    assert client.get("/sign-in").headers["location"] == "/set-up"
    assert "Set up Triage" in client.get("/set-up").text


def test_the_code_makes_the_first_admin_and_signs_in(database: Database) -> None:
    client = stranger(database)
    form = first(code_of(database).lower(), point="on", person="ann@desk.example")
    assert client.post("/set-up", data=form).status_code == 303
    assert client.get("/").status_code == 200
    with database.transaction() as tx:
        (made,) = accounts.everyone(tx)
    assert (made.login, made.roles, made.person) == ("ann", ("admin", "point"), "ann@desk.example")
    assert whats(database) == [desk_audit.SET_UP, desk_audit.SIGNED_IN]
    assert client.get("/set-up").headers["location"] == "/sign-in"


def test_a_code_works_once_and_none_does_when_there_is_an_account(database: Database) -> None:
    one, other = code_of(database), code_of(database)
    assert stranger(database).post("/set-up", data=first(one)).status_code == 303
    for code in (one, other):
        answer = stranger(database).post("/set-up", data=first(code, login="eve"))
        assert answer.status_code == 401
    assert coming_in.set_up_code(database) is None


def test_two_at_once_make_one_account(database: Database) -> None:
    codes = [code_of(database) for _ in range(6)]

    def make(number: int) -> bool:
        wanted = FirstAccount(codes[number], f"a{number}", "A", PASSWORD, frozenset())
        return coming_in.set_up(database, Web(), wanted, CALLER) is not None

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(make, range(6)))
    assert made.count(True) == 1
    with database.transaction() as tx:
        assert len(accounts.everyone(tx)) == 1


def test_a_code_is_good_for_an_hour_and_only_its_digest_is_kept(database: Database) -> None:
    code = code_of(database)
    with database.transaction() as tx:
        row = tx.execute("select one_time_code::text from one_time_code").fetchone()
        assert row is not None
        assert code not in row[0]
        tx.execute("update one_time_code set expires_at = expires_at - interval '1 hour'")
    answer = stranger(database).post("/set-up", data=first(code))
    assert answer.status_code == 401
    assert "older than an hour" in answer.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"login": ""}, "letters, digits"),
        ({"login": "a b"}, "letters, digits"),
        ({"login": "x" * 200}, "letters, digits"),
        ({"name": " "}, "between 1 and 100"),
        ({"name": "A\u202eB"}, "between 1 and 100"),
        ({"password": "short"}, "at least 12"),
        ({"password": "x" * 300}, "at most 256"),
        ({"password": "ababababababab"}, "easily guessed"),
        ({"person": "x" * 300}, "at most 200"),
    ],
)
def test_what_will_not_do_is_said_beside_the_field_and_the_rest_is_kept(
    database: Database, wrong: dict[str, str], said: str
) -> None:
    code, client = code_of(database), stranger(database)
    answer = client.post("/set-up", data=first(code, manager="on") | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'id="{next(iter(wrong))}-said"' in answer.text
    assert code in answer.text
    assert 'name="manager" checked' in answer.text
    assert PASSWORD not in answer.text
    assert client.post("/set-up", data=first(code)).status_code == 303


def test_codes_are_not_guessed(database: Database) -> None:
    client = never_forgetting(stranger(database))
    answers = [client.post("/set-up", data=first("0000-0000-0000-0000")) for _ in range(21)]
    assert {one.status_code for one in answers[:20]} == {401}
    assert answers[20].status_code == 429


# Links that sign in


def link(database: Database, login: str) -> str:
    return coming_in.link_code(database, login, by="the tests")


def test_a_link_signs_in_once(database: Database) -> None:
    account(database, "point", login="pat")
    code = link(database, "pat")
    client = stranger(database)
    answer = client.get("/sign-in/link", params={"code": code, "next": "/account"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "Pat of the Desk" in client.get("/account").text
    assert client.get("/sign-in/link", params={"code": code}).headers["location"] == "/"
    again = stranger(database).get("/sign-in/link", params={"code": code})
    assert again.headers["location"] == "/sign-in?said=link"
    assert "used already" in stranger(database).get(again.headers["location"]).text


def test_a_browser_that_looks_ahead_uses_no_link_up(database: Database) -> None:
    account(database, "point", login="pat")
    code = link(database, "pat")
    ahead = stranger(database).get(
        "/sign-in/link", params={"code": code}, headers={"sec-purpose": "prefetch;prerender"}
    )
    assert "set-cookie" not in ahead.headers
    assert "set-cookie" in stranger(database).get("/sign-in/link", params={"code": code}).headers


def test_a_link_of_a_disabled_account_opens_nothing(database: Database) -> None:
    account(database, "admin")
    pat = account(database, "point", login="pat")
    code = link(database, "pat")
    manage.set_disabled(database, pat.id, COMMAND_LINE, disabled=True)
    answer = stranger(database).get("/sign-in/link", params={"code": code})
    assert "set-cookie" not in answer.headers
    with pytest.raises(ActRefused, match="no account"):
        link(database, "pat")


def test_a_set_up_code_is_no_link(database: Database) -> None:
    code = code_of(database)
    answer = stranger(database).get("/sign-in/link", params={"code": code})
    assert "set-cookie" not in answer.headers


# Passwords


def test_a_password_is_changed_by_who_knows_it(database: Database) -> None:
    client = client_as(database, "point")
    who = account(database, "point")
    manage.set_password(database, who.id, PASSWORD, COMMAND_LINE)
    client = client_as(database, "point")
    other = client_as(database, "point")
    form = {"old": "wrong", "new": "another good password"}
    answer = client.post("/account/password", data=form)
    assert (answer.status_code, "not your password" in answer.text) == (422, True)
    before = client.cookies["triage-8420"]
    assert client.post("/account/password", data=form | {"old": PASSWORD}).status_code == 303
    assert other.get("/").status_code == 303
    old = stranger(database)
    old.cookies.set("triage-8420", before)
    assert old.get("/").status_code == 303
    new = {"login": "point", "password": "another good password"}
    assert stranger(database).post("/sign-in", data=new).status_code == 303


@pytest.mark.parametrize(
    ("agent", "called"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Firefox/133.0", "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) Version/18.1 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Linux"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_called_by_its_name(database: Database, agent: str, called: str) -> None:
    account(database, "point", login="pat", password=PASSWORD)
    client = stranger(database)
    client.headers["User-Agent"] = agent
    client.post("/sign-in", data={"login": "pat", "password": PASSWORD})
    assert f">{called}</bdi> <strong>(this browser)" in client.get("/account").text


def test_who_came_by_a_link_sets_a_password(database: Database) -> None:
    account(database, "point", login="pat")
    client = stranger(database)
    client.get("/sign-in/link", params={"code": link(database, "pat")})
    page = client.get("/account").text
    assert 'name="old"' not in page
    token = page.partition('name="csrf" content="')[2].partition('"')[0]
    short = client.post("/account/password", data={"csrf": token, "new": "short"})
    assert (short.status_code, "at least 12" in short.text) == (422, True)
    done = client.post("/account/password", data={"csrf": token, "new": PASSWORD})
    assert done.status_code == 303
    signed_in = stranger(database).post("/sign-in", data={"login": "pat", "password": PASSWORD})
    assert signed_in.status_code == 303


def test_a_hash_of_less_effort_is_made_anew_at_the_next_sign_in(database: Database) -> None:
    who = account(database, "point")
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with database.transaction() as tx:
        accounts.set_password(tx, who.id, weak)
    form = {"login": "point", "password": PASSWORD}
    for _ in range(2):
        assert stranger(database).post("/sign-in", data=form).status_code == 303
    with database.transaction() as tx:
        kept = accounts.password_of(tx, who.id)
    assert kept.startswith("$argon2id$v=19$m=47104,t=2,p=1$")
    assert kept != weak


def test_nobody_has_the_password_that_strangers_are_tried_against() -> None:
    for offered in ("", "password", passwords._NOBODYS):
        assert not passwords.matches("", offered)
    assert not passwords.outdated(passwords._NOBODYS)
    assert not passwords.matches("no hash at all", "x")


def test_an_account_without_a_password_is_not_entered_by_an_empty_one(database: Database) -> None:
    account(database, "point")
    answer = stranger(database).post("/sign-in", data={"login": "point", "password": ""})
    assert answer.status_code == 401


def test_a_password_may_be_any_text(database: Database) -> None:
    kept = passwords.hashed("пароль 密码 🔑 \ud800 long")
    assert passwords.matches(kept, "пароль 密码 🔑 \ud800 long")


# Looking after accounts


@pytest.fixture
def keeper(database: Database) -> TestClient:
    return client_as(database, "admin", login="ann")


def wanted(**other: object) -> dict[str, Any]:
    return {"login": "kim", "name": "Kim Point", "roles": ["point"], **other}


def test_an_account_is_made_changed_disabled_and_enabled(
    database: Database, keeper: TestClient
) -> None:
    made = keeper.post("/api/v1/accounts", json=wanted(password=PASSWORD))
    assert made.status_code == 201, made.text
    where = f"/api/v1/accounts/{made.json()['id']}"
    form = {"login": "kim", "password": PASSWORD}
    kim = stranger(database)
    assert kim.post("/sign-in", data=form).status_code == 303
    changed = keeper.patch(where, json={"roles": ["point", "manager"]})
    assert changed.json()["roles"] == ["manager", "point"]
    assert kim.get("/").status_code == 303, "who gains or loses a right signs in anew"
    kim.post("/sign-in", data=form)
    assert keeper.patch(where, json={"name": "Kim P."}).status_code == 200
    assert kim.get("/").status_code == 200, "a new name signs nobody out"
    assert keeper.patch(where, json={"disabled": True}).json()["disabled_at"]
    assert kim.get("/").status_code == 303
    assert kim.post("/sign-in", data=form).status_code == 401
    keeper.patch(where, json={"disabled": False})
    assert kim.post("/sign-in", data=form).status_code == 303
    assert [one["login"] for one in keeper.get("/api/v1/accounts").json()["items"]] == [
        "ann",
        "kim",
    ]
    entries = keeper.get("/api/v1/audit", params={"what": desk_audit.ACCOUNT_CHANGED}).json()
    assert entries["items"][-1]["data"] == {
        "account": "kim",
        "changed": {"roles": [["point"], ["manager", "point"]]},
    }
    assert PASSWORD not in keeper.get("/api/v1/audit").text


def test_the_last_admin_stays(database: Database, keeper: TestClient) -> None:
    me = keeper.get("/api/v1/accounts").json()["items"][0]["id"]
    for change in ({"roles": ["point"]}, {"disabled": True}):
        answer = keeper.patch(f"/api/v1/accounts/{me}", json=change)
        assert answer.status_code == 422
        assert "nobody would be left" in answer.text
    assert keeper.get("/api/v1/accounts").status_code == 200
    account(database, "admin", login="second")
    assert keeper.patch(f"/api/v1/accounts/{me}", json={"roles": ["point"]}).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"login": "ann"}, "login"),
        ({"login": "a b"}, "login"),
        ({"login": "a\u0000b"}, "login"),
        ({"name": ""}, "name"),
        ({"roles": ["king"]}, "roles"),
        ({"password": "short"}, "password"),
        ({"password": "Kim Point"}, "password"),
        ({"person": "a\nb"}, "person"),
        ({"mail": "\u0000"}, "mail"),
        ({"more": True}, "more"),
    ],
)
def test_an_account_that_will_not_do_is_refused_by_its_field(
    keeper: TestClient, wrong: dict[str, Any], field: str
) -> None:
    answer = keeper.post("/api/v1/accounts", json=wanted(**wrong))
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["errors"][0]["where"]
    assert len(keeper.get("/api/v1/accounts").json()["items"]) == 1


def test_a_link_is_made_for_somebody(database: Database, keeper: TestClient) -> None:
    made = keeper.post("/api/v1/accounts", json=wanted()).json()
    answer = keeper.post(f"/api/v1/accounts/{made['id']}/sign-in-link")
    assert answer.status_code == 201
    client = stranger(database)
    assert client.get(answer.json()["address"]).status_code == 303
    assert client.get("/").status_code == 200
    assert keeper.post("/api/v1/accounts/999/sign-in-link").status_code == 404
    assert keeper.patch("/api/v1/accounts/999", json={"name": "X"}).status_code == 404


def test_only_admins_look_after_accounts(database: Database) -> None:
    roles = [role for role in Role if role is not Role.ADMIN]
    client = client_as(database, *roles, login="all-but-admin")
    assert client.get("/api/v1/accounts").status_code == 403
    assert client.post("/api/v1/accounts", json=wanted()).status_code == 403


# The trail


def test_the_trail_is_only_added_to(database: Database) -> None:
    account(database, "point")
    for change in ("update desk_audit set who = 'x'", "delete from desk_audit"):
        with (
            pytest.raises(RaiseException, match="append-only"),
            database.transaction() as tx,
        ):
            tx.execute(change)


def test_the_trail_is_read_in_pages_and_by_what_and_who(database: Database) -> None:
    api, now = program(database), datetime.now(UTC)
    with database.transaction() as tx:
        for number in range(5):
            at = now + timedelta(seconds=number)
            what, who = desk_audit.SIGNED_OUT, f"p{number % 2}"
            desk_audit.note(tx, what, who=who, address="192.0.2.1", now=at, number=number)
    query = {"what": desk_audit.SIGNED_OUT, "limit": "2"}
    page = api.get("/api/v1/audit", params=query).json()
    seen = [one["data"]["number"] for one in page["items"]]
    while page["next"]:
        page = api.get("/api/v1/audit", params=query | {"cursor": page["next"]}).json()
        seen += [one["data"]["number"] for one in page["items"]]
    assert seen == [4, 3, 2, 1, 0]
    by_who = api.get("/api/v1/audit", params={"who": "p1"}).json()["items"]
    assert [one["data"]["number"] for one in by_who] == [3, 1]
    assert api.get("/api/v1/audit", params={"who": "\x00"}).status_code == 422
    assert api.get("/api/v1/audit", params={"cursor": "x"}).status_code == 422


def test_without_a_database_nobody_is_let_in_and_it_is_said(database: Database) -> None:
    with unreachable(database) as gone:
        client = stranger(gone)
        client.cookies.set("triage-8420", "anything")
        for answer in (
            client.get("/"),
            client.post("/sign-in", data={"login": "pat", "password": PASSWORD}),
            client.get("/api/v1/cases", headers={"Authorization": "Bearer trg_x"}),
        ):
            assert answer.status_code == 503


def test_an_account_that_is_there_is_told_apart_by_its_login_alone(database: Database) -> None:
    account(database, "point", login="pat")
    with pytest.raises(ActRefused, match="taken"):
        manage.add(database, " PAT ", Wanted("Pat", frozenset()), "", COMMAND_LINE)
