"""Many notices to one person at once: what goes singly, and what waits for one bundle."""

from datetime import datetime

from triage.store.database import Transaction


def storms_on(tx: Transaction, recipient: str, since: datetime, singly: int) -> bool:
    """Whether a person had their share of single notices since then. Others who send to them
    wait for this transaction's end, so that no two count at once."""
    tx.execute("select pg_advisory_xact_lock(hashtextextended(%s, 2))", [recipient])
    row = tx.execute(
        """select count(*) from notice where recipient = %s and state = 'sent' and not urgent
           and bundle is null and changed_at >= %s""",
        [recipient, since],
    ).fetchone()
    assert row is not None
    return int(row[0]) >= singly


def hold(tx: Transaction, notice_id: int, now: datetime, until: datetime) -> None:
    """It waits for the bundle that its recipient gets by then at the latest."""
    tx.execute(
        """update notice set state = 'held', changed_at = %s, held_until = coalesce(
             (select min(other.held_until) from notice as other
              where other.state = 'held' and other.recipient = notice.recipient), %s)
           where id = %s""",
        [now, until, notice_id],
    )


def due_bundles(tx: Transaction, now: datetime) -> list[str]:
    """Recipients whose held notices should be bundled now."""
    rows = tx.execute(
        """select recipient from notice where state = 'held'
           group by recipient having min(held_until) <= %s""",
        [now],
    )
    return [str(row[0]) for row in rows]


def bundle(tx: Transaction, recipient: str, now: datetime) -> list[int]:
    """Put a person's held notices into one, but those of what has become an emergency, which go
    alone; the ids of what is to go out. Nothing while a notice to that person is on its way: the
    bundle waits a moment, and nobody waits for it."""
    free = tx.execute(
        "select pg_try_advisory_xact_lock(hashtextextended(%s, 2))", [recipient]
    ).fetchone()
    if free != (True,):
        return []
    alone = tx.execute(
        """update notice set state = 'waiting', urgent = true, changed_at = %s
           from cases where state = 'held' and recipient = %s
             and cases.id = case_id and cases.severity = 'emergency' returning notice.id""",
        [now, recipient],
    ).fetchall()
    return [*(int(row[0]) for row in alone), *_rest(tx, recipient, now)]


def _rest(tx: Transaction, recipient: str, now: datetime) -> list[int]:
    row = tx.execute(
        """insert into notice (key, kind, person, recipient, created_at, changed_at)
           select 'bundle.' || max(id)::text, 'bundle', max(person), recipient, %(now)s, %(now)s
           from notice where state = 'held' and recipient = %(recipient)s
           group by recipient returning id""",
        {"now": now, "recipient": recipient},
    ).fetchone()
    if row is None:
        return []
    tx.execute(
        """update notice set state = 'bundled', bundle = %s, changed_at = %s
           where state = 'held' and recipient = %s""",
        [row[0], now, recipient],
    )
    return [int(row[0])]
