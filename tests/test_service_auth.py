import pytest
from starlette.testclient import TestClient

from service.auth import FORM_HEADER, SIGN_IN_HEADER, own_address
from service.guard import HEADERS, LARGEST_BODY
from tests.filling import angry, save
from tests.service_client import (
    PASSWORD,
    account,
    client_as,
    never_forgetting,
    program,
    sign_in,
    stranger,
    visitor,
)
from triage.config import Web
from triage.errors import ConfigError
from triage.store import Database, desk_audit
from triage.store.desk_audit import Entry

HTTPS = Web(url="https://desk.example")
PAT = {"login": "pat", "password": PASSWORD}
COOKIE = "triage-8420"


@pytest.fixture
def pat(database: Database) -> TestClient:
    """A stranger's browser; there is an account for pat."""
    account(database, "point", login="pat", password=PASSWORD)
    return stranger(database)


def trail(database: Database, what: str) -> list[Entry]:
    with database.transaction() as tx:
        return desk_audit.page(tx, 100, what=what)


def test_signing_in_goes_on_to_the_page_asked_for(pat: TestClient) -> None:
    to_form = pat.get("/cases/1001?x=1&y=%2F").headers["location"]
    form = pat.get(to_form)
    assert 'value="/cases/1001?x=1&amp;y=%2F"' in form.text
    answer = pat.post("/sign-in", data={**PAT, "next": "/cases/1001?x=1&y=%2F"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases/1001?x=1&y=%2F")
    assert pat.get("/").status_code == 200
    assert pat.get("/api/v1/cases").status_code == 200
    assert pat.get("/sign-in").status_code == 303


def test_a_login_is_the_same_in_capitals(pat: TestClient, database: Database) -> None:
    answer = pat.post("/sign-in", data={**PAT, "login": " PAT "})
    assert answer.status_code == 303
    (entry,) = trail(database, desk_audit.SIGNED_IN)
    assert (entry.who, entry.address, entry.data) == ("pat", "192.0.2.7", {"how": "password"})


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"login": "pat"},
        {"login": "pat", "password": ""},
        {"login": "pat", "password": PASSWORD + "x"},
        {"login": "pat", "password": "x" * 5000},
        {"login": "nobody", "password": PASSWORD},
        {"login": "' or 1=1 --", "password": PASSWORD},
        {"login": "x" * 9000, "password": PASSWORD},
        {"login": "pat\x00", "password": "\x00"},
    ],
)
def test_what_does_not_fit_is_answered_alike(pat: TestClient, form: dict[str, str]) -> None:
    answer = pat.post("/sign-in", data=form)
    assert answer.status_code == 401
    assert "Login and password do not fit each other." in answer.text
    assert "set-cookie" not in answer.headers


def test_a_body_that_is_no_form_signs_nobody_in(pat: TestClient) -> None:
    for body in (b"\xff\xfe", b"&".join([b"a=b"] * 100), b"{}"):
        assert pat.post("/sign-in", content=body).status_code == 401


def test_a_failure_is_written_down_without_what_was_typed(
    pat: TestClient, database: Database
) -> None:
    pat.post("/sign-in", data={"login": "my secret password", "password": "pat"})
    pat.post("/sign-in", data={"login": "pat", "password": "wrong"})
    newer, older = trail(database, desk_audit.SIGN_IN_FAILED)
    assert (newer.who, newer.data) == ("pat", {"reason": "wrong password"})
    assert (older.who, older.data) == ("", {"reason": "unknown login"})


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
        "/set-up",
        "/" + "x" * 3000,
        "/\u202e",
    ],
)
def test_no_redirect_leaves_the_house(pat: TestClient, address: str) -> None:
    assert own_address(address) == "/"
    answer = pat.post("/sign-in", data={**PAT, "next": address})
    assert answer.headers["location"] == "/"


def test_the_cookie_is_kept_from_scripts_and_other_sites(pat: TestClient) -> None:
    cookie = pat.post("/sign-in", data=PAT).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    assert cookie.startswith(f"{COOKIE}=")


def test_over_tls_the_cookie_is_bound_to_it(database: Database, pat: TestClient) -> None:
    cookie = stranger(database, HTTPS).post("/sign-in", data=PAT).headers["set-cookie"]
    assert cookie.startswith("__Host-triage-8420=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_each_sign_in_is_a_new_session_and_ends_the_one_before(
    database: Database, pat: TestClient
) -> None:
    pat.post("/sign-in", data=PAT, headers={"cookie": f"{COOKIE}=chosen-by-somebody-else"})
    first = pat.cookies[COOKIE]
    assert first != "chosen-by-somebody-else"
    pat.post("/sign-in", data=PAT)
    assert pat.cookies[COOKIE] != first
    before = stranger(database)
    before.cookies.set(COOKIE, first)
    assert before.get("/").status_code == 303


@pytest.mark.parametrize("cookie", ["9999999999.x.00", "", "x" * 5000, "é", "'"])
def test_a_made_up_cookie_opens_nothing(database: Database, cookie: str) -> None:
    client = stranger(database)
    header = f"{COOKIE}={cookie}".encode()
    assert client.get("/", headers={b"cookie": header}).status_code == 303


def test_the_store_does_not_hold_what_opens_a_session(database: Database, pat: TestClient) -> None:
    pat.post("/sign-in", data=PAT)
    with database.transaction() as tx:
        row = tx.execute("select session::text from session").fetchone()
    assert row is not None
    assert pat.cookies[COOKIE] not in row[0]
    assert pat.cookies[COOKIE].encode().hex() not in row[0]


@pytest.mark.parametrize("column", ["seen_at", "expires_at"])
def test_a_session_ends_when_unused_and_in_any_case(database: Database, column: str) -> None:
    client = client_as(database, "point")
    assert client.get("/").status_code == 200
    with database.transaction() as tx:
        ago = "12 hours" if column == "seen_at" else "7 days"
        tx.execute(f"update session set {column} = {column} - %s::interval", [ago])
    assert client.get("/").status_code == 303


def test_use_keeps_a_session_alive_and_not_for_ever(database: Database) -> None:
    client = client_as(database, "point")
    for _ in range(3):
        with database.transaction() as tx:
            tx.execute("update session set seen_at = now() - interval '11 hours'")
        assert client.get("/").status_code == 200
    with database.transaction() as tx:
        row = tx.execute(
            "select expires_at - made_at <= interval '7 days', seen_at > now() - interval '1 min'"
            " from session"
        ).fetchone()
    assert row == (True, True)


def test_signing_out_ends_the_session_itself(database: Database) -> None:
    client = client_as(database, "point")
    copy = stranger(database)
    copy.cookies.set(COOKIE, client.cookies[COOKIE])
    assert copy.get("/").status_code == 200
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    assert client.get("/").status_code == 303
    assert copy.get("/").status_code == 303
    (entry,) = trail(database, desk_audit.SIGNED_OUT)
    assert (entry.who, entry.data) == ("point", {"everywhere": False})


def test_signing_out_everywhere(database: Database) -> None:
    here, there, another = (
        client_as(database, "point"),
        client_as(database, "point"),
        client_as(database, "rep"),
    )
    here.post("/sign-out", data={"everywhere": "true"})
    assert there.get("/").status_code == 303
    assert another.get("/").status_code == 200


def test_signed_out_while_writing_a_page_is_told_where_to_sign_in(database: Database) -> None:
    client = client_as(database, "point")
    with database.transaction() as tx:
        tx.execute("update session set seen_at = seen_at - interval '13 hours'")
    for method, path, headers in [
        ("POST", "/account/password", {}),
        ("GET", "/", {"hx-request": "true"}),
        ("GET", "/api/v1/cases", {}),
    ]:
        answer = client.request(method, path, headers=headers)
        assert (answer.status_code, answer.headers[SIGN_IN_HEADER]) == (401, "/sign-in")


def test_what_was_being_written_can_be_sent_after_signing_in_again(
    database: Database, pat: TestClient
) -> None:
    pat.post("/sign-in", data=PAT)
    form = {"csrf": form_token(pat)}
    with database.transaction() as tx:
        tx.execute("update session set seen_at = seen_at - interval '13 hours'")
    assert pat.post("/account/tokens/1/revoke", data=form).status_code == 401
    pat.post("/sign-in", data=PAT)
    assert pat.post("/account/tokens/1/revoke", data=form).status_code == 303


def test_somebody_elses_form_is_not_sent_after_signing_in(
    database: Database, pat: TestClient
) -> None:
    pat.post("/sign-in", data=PAT)
    form = {"csrf": form_token(pat)}
    account(database, "rep", login="kim", password=PASSWORD)
    pat.post("/sign-in", data={"login": "kim", "password": PASSWORD})
    assert pat.post("/account/tokens/1/revoke", data=form).status_code == 403


def form_token(client: TestClient) -> str:
    return client.get("/account").text.partition('name="csrf" content="')[2].partition('"')[0]


@pytest.mark.parametrize("token", [None, "", "wrong", "é"])
def test_a_form_without_its_token_changes_nothing(database: Database, token: str | None) -> None:
    client = client_as(database, "point")
    del client.headers[FORM_HEADER]
    data = {} if token is None else {"csrf": token}
    answer = client.post("/sign-out", data=data)
    assert answer.status_code == 403
    assert "out of date" in answer.text
    assert client.get("/").status_code == 200
    assert client.delete("/api/v1/tokens/1").status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8421"},
        {"origin": "https://127.0.0.1:8420"},
    ],
)
@pytest.mark.parametrize("path", ["/sign-out", "/sign-in", "/set-up"])
def test_another_site_changes_nothing(
    database: Database, path: str, headers: dict[str, str]
) -> None:
    client = client_as(database, "point")
    assert client.post(path, headers=headers).status_code == 403
    assert client.get("/").status_code == 200


def test_our_own_pages_do(database: Database) -> None:
    headers = {"origin": "http://127.0.0.1:8420", "sec-fetch-site": "same-origin"}
    assert client_as(database, "point").post("/sign-out", headers=headers).status_code == 303
    other = {"origin": "http://localhost:8420", "host": "localhost:8420"}
    assert client_as(database, "point").post("/sign-out", headers=other).status_code == 303


def test_guessing_is_slowed_down_and_harms_nobody_else(database: Database) -> None:
    account(database, "point", login="pat", password=PASSWORD)
    inside = never_forgetting(client_as(database, "rep"))
    for _ in range(6):
        assert inside.post("/sign-in", data={**PAT, "password": "guess"}).status_code == 401
    answer = inside.post("/sign-in", data=PAT)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 30
    assert inside.get("/").status_code == 200
    elsewhere = TestClient(
        inside.app, inside.base_url, follow_redirects=False, client=("198.51.100.1", 1)
    )
    assert elsewhere.post("/sign-in", data=PAT).status_code == 303


def test_signing_in_rightly_again_and_again_is_no_guessing(pat: TestClient) -> None:
    for _ in range(25):
        assert pat.post("/sign-in", data=PAT).status_code == 303


def test_a_link_from_another_site_is_followed_by_ourselves(database: Database) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    answer = stranger(database).get("/cases/1001", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["refresh"] == "0; url=/cases/1001"
    assert 'href="/cases/1001"' in answer.text
    odd = stranger(database).get("/cases/%E6%BC%A2%0A", headers=headers)
    assert odd.status_code in {200, 404}


@pytest.mark.parametrize("path", ["/sign-in?next=/x", "/set-up", "/healthz", "/metrics"])
def test_what_is_open_is_open(database: Database, path: str) -> None:
    visitor(database).post("/sign-out")
    assert stranger(database).get(path).status_code in {200, 303}


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


@pytest.mark.parametrize("path", ["/", "/sign-in?said=wrong", "/nowhere", "/healthz", "/set-up"])
def test_every_answer_carries_the_protections(database: Database, path: str) -> None:
    answer = stranger(database).get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "'unsafe" not in HEADERS["Content-Security-Policy"]


def test_no_address_makes_the_sign_in_say_what_it_likes(database: Database) -> None:
    account(database, "point")
    answer = stranger(database).get("/sign-in", params={"said": "Call +1 555 0100 <b>now</b>"})
    assert answer.status_code == 200
    assert "0100" not in answer.text


def test_a_body_without_end_is_not_taken_in(database: Database) -> None:
    client = client_as(database, "point")
    answer = client.post("/sign-out", data={"csrf": "x" * (LARGEST_BODY + 1)})
    assert answer.status_code in {403, 413}
    del client.headers[FORM_HEADER]
    answer = client.post("/sign-out", data={"csrf": "x" * (LARGEST_BODY + 1)})
    assert answer.status_code == 413


def test_a_desk_below_a_path_is_refused_at_once(database: Database) -> None:
    with pytest.raises(ConfigError, match="a host of its own"):
        stranger(database, Web(url="https://example.org/triage"))


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


def test_what_somebody_may_no_longer_do_ends_at_once(database: Database) -> None:
    save(database, angry())
    client, api = client_as(database, "point"), program(database, roles=())
    assert client.get("/").status_code == api.get("/api/v1/cases").status_code == 200
    with database.transaction() as tx:
        tx.execute("update account set disabled_at = now()")
    assert client.get("/").status_code == 303
    assert api.get("/api/v1/cases").status_code == 401


def test_a_changed_session_header_is_not_needed_by_programs(database: Database) -> None:
    api = program(database)
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    assert api.delete("/api/v1/tokens/999", headers=headers).status_code == 404


def test_a_cookie_does_not_help_a_bad_token(database: Database) -> None:
    who = account(database, "point")
    client = stranger(database)
    sign_in(client, database, who)
    answer = client.get("/api/v1/cases", headers={"Authorization": "Bearer trg_wrong"})
    assert answer.status_code == 401
