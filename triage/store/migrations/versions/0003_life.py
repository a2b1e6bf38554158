"""The life of a case: owner, clocks, promises, a chained history, notices of many kinds."""

from triage.store.migration import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql("0003_life.sql")
