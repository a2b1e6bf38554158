"""Notices that nobody needs any more, because what they tell of is no longer so."""

from datetime import datetime

from triage.store.database import Transaction
from triage.store.notices import Claimed

_PINGS = frozenset({"flag", "reminder", "escalation"})
_CLOCKS = {"help": "help", "manager_task": "manager answer", "promise": "promise"}
"""Kinds that tell of a clock, and are needed only while it runs."""


def is_moot(tx: Transaction, notice: Claimed, since: datetime, singly: int) -> bool:
    """Whether a notice should be dropped.

    Nobody is pinged about a case that was taken after the notice was made, or is over; nobody is
    told of what was done in the meantime, or asked for a swap that was settled. Whoever heard
    nothing of a case need not stand down from it, and in a storm ``singly`` such notices since
    ``since`` are enough.
    """
    if notice.kind in _PINGS:
        return _is_taken(tx, notice)
    if notice.kind == "taken":
        return not _heard(tx, notice) or _stood_down(tx, notice, since) >= singly
    if notice.kind == "overdue":
        return not _runs(tx, notice, str(notice.facts.get("clock")))
    if notice.kind in _CLOCKS:
        return not _runs(tx, notice, _CLOCKS[notice.kind], str(notice.facts.get("promise", "")))
    if notice.kind == "swap" and notice.facts.get("step") == "asked":
        return not _is_asked(tx, notice)
    return False


def _is_taken(tx: Transaction, notice: Claimed) -> bool:
    row = tx.execute(
        """select from cases where id = %s and (ended_at is not null
             or status not in ('flagged', 'notified') and acknowledged_at >= %s)""",
        [notice.case_id, notice.created_at],
    ).fetchone()
    return row is not None


def _heard(tx: Transaction, notice: Claimed) -> bool:
    """Also where it is just going out."""
    row = tx.execute(
        """select from notice where case_id = %s and recipient = %s and id < %s
           and state in ('sent', 'waiting', 'deferred') limit 1""",
        [notice.case_id, notice.recipient, notice.id],
    ).fetchone()
    return row is not None


def _stood_down(tx: Transaction, notice: Claimed, since: datetime) -> int:
    row = tx.execute(
        """select count(*) from notice where recipient = %s and kind = 'taken'
           and state = 'sent' and changed_at >= %s""",
        [notice.recipient, since],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _runs(tx: Transaction, notice: Claimed, kind: str, about: str = "") -> bool:
    row = tx.execute(
        "select from clock where case_id = %s and kind = %s and %s in ('', about) limit 1",
        [notice.case_id, kind, about],
    ).fetchone()
    return row is not None


def _is_asked(tx: Transaction, notice: Claimed) -> bool:
    row = tx.execute(
        "select from rota_change where id = %s and state = 'asked'", [notice.facts["change"]]
    ).fetchone()
    return row is not None
