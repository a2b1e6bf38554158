"""The tables of the job queue, as the pinned procrastinate brings them."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(SchemaManager.get_schema())
