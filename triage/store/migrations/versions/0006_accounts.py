"""Accounts, sessions, tokens, and the desk's audit trail."""

from triage.store.migration import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql("0006_accounts.sql")
