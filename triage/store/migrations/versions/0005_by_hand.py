"""What people ask for by hand, and contacts other than mail."""

from triage.store.migration import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql("0005_by_hand.sql")
