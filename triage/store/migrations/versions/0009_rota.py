"""Changes to the rota that people agree on at the desk."""

from triage.store.migration import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql("0009_rota.sql")
