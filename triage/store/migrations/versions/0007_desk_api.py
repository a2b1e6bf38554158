"""Verdicts, requests said once, live changes, webhooks, and mail brought in."""

from triage.store.migration import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql("0007_desk_api.sql")
