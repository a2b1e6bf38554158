"""Fixtures that every room's tests share: one true PostgreSQL a run, clean for each test."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog

from triage.store import Database

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
