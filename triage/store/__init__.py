"""Everything Triage knows, in PostgreSQL; the only room that speaks SQL."""

from triage.store.database import Database, Transaction

__all__ = ["Database", "Transaction"]
