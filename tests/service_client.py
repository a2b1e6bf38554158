"""Clients of the desk within the test's own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from psycopg_pool import ConnectionPool
from starlette.testclient import TestClient

from service import keyring
from service.accounts import coming_in, manage
from service.accounts.coming_in import Caller
from service.app import create_app
from service.attempts import Door
from service.auth import FORM_HEADER
from service.permissions import Role, Scope
from tests.desks import works
from tests.filling import MODEL
from triage.config import Web
from triage.store import Database, accounts, sessions
from triage.store.accounts import Account

PASSWORD = "a password for the tests of the desk"
PERSON = "pat@desk.example"
HERE = Caller("192.0.2.7", "the tests", None)


def stranger(database: Database, web: Web | None = None, address: str = "192.0.2.7") -> TestClient:
    """A client nobody knows that follows no redirect; ``address`` is where it calls from."""
    web = web or Web()
    return TestClient(
        create_app(database, web, works(), MODEL),
        base_url=web.base_url,
        follow_redirects=False,
        raise_server_exceptions=False,
        client=(address, 50_000),
    )


def never_forgetting(client: TestClient) -> TestClient:
    """Its desk counts attempts as if all were made at once, however long they take."""
    desk = client.app.state.desk  # type: ignore[attr-defined]
    counted = desk.door.by_address, desk.door.by_account
    door = Door(*(replace(one, clock=lambda: 0.0) for one in counted))
    client.app.state.desk = replace(desk, door=door)  # type: ignore[attr-defined]
    return client


def account(
    database: Database,
    *roles: Role | str,
    login: str = "",
    person: str = PERSON,
    password: str = "",
) -> Account:
    """An account with ``roles``, made unless it is there; ``login`` is by default the first."""
    wanted = frozenset(Role(role) for role in roles)
    login = login or (roles[0] if roles else "nobody")
    with database.transaction() as tx:
        found = accounts.by_login(tx, login)
    if found is not None:
        return found
    made = manage.Wanted(f"{login.capitalize()} of the Desk", wanted, person)
    return manage.add(database, login, made, password, manage.COMMAND_LINE)


def sign_in(client: TestClient, database: Database, who: Account, web: Web | None = None) -> None:
    """``client`` is in as ``who``, and sends what its forms would with each request."""
    web = web or Web()
    now = datetime.now(UTC)
    with database.transaction() as tx:
        come = coming_in.enter(tx, web, who, HERE, how="password", now=now)
        session = sessions.live(tx, keyring.digest(come.secret), now, web.idle)
    assert session is not None
    prefix = "__Host-" if web.base_url.startswith("https:") else ""
    client.cookies.set(f"{prefix}triage-{web.port}", come.secret)
    client.headers[FORM_HEADER] = session.form_token


def client_as(
    database: Database,
    *roles: Role | str,
    login: str = "",
    person: str = PERSON,
    web: Web | None = None,
) -> TestClient:
    """A browser signed in with ``roles``, such as ``client_as(database, "point")``."""
    client = stranger(database, web)
    who = account(database, *roles, login=login, person=person)
    sign_in(client, database, who, web)
    return client


def visitor(database: Database, web: Web | None = None) -> TestClient:
    """A browser of somebody who may do all that anybody may."""
    return client_as(database, *Role, login="everything", web=web)


def program(database: Database, *scopes: Scope | str, roles: tuple[Role, ...] = ()) -> TestClient:
    """A program that sends a token with each request; by default one that may do everything."""
    who = account(database, *(roles or Role), login=f"owner-{'-'.join(roles)}")
    wanted = [Scope(scope) for scope in scopes or Scope]
    _, secret = manage.make_token(
        database, who.id, "of the tests", wanted, lasts=timedelta(days=1), by=manage.COMMAND_LINE
    )
    client = stranger(database)
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


@contextmanager
def unreachable(database: Database) -> Iterator[Database]:
    """``database`` as if its server were gone: connections to it are refused."""
    url = "postgresql://127.0.0.1:1/triage"
    pool = ConnectionPool(url, min_size=0, max_size=1, timeout=0.3, open=True)
    try:
        yield replace(database, url=url, pool=pool)
    finally:
        pool.close()
