"""From a mail to a notice."""

from triage.store.migration import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql("0001_mail_to_notice.sql")
