"""Clients of the desk within the test's own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from psycopg_pool import ConnectionPool
from starlette.testclient import TestClient

from service.app import create_app
from tests.filling import MODEL
from triage.config import Web
from triage.store import Database

KEY = "a key for the tests of the desk"


def stranger(database: Database, web: Web | None = None, address: str = "192.0.2.7") -> TestClient:
    """A client without a key that follows no redirect; ``address`` is where it calls from."""
    web = web or Web()
    return TestClient(
        create_app(database, web, KEY, MODEL),
        base_url=web.base_url,
        follow_redirects=False,
        raise_server_exceptions=False,
        client=(address, 50_000),
    )


def visitor(database: Database, web: Web | None = None) -> TestClient:
    """A browser that has signed in."""
    client = stranger(database, web)
    assert client.post("/sign-in", data={"key": KEY}).status_code == 303
    return client


def program(database: Database) -> TestClient:
    """A program that sends the key with each request."""
    client = stranger(database)
    client.headers["Authorization"] = f"Bearer {KEY}"
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
