import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from service.auth import own_address
from service.guard import HEADERS
from tests.filling import angry, save
from tests.service_client import KEY, program, stranger, visitor
from triage.config import Web
from triage.errors import ConfigError
from triage.store import Database

HTTPS = Web(url="https://desk.example")
PAGES = ["/", "/cases/1001", "/mails/unscored", "/mails/1", "/mails/1/original.eml"]
API = [
    "/api/v1/cases",
    "/api/v1/cases/1001",
    "/api/v1/mails/unscored",
    "/api/v1/mailboxes",
    "/api/v1/openapi.json",
]
OPEN = ["/sign-in", "/healthz", "/readyz", "/metrics", "/static/desk.css"]


def cookie_of(client: TestClient) -> str:
    return client.post("/sign-in", data={"key": KEY}).headers["set-cookie"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_sends_strangers_to_sign_in_and_keeps_the_address(
    database: Database, path: str
) -> None:
    save(database, angry())
    answer = stranger(database).get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert "Dana" not in answer.text


@pytest.mark.parametrize("path", API)
def test_the_api_refuses_strangers(database: Database, path: str) -> None:
    answer = stranger(database).get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 401


@pytest.mark.parametrize("path", OPEN)
def test_what_is_open_is_open(database: Database, path: str) -> None:
    assert stranger(database).get(path).status_code == 200


def test_these_tests_know_every_route(database: Database) -> None:
    """A route that is added must be added here, as open or as closed."""
    known = {
        path.replace("1001", "{case_id}").replace("/1", "/{mail_id}", 1)
        if "/mails/1" in path
        else path.replace("1001", "{case_id}")
        for path in [*PAGES, *API, *OPEN]
    }
    app = stranger(database).app
    routes = {context.path for context in iter_route_contexts(app.routes)}
    assert routes - known == {"/sign-out", "/static"}


def test_signing_in_goes_on_to_the_page_asked_for(database: Database) -> None:
    client = stranger(database)
    to_form = client.get("/cases/1001?x=1&y=%2F").headers["location"]
    form = client.get(to_form)
    assert 'value="/cases/1001?x=1&amp;y=%2F"' in form.text
    answer = client.post("/sign-in", data={"key": KEY, "next": "/cases/1001?x=1&y=%2F"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases/1001?x=1&y=%2F")
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/cases").status_code == 200
    assert client.get("/sign-in").status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/sign-in",
        "/sign-out",
        "/" + "x" * 3000,
        "/\u202e",
    ],
)
def test_no_redirect_leaves_the_house(database: Database, address: str) -> None:
    assert own_address(address) == "/"
    answer = stranger(database).post("/sign-in", data={"key": KEY, "next": address})
    assert answer.headers["location"] == "/"


def test_a_key_in_the_address_signs_in_and_leaves_the_address(database: Database) -> None:
    client = stranger(database)
    answer = client.get("/cases/1001", params={"key": KEY, "x": "ü&"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases/1001?x=%C3%BC%26")
    assert client.get("/").status_code == 200
    again = client.get("/", params={"key": "wrong"})
    assert (again.status_code, again.headers["location"]) == (303, "/")


def test_a_wrong_key_in_the_address_is_said_so(database: Database) -> None:
    client = stranger(database)
    answer = client.get("/cases/1001", params={"key": "wrong"})
    assert answer.headers["location"] == "/sign-in?next=%2Fcases%2F1001&said=wrong"
    assert "That is not the key" in client.get(answer.headers["location"]).text


def test_the_cookie_is_not_the_key_and_is_kept_from_scripts_and_other_sites(
    database: Database,
) -> None:
    cookie = cookie_of(stranger(database))
    assert KEY not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    assert cookie.startswith("triage-8420=")


def test_over_tls_the_cookie_is_bound_to_it(database: Database) -> None:
    cookie = cookie_of(stranger(database, HTTPS))
    assert cookie.startswith("__Host-triage-8420=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_a_made_up_cookie_opens_nothing(database: Database) -> None:
    client = stranger(database)
    client.cookies.set("triage-8420", "9999999999.x.00")
    assert client.get("/").status_code == 303


def test_signing_out_is_for_those_who_are_in(database: Database) -> None:
    """A form on another site comes without the cookie, and so cannot sign anybody out."""
    assert "set-cookie" not in stranger(database).post("/sign-out").headers
    client = visitor(database)
    assert client.post("/sign-out").status_code == 303
    assert client.get("/").status_code == 303


@pytest.mark.parametrize("form", [{}, {"key": ""}, {"key": "x" * 9000}, {"next": "/"}])
def test_a_form_without_the_key_is_answered_with_a_message(
    database: Database, form: dict[str, str]
) -> None:
    answer = stranger(database).post("/sign-in", data=form)
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text


def test_a_body_that_is_no_form_is_a_wrong_key(database: Database) -> None:
    client = stranger(database)
    for body in (b"\xff\xfe", b"&".join([b"a=b"] * 100), b"{}"):
        assert client.post("/sign-in", content=body).status_code == 401


def test_guessing_is_slowed_down_and_harms_nobody_else(database: Database) -> None:
    inside = visitor(database)
    for _ in range(10):
        assert inside.post("/sign-in", data={"key": "guess"}).status_code == 401
    answer = inside.post("/sign-in", data={"key": KEY})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 10
    assert inside.get("/").status_code == 200
    bearer = {"Authorization": f"Bearer {KEY}"}
    assert inside.get("/api/v1/cases", headers=bearer).status_code == 429
    elsewhere = TestClient(
        inside.app, inside.base_url, follow_redirects=False, client=("198.51.100.1", 1)
    )
    assert elsewhere.post("/sign-in", data={"key": KEY}).status_code == 303


def test_programs_send_the_key_each_time(database: Database) -> None:
    assert program(database).get("/api/v1/cases").status_code == 200
    wrong = {"Authorization": "Bearer wrong"}
    assert stranger(database).get("/api/v1/cases", headers=wrong).status_code == 401
    basic = {"Authorization": f"Basic {KEY}"}
    assert stranger(database).get("/api/v1/cases", headers=basic).status_code == 401


def test_a_link_from_another_site_is_followed_by_ourselves(database: Database) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    answer = stranger(database).get("/cases/1001", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["refresh"] == "0; url=/cases/1001"
    assert 'href="/cases/1001"' in answer.text
    odd = stranger(database).get("/cases/%E6%BC%A2%0A", headers=headers)
    assert odd.status_code in {200, 404}


@pytest.mark.parametrize("host", ["evil.example", "", "desk.example.evil.example", "[", "a b"])
def test_other_hosts_get_nothing(database: Database, host: str) -> None:
    answer = stranger(database, HTTPS).get("/healthz", headers={"host": host})
    assert answer.status_code == 421


@pytest.mark.parametrize(
    "host", ["desk.example", "DESK.example:443", "localhost:8420", "10.1.2.3", "[::1]:8420"]
)
def test_our_own_host_and_bare_addresses_are_answered(database: Database, host: str) -> None:
    answer = stranger(database, HTTPS).get("/healthz", headers={"host": host})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/healthz"])
def test_every_answer_carries_the_protections(database: Database, path: str) -> None:
    answer = stranger(database).get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "'unsafe" not in HEADERS["Content-Security-Policy"]


def test_a_desk_below_a_path_is_refused_at_once(database: Database) -> None:
    with pytest.raises(ConfigError, match="a host of its own"):
        stranger(database, Web(url="https://example.org/triage"))
    with pytest.raises(ConfigError, match="at least 16"):
        from service.app import create_app

        create_app(database, Web(), "short", "m")


def test_an_answer_to_our_own_fault_is_protected_too_and_says_nothing(database: Database) -> None:
    client = stranger(database)

    @client.app.get("/api/broken")  # type: ignore[attr-defined]
    def broken() -> None:
        raise RuntimeError("a secret of ours")

    answer = client.get("/api/broken")
    assert answer.status_code == answer.json()["status"] == 500
    assert "secret" not in answer.text
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
