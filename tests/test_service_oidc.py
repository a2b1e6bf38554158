"""Signing in with a true OpenID provider over HTTP."""

import json
import logging
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from time import time
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.testclient import TestClient

from service.accounts import manage
from service.accounts.oidc import Provider, ProviderRefused
from service.permissions import Role
from tests.servers.oidc import RunningProvider, provider
from tests.service_client import PASSWORD, account, stranger
from triage.config import Oidc, Web
from triage.errors import ConfigError
from triage.store import Database, accounts, desk_audit
from triage.store.accounts import Account

MAIL = "pat@desk.example"
BACK = "http://127.0.0.1:8420/sign-in/provider/back"


@pytest.fixture(scope="module")
def there() -> Iterator[RunningProvider]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with provider() as running:
        yield running


def settings(there: RunningProvider, **other: object) -> Oidc:
    own = {"issuer": there.issuer, "client_id": "triage", "client_secret": "a secret"}
    return Oidc.model_validate({**own, **other})


def browser(database: Database, chosen: Oidc) -> TestClient:
    return stranger(database, Web(oidc=chosen))


def sent(client: TestClient, next: str = "/") -> str:
    answer = client.get("/sign-in/provider", params={"next": next})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def come_back(client: TestClient, address: str) -> str:
    """ "in", or what the sign-in page is to say."""
    assert address.startswith(BACK)
    answer = client.get(address)
    if answer.status_code == 200:
        return "in"
    assert "set-cookie" not in answer.headers
    return parse_qs(urlsplit(answer.headers["location"]).query)["said"][0]


def sign_in(client: TestClient, there: RunningProvider, subject: str) -> str:
    return come_back(client, there.sign_in(subject, sent(client)))


def only_account(database: Database) -> Account:
    with database.transaction() as tx:
        (found,) = accounts.everyone(tx)
    return found


def account_of(database: Database, login: str) -> Account:
    with database.transaction() as tx:
        found = accounts.by_login(tx, login)
    assert found is not None
    return found


def failures(database: Database) -> list[object]:
    with database.transaction() as tx:
        entries = desk_audit.page(tx, 50, what=desk_audit.SIGN_IN_FAILED)
    return [entry.data["reason"] for entry in entries]


def test_somebody_new_comes_in_with_the_roles_that_the_provider_gives(
    database: Database, there: RunningProvider
) -> None:
    there.knows("p1", email=MAIL, email_verified=True, name="Pat Point", groups=["leads", "all"])
    roles = {"leads": ["point", "supervisor"], "bosses": ["manager"]}
    client = browser(database, settings(there, auto_create=True, roles=roles))
    address = sent(client, "/account")
    assert parse_qs(urlsplit(address).query)["code_challenge_method"] == ["S256"]
    answer = client.get(there.sign_in("p1", address))
    assert (answer.status_code, answer.headers["refresh"]) == (200, "0; url=/account")
    cookies = answer.headers.get_list("set-cookie")
    assert any(one.startswith("triage-8420=") and "SameSite=strict" in one for one in cookies)
    assert "Pat Point" in client.get("/account").text
    made = only_account(database)
    assert (made.login, made.mail, made.person) == (MAIL, MAIL, MAIL)
    assert (made.roles, made.has_password) == (("point", "supervisor"), False)
    with database.transaction() as tx:
        whats = [(entry.what, entry.who) for entry in desk_audit.page(tx, 10)]
    assert whats == [
        (desk_audit.SIGNED_IN, MAIL),
        (desk_audit.ACCOUNT_CHANGED, MAIL),
        (desk_audit.ACCOUNT_MADE, "provider"),
    ]


def test_somebody_is_known_by_their_subject_whatever_their_address(
    database: Database, there: RunningProvider
) -> None:
    there.knows("p2", email=MAIL, email_verified=True)
    client = browser(database, settings(there, auto_create=True))
    assert sign_in(client, there, "p2") == "in"
    there.knows("p2", email="married@desk.example", email_verified=True)
    client.cookies.clear()
    assert sign_in(client, there, "p2") == "in"
    assert only_account(database).login == MAIL
    there.knows("p3", email=MAIL, email_verified=False)
    client.cookies.clear()
    assert sign_in(client, there, "p3") == "unknown"


def test_a_verified_address_finds_the_account_that_has_it(
    database: Database, there: RunningProvider
) -> None:
    wanted = manage.Wanted("Pat", frozenset({Role.POINT}), "pat", MAIL.upper())
    manage.add(database, "pat", wanted, "", manage.COMMAND_LINE)
    there.knows("p4", email=MAIL, email_verified=True)
    assert sign_in(browser(database, settings(there)), there, "p4") == "in"
    assert account_of(database, "pat").roles == ("point",)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_was_not_verified_finds_nothing(
    database: Database, there: RunningProvider, verified: object
) -> None:
    wanted = manage.Wanted("Pat", frozenset({Role.ADMIN}), "pat", MAIL)
    manage.add(database, "pat", wanted, "", manage.COMMAND_LINE)
    claims = {} if verified is None else {"email_verified": verified}
    there.knows("p5", email=MAIL, **claims)
    client = browser(database, settings(there, auto_create=True))
    assert sign_in(client, there, "p5") == "unknown"
    assert failures(database) == ["no account, by provider"]
    said = client.get("/sign-in?said=unknown").text
    assert "have no account here" in said


def test_a_login_that_looks_like_the_address_is_not_taken_over(
    database: Database, there: RunningProvider
) -> None:
    account(database, "admin", login=MAIL)
    there.knows("p6", email=MAIL, email_verified=True)
    client = browser(database, settings(there, auto_create=True))
    assert sign_in(client, there, "p6") == "unknown"


def test_two_accounts_with_one_address_are_not_guessed_between(
    database: Database, there: RunningProvider
) -> None:
    for login in ("a", "b"):
        wanted = manage.Wanted(login, frozenset({Role.REP}), "", MAIL)
        manage.add(database, login, wanted, "", manage.COMMAND_LINE)
    there.knows("p7", email=MAIL, email_verified=True)
    assert sign_in(browser(database, settings(there)), there, "p7") == "unknown"


@pytest.mark.parametrize(
    ("mail", "verified", "said"),
    [
        ("pat@desk.example", True, "in"),
        ("pat@DESK.example", True, "in"),
        ("pat@desk.example", False, "unknown"),
        ("pat@evil.example", True, "unknown"),
        ("pat@sub.desk.example", True, "unknown"),
        ("pat@desk.example@evil.example", True, "unknown"),
    ],
)
def test_only_addresses_of_our_domains_come_in(
    database: Database, there: RunningProvider, mail: str, verified: bool, said: str
) -> None:
    there.knows("p8", email=mail, email_verified=verified)
    chosen = settings(there, auto_create=True, allowed_domains=["desk.example"])
    assert sign_in(browser(database, chosen), there, "p8") == said


def test_roles_follow_the_provider_and_an_admin_is_always_left(
    database: Database, there: RunningProvider
) -> None:
    roles = {"leads": ["point"], "it": ["admin"]}
    client = browser(database, settings(there, auto_create=True, roles=roles))
    for groups, expected in (
        (["it"], ("admin",)),
        (["leads"], ("admin",)),  # the last one
        ("it", ("admin",)),
        (["it", "leads"], ("admin", "point")),
    ):
        there.knows("p9", email=MAIL, email_verified=True, groups=groups)
        assert sign_in(client, there, "p9") == "in"
        assert only_account(database).roles == expected
        client.cookies.clear()
    account(database, "admin")
    there.knows("p9", email=MAIL, email_verified=True, groups=["leads"])
    assert sign_in(client, there, "p9") == "in"
    assert account_of(database, MAIL).roles == ("point",)


def test_nobody_is_made_whom_the_provider_gives_no_role(
    database: Database, there: RunningProvider
) -> None:
    there.knows("p10", email=MAIL, email_verified=True, groups=["visitors", 7, None])
    client = browser(database, settings(there, auto_create=True, roles={"leads": ["point"]}))
    assert sign_in(client, there, "p10") == "unknown"


def test_a_disabled_account_stays_out(database: Database, there: RunningProvider) -> None:
    account(database, "admin")
    there.knows("p11", email=MAIL, email_verified=True)
    client = browser(database, settings(there, auto_create=True))
    assert sign_in(client, there, "p11") == "in"
    made = account_of(database, MAIL)
    manage.set_disabled(database, made.id, manage.COMMAND_LINE, disabled=True)
    client.cookies.clear()
    assert sign_in(client, there, "p11") == "unknown"


# What must fit


def changed(address: str, **query: str) -> str:
    parts = urlsplit(address)
    fields = {name: values[0] for name, values in parse_qs(parts.query).items()} | query
    return urlunsplit(parts._replace(query=urlencode(fields)))


@pytest.fixture
def known(there: RunningProvider) -> RunningProvider:
    there.knows("pat", email=MAIL, email_verified=True)
    return there


def test_another_state_is_refused(database: Database, known: RunningProvider) -> None:
    client = browser(database, settings(known, auto_create=True))
    back = known.sign_in("pat", sent(client))
    for state in ("", "x" * 43):
        assert come_back(client, changed(back, state=state)) == "again"
    assert come_back(client, back) == "in"


def test_what_began_in_another_browser_does_not_end_here(
    database: Database, known: RunningProvider
) -> None:
    """Else somebody could make a victim's browser sign in to the attacker's account."""
    attacker = browser(database, settings(known, auto_create=True))
    back = known.sign_in("pat", sent(attacker))
    victim = TestClient(attacker.app, attacker.base_url, follow_redirects=False)
    assert come_back(victim, back) == "again"
    sent(victim)
    assert come_back(victim, known.sign_in("pat", sent(attacker))) == "again"


def test_an_answer_works_once_and_in_time(database: Database, known: RunningProvider) -> None:
    client = browser(database, settings(known, auto_create=True))
    back = known.sign_in("pat", sent(client))
    assert come_back(client, back) == "in"
    assert come_back(client, back) == "again"
    client.cookies.clear()
    back = known.sign_in("pat", sent(client))
    with database.transaction() as tx:
        tx.execute("update one_time_code set expires_at = expires_at - interval '10 minutes'")
    assert come_back(client, back) == "again"


def test_another_nonce_is_refused(database: Database, known: RunningProvider) -> None:
    client = browser(database, settings(known, auto_create=True))
    back = known.sign_in("pat", changed(sent(client), nonce="somebody-elses"))
    assert come_back(client, back) == "refused"
    assert failures(database) == ["the provider's answer is no good"]


def test_a_code_of_another_sign_in_is_refused(database: Database, known: RunningProvider) -> None:
    """A stolen code is of no use: the provider asks for the verifier that only its owner has."""
    owner = browser(database, settings(known, auto_create=True))
    stolen = parse_qs(urlsplit(known.sign_in("pat", sent(owner))).query)["code"][0]
    thief = TestClient(owner.app, owner.base_url, follow_redirects=False)
    back = known.sign_in("pat", sent(thief))
    assert come_back(thief, changed(back, code=stolen)) == "refused"


def test_another_issuer_in_the_answer_is_refused(
    database: Database, known: RunningProvider
) -> None:
    client = browser(database, settings(known, auto_create=True))
    back = known.sign_in("pat", sent(client))
    assert come_back(client, changed(back, iss="https://evil.example")) == "refused"


def test_who_says_no_there_is_not_let_in(database: Database, known: RunningProvider) -> None:
    client = browser(database, settings(known, auto_create=True))
    back = changed(known.deny(sent(client)), **parse_state(client, known))
    assert come_back(client, back) == "refused"
    assert "did not let you in" in client.get("/sign-in?said=refused").text


def parse_state(client: TestClient, known: RunningProvider) -> dict[str, str]:
    """The state of a sign-in begun now: not every provider gives it back with a refusal."""
    return {"state": parse_qs(urlsplit(sent(client)).query)["state"][0]}


def test_an_id_token_that_ran_out_is_refused(database: Database) -> None:
    with provider(lasts=timedelta(hours=-1)) as there:
        there.knows("pat", email=MAIL, email_verified=True)
        client = browser(database, settings(there, auto_create=True))
        assert sign_in(client, there, "pat") == "refused"


def test_a_registered_client_proves_itself_by_its_secret(database: Database) -> None:
    with provider(registered=True) as there:
        there.knows("pat", email=MAIL, email_verified=True)
        id, secret = there.register(BACK)
        chosen = {"client_id": id, "auto_create": True}
        right = settings(there, client_secret=secret, **chosen)
        assert sign_in(browser(database, right), there, "pat") == "in"
        wrong = settings(there, client_secret="wrong", **chosen)
        assert sign_in(browser(database, wrong), there, "pat") == "refused"


@pytest.mark.parametrize("forged", ["secret", "none", "another key"])
def test_an_id_token_that_the_provider_did_not_sign_is_refused(
    there: RunningProvider, forged: str
) -> None:
    now = int(time())
    claims = {
        "iss": there.issuer,
        "aud": "triage",
        "sub": "pat",
        "nonce": "n",
        "iat": now,
        "exp": now + 600,
    }
    if forged == "none":
        token = "eyJhbGciOiJub25lIn0." + jwt_body(claims) + "."
    elif forged == "secret":
        token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("triage"))
    else:
        token = jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048))
    with pytest.raises(ProviderRefused, match="no good"):
        Provider(settings(there), "http://127.0.0.1:8420")._claims(token, "n")


def jwt_body(claims: dict[str, object]) -> str:
    return urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()


# When there is no provider


def test_a_provider_that_is_down_is_said_so_and_passwords_still_do(database: Database) -> None:
    account(database, "point", login="pat", password=PASSWORD)
    chosen = Oidc(issuer="http://localhost:1", client_id="triage", name="Example login")
    client = browser(database, chosen)
    assert "Sign in with Example login" in client.get("/sign-in").text
    answer = client.get("/sign-in/provider", params={"next": "/account"})
    assert answer.headers["location"] == "/sign-in?next=%2Faccount&said=down"
    page = client.get(answer.headers["location"]).text
    assert "cannot be reached at the moment" in page
    form = {"login": "pat", "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 303


def test_a_provider_that_fails_between_is_said_so(database: Database) -> None:
    with provider() as there:
        there.knows("pat", email=MAIL, email_verified=True)
        client = browser(database, settings(there, auto_create=True))
        back = there.sign_in("pat", sent(client))
    assert come_back(client, back) == "down"


def test_who_describes_another_issuer_is_not_believed(
    database: Database, there: RunningProvider
) -> None:
    chosen = Oidc(issuer=there.issuer + "/", client_id="triage")
    answer = browser(database, chosen).get("/sign-in/provider")
    assert answer.headers["location"] == "/sign-in?said=down"


def test_without_a_provider_there_is_no_such_page(database: Database) -> None:
    client = stranger(database)
    assert client.get("/sign-in/provider").status_code == 404
    assert client.get("/sign-in/provider/back").status_code == 404


def test_an_issuer_that_anybody_could_speak_for_is_refused() -> None:
    with pytest.raises(ConfigError, match="https"):
        Provider(Oidc(issuer="http://login.example", client_id="t"), "http://127.0.0.1:8420")
