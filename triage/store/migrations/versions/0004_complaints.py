"""The complaint record, and the log's search."""

from triage.store.migration import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql("0004_complaints.sql")
