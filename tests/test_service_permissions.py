"""Every route against every role, from the table itself."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.testclient import TestClient

from service.auth import visitor
from service.permissions import TABLE, Act, Role, Scope, may, table_in_markdown
from tests.filling import angry, save
from tests.service_client import client_as, program, stranger
from triage.store import Database, desk_audit

OPEN = {
    *("/sign-in", "/sign-in/link", "/sign-in/provider", "/sign-in/provider/back", "/set-up"),
    *("/healthz", "/readyz", "/metrics"),
}
SIGNED_IN = {"/api/v1/openapi.json", "/api/v1/me"}
"""For everybody who is in, whatever they may do."""
WAY_BACK = {"/queue/{act}", "/cases/{case_id}/acts/{name}", "/mails/{mail_id}/verdicts"}
"""Asked for again, what answered a form leads back to its page, and shows nothing itself."""
ACCESS = Path(__file__).parent.parent / "docs" / "access.md"


def test_the_manual_shows_the_table() -> None:
    assert table_in_markdown() in ACCESS.read_text(encoding="utf-8")


def test_every_act_is_in_the_table_and_somebody_may_do_it() -> None:
    assert set(TABLE) == set(Act)
    assert all(rule.roles for rule in TABLE.values())


def test_without_roles_or_scopes_nothing_may_be_done() -> None:
    for act in Act:
        assert not may(frozenset(), None, act)
        assert not may(frozenset(Role), frozenset(), act)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("scope", Scope)
def test_a_scope_opens_what_it_is_for_and_only_that(act: Act, scope: Scope) -> None:
    opened = may(frozenset(Role), frozenset({scope}), act)
    assert opened == (TABLE[act].scope is scope)
    assert not may(frozenset(Role) - TABLE[act].roles, frozenset(Scope), act)


def test_a_rep_ends_no_case_and_an_admin_works_on_none() -> None:
    rep, admin = frozenset({Role.REP}), frozenset({Role.ADMIN})
    assert may(rep, None, Act.ACT_CASE)
    assert not may(rep, None, Act.CLOSE)
    assert not may(rep, None, Act.DISMISS)
    assert not any(may(admin, None, act) for act in Act if TABLE[act].scope is Scope.ACT)
    assert {act for act in Act if not may(frozenset(Role) - admin, None, act)} == {
        Act.ACCOUNTS_MANAGE,
        Act.WEBHOOKS_MANAGE,
    }


def routes(client: TestClient) -> Iterator[tuple[str, str, frozenset[Act], bool]]:
    """Method, path, the acts that it takes, and whether one must be in, of every route."""
    for context in iter_route_contexts(client.app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        calls = set(_calls(_dependant(context, route)))
        acts = frozenset(call.act for call in calls if hasattr(call, "act"))
        for method in route.methods:
            yield method, context.path, acts, visitor in calls


def _dependant(context: Any, route: APIRoute) -> Dependant:
    found = getattr(context, "dependant", None)
    return found if isinstance(found, Dependant) else route.dependant


def _calls(dependant: Dependant) -> Iterator[Any]:
    for one in dependant.dependencies:
        yield one.call
        yield from _calls(one)


def test_every_route_says_who_may(database: Database) -> None:
    found = list(routes(stranger(database)))
    assert len(found) > 15
    for method, path, acts, closed in found:
        if path in OPEN:
            assert not acts, path
        elif path in SIGNED_IN or (method == "GET" and path in WAY_BACK):
            assert closed, path
        else:
            assert acts, f"{method} {path} does not say who may"


@pytest.mark.parametrize("role", Role)
def test_a_route_is_open_to_its_roles_and_to_nobody_else(database: Database, role: Role) -> None:
    save(database, angry())
    client = client_as(database, role)
    tried = 0
    for method, path, acts, _ in routes(client):
        if path in OPEN or not acts or path == "/sign-out" or "stream" in path:
            continue
        if path.endswith("/events") and method == "GET":
            continue  # never ends for those who may
        refused = any(role not in TABLE[act].roles for act in acts)
        answer = client.request(method, re.sub(r"\{[^}]*\}", "1", path))
        assert (answer.status_code == 403) == refused, (method, path, answer.text[:300])
        tried += 1
    assert tried > 10


def test_a_stranger_comes_in_nowhere(database: Database) -> None:
    save(database, angry())
    client = stranger(database)
    for method, path, _, _ in routes(client):
        if path in OPEN:
            continue
        answer = client.request(method, re.sub(r"\{[^}]*\}", "1", path))
        expected = {303} if method == "GET" and not path.startswith("/api/") else {401}
        assert answer.status_code in expected, (method, path)
        assert "Dana" not in answer.text


def test_a_refusal_says_who_may_and_is_written_down(database: Database) -> None:
    client = client_as(database, "rep", login="rita")
    api = client.get("/api/v1/mailboxes")
    assert (api.status_code, api.headers["content-type"]) == (403, "application/problem+json")
    assert "It takes one of: admin, manager, point, supervisor" in api.json()["detail"]
    with database.transaction() as tx:
        (entry,) = desk_audit.page(tx, 10, what=desk_audit.REFUSED)
    assert (entry.who, entry.address) == ("rita", "192.0.2.7")
    assert entry.data == {
        "act": "mailboxes_see",
        "path": "/api/v1/mailboxes",
        "how": "session",
    }


def test_a_refusal_that_depends_on_the_act_is_written_down_too(database: Database) -> None:
    save(database, angry())
    client = client_as(database, "rep", login="rita")
    assert client.post("/cases/1001/acts/close").status_code == 403
    with database.transaction() as tx:
        (entry,) = desk_audit.page(tx, 10, what=desk_audit.REFUSED)
    assert (entry.who, entry.data["act"]) == ("rita", "close")


def test_a_refusal_of_a_page_is_a_page(database: Database) -> None:
    answer = client_as(database, login="nobody").get("/")
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert "Your roles do not let you see the queue" in answer.text
    assert "Sign out" in answer.text


def test_a_token_without_the_scope_is_told_which(database: Database) -> None:
    answer = program(database, "act").get("/api/v1/cases")
    assert answer.status_code == 403
    assert "needs the scope “read”" in answer.json()["detail"]
