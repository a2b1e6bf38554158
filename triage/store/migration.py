"""Brings a database to the schema this version needs (Alembic, plain SQL revisions)."""

from importlib.resources import files

from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

_LOCK = 7_217_415_301
"""Advisory lock that lets one process at a time migrate."""


def run_sql(name: str) -> None:
    """Run one file of ``migrations/sql``; called by the revisions."""
    sql = (files("triage.store") / "migrations" / "sql" / name).read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(sql)


def migrate(url: str) -> None:
    """Apply every revision the database lacks; safe from several processes at once."""
    engine = create_engine(_psycopg(url), poolclass=NullPool)
    config = _config()
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _current(connection) == _newest(config):
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _psycopg(url: str) -> str:
    scheme, rest = url.split("://", 1)
    return f"postgresql+psycopg://{rest}" if scheme in {"postgresql", "postgres"} else url


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "triage.store:migrations")
    config.set_main_option("path_separator", "os")
    return config


def _newest(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


def _current(connection: object) -> str | None:
    context = MigrationContext.configure(connection)  # type: ignore[arg-type]
    return context.get_current_revision()
