"""Fixtures that every room's tests share: one true PostgreSQL a run, clean for each test."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
import structlog

from triage.store import Database

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.believable import Believable
    from tests.servers.browser import RunningDesk

_TABLES = """
select string_agg(format('%I', tablename), ', ') from pg_tables
where schemaname = 'public' and tablename <> 'alembic_version'
"""


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A command sets up logging for its process, which here is every other test's too."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def _opened() -> Iterator[Database]:
    # Not under pytest's folder, which the bundled server's own user may not enter.
    with TemporaryDirectory(prefix="triage-") as folder:
        database = Database.open("", Path(folder))
        yield database
        database.close()


@pytest.fixture(scope="session")
def database_url(_opened: Database) -> str:
    """A database at the newest schema; other tests' rows may lie in it."""
    return _opened.url


@pytest.fixture
def database(_opened: Database) -> Database:
    """The run's database with every table empty and every number from its start."""
    with _opened.transaction() as tx:
        row = tx.execute(_TABLES).fetchone()
        assert row is not None
        tx.execute(f"truncate {row[0]} restart identity cascade")
    return _opened


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    from tests.servers.browser import chromium  # only where a test needs it

    with chromium() as started:
        yield started


@pytest.fixture
def filled(database: Database, tmp_path: Path) -> "Iterator[tuple[RunningDesk, Believable]]":
    """A desk with believable work in it, as its Point Person Pat meets it."""
    from tests.believable import Believable
    from tests.servers.browser import running_desk

    work = Believable(database, tmp_path, datetime.now(UTC))
    work.fill()
    with running_desk(database, work.model, work.caseload, work.thresholds, "pat") as running:
        yield running, work
