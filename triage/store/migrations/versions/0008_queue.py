"""The queue is sorted by what a person is waited for, the longest overdue first."""

from triage.store.migration import run_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql("0008_queue.sql")
