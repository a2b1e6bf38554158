"""Who comes through which door of the desk: every token scope, every act on a case, every link.

``test_service_permissions`` has every route against every role.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag

import pytest
from starlette.testclient import TestClient

from service.acts import DEEDS, NEEDS
from service.permissions import TABLE, Role, Scope
from tests.filling import angry, save
from tests.service_client import account as made_account
from tests.service_client import client_as, program, sign_in, stranger
from tests.test_service_permissions import OPEN, SIGNED_IN, routes
from triage.store import Database

ENDLESS = {"/api/v1/events"}
LAST = {"/sign-out"}
"""It ends what the others need."""


def at(path: str) -> str:
    """The path with the number of nothing there is, so that nobody takes their own rights away."""
    return re.sub(r"\{[^}]*\}", "999999", path)


@pytest.mark.parametrize("scope", Scope)
def test_a_token_opens_the_routes_of_its_scope_and_no_other(
    database: Database, scope: Scope
) -> None:
    """The token's owner may do everything: what is refused is refused to the token."""
    save(database, angry())
    client = program(database, scope)
    opened = 0
    for method, path, acts, _ in routes(client):
        if path in OPEN | SIGNED_IN | ENDLESS | LAST or not acts:
            continue
        answer = client.request(method, at(path))
        if not path.startswith("/api/"):
            assert answer.status_code in {303, 401}, (method, path, "pages take no token")
            continue
        fits = all(TABLE[act].scope is scope for act in acts)
        refused = answer.status_code in {401, 403}
        assert refused != fits, (method, path, answer.status_code, answer.text[:200])
        opened += fits
    assert opened


def test_a_token_has_no_more_rights_than_its_owner(database: Database) -> None:
    save(database, angry())
    client = program(database, *Scope, roles=(Role.REP,))
    for method, path, acts, _ in routes(client):
        if path in ENDLESS or not acts or not path.startswith("/api/"):
            continue
        may = all(Role.REP in TABLE[act].roles and TABLE[act].scope for act in acts)
        answer = client.request(method, at(path))
        assert (answer.status_code == 403) != may, (method, path, answer.text[:200])


@pytest.mark.parametrize("secret", ["", "x", "trg_", "trg_" + "0" * 43, "trg_\u00e9", "a b c"])
def test_a_token_that_is_none_opens_nothing(database: Database, secret: str) -> None:
    client = stranger(database)
    sent = {b"Authorization": f"Bearer {secret}".encode()}
    for method, path, acts, _ in routes(client):
        if acts and path.startswith("/api/"):
            answer = client.request(method, at(path), headers=sent)
            assert answer.status_code == 401, (method, path)


def test_the_session_of_a_disabled_account_opens_nothing(database: Database) -> None:
    who = made_account(database, *Role, login="leaver")
    client = stranger(database)
    sign_in(client, database, who)
    assert client.get("/").status_code == 200
    with database.transaction() as tx:
        tx.execute("update account set disabled_at = now() where id = %s", [who.id])
    for method, path, _, closed in routes(client):
        if closed and path not in OPEN:
            assert client.request(method, at(path)).status_code in {303, 401}, (method, path)


@pytest.mark.parametrize("role", Role)
def test_an_act_on_a_case_takes_its_role_by_page_and_by_api(database: Database, role: Role) -> None:
    save(database, angry())
    client = client_as(database, role)
    for name, deed in DEEDS.items():
        may = role in TABLE[NEEDS[deed]].roles
        by_api = client.post(f"/api/v1/cases/1001/acts/{name}")
        assert (by_api.status_code == 403) != may, (name, by_api.text[:200])
        by_page = client.post(f"/cases/1001/acts/{name}", data=_filled(name))
        assert (by_page.status_code == 403) != may, (name, by_page.text[:200])


def _filled(act: str) -> dict[str, str]:
    """What every form of a case asks for, so that no field is in the way of the refusal."""
    texts = dict.fromkeys(("why", "note", "done", "reason", "said", "what", "text"), "said")
    return texts | {
        "to": "emergency" if act == "raise-severity" else "kim@desk.example",
        "due": "2099-01-02T10:00",
        "until": "2099-01-02T10:00",
        "number": "1",
    }


@pytest.mark.parametrize("role", Role)
def test_no_page_leads_where_its_visitor_may_not_go(database: Database, role: Role) -> None:
    """Every link of every page that a role can reach opens for that role."""
    save(database, angry(), angry("This is a disgrace."))
    client = client_as(database, role)
    waiting, seen = ["/"], {"/"}
    while waiting:
        page = waiting.pop()
        answer = client.get(page)
        assert answer.status_code in {200, 303}, (role, page, answer.status_code)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for link in set(_links(answer.text)) - seen:
            if _pattern(link) not in {_pattern(one) for one in seen}:
                waiting.append(link)
            seen.add(link)
    assert len(seen) > 3


def _pattern(link: str) -> str:
    """Links that differ in a number or in what they look for are of one kind."""
    return re.sub(r"\d+", "1", re.sub(r"=[^&]*", "=", link))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        href = given.get("href" if tag == "a" else "src" if tag in {"iframe", "img"} else "", "")
        if href and href.startswith("/") and not href.startswith("//"):
            self.found.append(urldefrag(href).url)


def _links(html: str) -> Iterator[str]:
    reader = _Links()
    reader.feed(html)
    yield from (link for link in reader.found if link)


@pytest.mark.parametrize("role", Role)
def test_no_page_has_a_form_that_its_visitor_may_not_send(database: Database, role: Role) -> None:
    save(database, angry())
    client = client_as(database, role)
    for page in _pages(client):
        html = client.get(page).text
        for address in set(re.findall(r'(?:form)?action="(/[^"]*)"', html)) - LAST:
            assert client.post(address).status_code != 403, (role, page, address)


def _pages(client: TestClient) -> Iterator[str]:
    """Those that answer without a number of their own, and the first case and mail."""
    for method, path, _, _ in routes(client):
        wanted = path.replace("{case_id}", "1001").replace("{mail_id}", "1")
        if method != "GET" or path.startswith("/api/") or path in OPEN | LAST or "{" in wanted:
            continue
        if client.get(wanted).status_code == 200:
            yield wanted
