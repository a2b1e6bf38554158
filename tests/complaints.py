"""Cases, records and books for tests of complaints."""

from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from triage import complaints
from triage.duty import Role
from triage.store import Database
from triage.store.database import Transaction

BOOK = complaints.load(None)
NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
REP, POINT = (Role.REP,), (Role.REP, Role.POINT)
SUPERVISOR, MANAGER = (Role.SUPERVISOR,), (Role.MANAGER,)

FILLED = {
    "customer_name": "Dana Reyes",
    "contact": "dana@customer.example",
    "reported_at": "2026-03-04T09:00:00+00:00",
    "how": "call",
    "happened": "The sofa came three weeks late and nobody rang.",
    "cause": "late",
    "product": "goods",
    "team": "shipping",
    "fault": "ours",
    "ending": "resolved",
    "resolution": "Delivered on Friday, half the price given back.",
    "lesson": "Ring before the date goes by.",
}


def a_case(tx: Transaction, **columns: Any) -> int:
    """A case opened at ``NOW`` unless ``columns`` say otherwise."""
    row = {
        "customer_name": "Dana Reyes",
        "customer_address": "dana@customer.example",
        "subject": "Where is my sofa?",
        "severity": "high",
        "opened_at": NOW,
        "changed_at": NOW,
    } | columns
    names = ", ".join(row)
    values = ", ".join(f"%({name})s" for name in row)
    made = tx.execute(f"insert into cases ({names}) values ({values}) returning id", row).fetchone()
    assert made is not None
    return int(made[0])


def a_mail(tx: Transaction, case_id: int | None, text: str, **columns: Any) -> int:
    row = {
        "digest": f"{case_id}-{hash(text)}",
        "received": NOW - timedelta(hours=2),
        "size": len(text),
        "sender_address": "dana@customer.example",
        "subject": "Where is my sofa?",
        "text": text,
        "kind": "customer",
        "outcome": "flag",
        "rule": "angry",
        "case_id": case_id,
    } | columns
    names = ", ".join(row)
    values = ", ".join(f"%({name})s" for name in row)
    made = tx.execute(f"insert into mail ({names}) values ({values}) returning id", row).fetchone()
    assert made is not None
    return int(made[0])


def an_event(tx: Transaction, case_id: int, who: str, what: str, at: datetime, **data: Any) -> None:
    tx.execute(
        "insert into event (case_id, who, what, at, data) values (%s, %s, %s, %s, %s)",
        [case_id, who, what, at, Jsonb(data)],
    )


def a_promise(tx: Transaction, case_id: int, due: datetime, **columns: Any) -> None:
    row = {"number": 1, "what": "ring back", "made_by": "pat", "made_at": NOW} | columns
    tx.execute(
        "insert into promise (case_id, number, what, due, made_by, made_at, kept_at)"
        " values (%(case_id)s, %(number)s, %(what)s, %(due)s, %(made_by)s, %(made_at)s,"
        " %(kept_at)s)",
        {"case_id": case_id, "due": due, "kept_at": None} | row,
    )


def revision(database: Database, case_id: int) -> int:
    with database.transaction() as tx:
        row = tx.execute("select revision from cases where id = %s", [case_id]).fetchone()
    assert row is not None
    return int(row[0])
