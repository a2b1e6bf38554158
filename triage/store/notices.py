"""Notices: who is to be told of what, and how the telling went."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from triage.errors import DeliveryDeferred
from triage.store import cases
from triage.store.database import Transaction

UNSENT = "state not in ('sent', 'dropped')"
"""Of a notice that somebody still waits for."""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """One person to be told on one channel. ``key`` is its lasting name; ``urgent`` goes alone,
    whatever the storm; ``facts`` is what its words need beside the case."""

    key: str
    kind: str
    case_id: int | None
    flag_id: int | None
    person: str
    recipient: str
    channel: str
    facts: Mapping[str, Any]
    urgent: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice, locked by whoever has it out now."""

    id: int
    key: str
    kind: str
    person: str
    recipient: str
    channel: str
    facts: dict[str, Any]
    urgent: bool
    state: str
    attempts: int
    answer: str
    created_at: datetime
    held_until: datetime | None
    case_id: int | None
    flag_id: int | None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    id: int
    recipient: str
    state: str
    attempts: int
    answer: str
    created_at: datetime
    changed_at: datetime


def prepare(tx: Transaction, wanted: Iterable[NewNotice], now: datetime) -> list[int]:
    """Waiting notices; one whose key exists already is not made again. Their ids."""
    ids = []
    for one in wanted:
        row = tx.execute(
            """insert into notice (key, kind, case_id, flag_id, person, recipient, channel, facts,
                                   urgent, created_at, changed_at)
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
               on conflict (key) do nothing returning id""",
            [
                one.key,
                one.kind,
                one.case_id,
                one.flag_id,
                one.person,
                one.recipient,
                one.channel,
                Jsonb(dict(one.facts)),
                one.urgent,
                now,
                now,
            ],
        ).fetchone()
        if row:
            ids.append(int(row[0]))
    return ids


def claim(tx: Transaction, notice_id: int) -> Claimed | None:
    """The notice, locked for this transaction; ``None`` when it is out, refused, dropped or waits
    for a bundle.

    Raises ``DeliveryDeferred`` while another worker has it: should that one die before it is
    out, somebody must come back.
    """
    with tx.cursor(row_factory=class_row(Claimed)) as cursor:
        claimed = cursor.execute(
            f"{CLAIMED} where id = %s and {_TO_GO} for update skip locked", [notice_id]
        ).fetchone()
        if (
            claimed is None
            and cursor.execute(f"{CLAIMED} where id = %s and {_TO_GO}", [notice_id]).fetchone()
        ):
            raise DeliveryDeferred("another worker has it")
    return claimed


_TO_GO = "state in ('waiting', 'deferred')"
CLAIMED = """
select id, key, kind, person, recipient, channel, facts, urgent, state, attempts, answer,
       created_at, held_until, case_id, flag_id
from notice
"""


def bundled(tx: Transaction, bundle_id: int) -> list[Claimed]:
    """The notices that a bundle still carries, oldest first, those of a case together."""
    with tx.cursor(row_factory=class_row(Claimed)) as cursor:
        return cursor.execute(
            f"{CLAIMED} where bundle = %s and state = 'bundled' order by case_id, id", [bundle_id]
        ).fetchall()


def orphans(tx: Transaction, before: datetime) -> list[int]:
    """Notices that should go out, unchanged since then, and that no job is about to take: there
    should be none."""
    rows = tx.execute(
        """select id from notice
           where state in ('waiting', 'deferred') and changed_at < %s
             and not exists (
               select from procrastinate_jobs as job
               where job.task_name = 'deliver' and job.status in ('todo', 'doing')
                 and (job.args ->> 'notice_id')::bigint = notice.id)""",
        [before],
    )
    return [int(row[0]) for row in rows]


def refused(tx: Transaction, notice_id: int) -> Claimed | None:
    """The notice, when it is still one that was refused for good."""
    with tx.cursor(row_factory=class_row(Claimed)) as cursor:
        return cursor.execute(
            f"{CLAIMED} where id = %s and state = 'refused'", [notice_id]
        ).fetchone()


def holes_told(tx: Transaction, recipient: str, since: datetime) -> set[tuple[str, str]]:
    """Role and begin of every hole in the rota that somebody was told of."""
    rows = tx.execute(
        """select gap ->> 'role', gap ->> 'since'
           from notice, jsonb_array_elements(facts -> 'gaps') as gap
           where kind = 'hole' and recipient = %s and created_at >= %s""",
        [recipient, since],
    )
    return {(str(role), str(begin)) for role, begin in rows}


def settle(tx: Transaction, notice: Claimed, state: str, answer: str, now: datetime) -> None:
    """Note how an attempt ended: ``sent``, ``deferred``, ``refused`` or ``dropped``, and the
    server's word. What a bundle carries shares its fate."""
    tx.execute(
        """update notice set state = %s, answer = %s, attempts = attempts + 1, changed_at = %s
           where id = %s""",
        [state, answer[:500], now, notice.id],
    )
    if state == "deferred" and notice.attempts:
        return  # said once; the notice itself counts the attempts
    if notice.kind == "bundle" and state in {"sent", "refused"}:
        for one in bundled(tx, notice.id):
            settle(tx, one, state, answer, now)
    if notice.case_id is None:
        return
    story = {
        "notice": notice.id,
        "kind": notice.kind,
        "to": notice.recipient,
        "channel": notice.channel,
        "answer": answer[:200],
    }
    cases.tell(tx, notice.case_id, "triage", f"notice {state}", story, at=now)
    if state == "sent" and notice.kind == "flag":
        tx.execute(
            "update cases set status = 'notified' where id = %s and status = 'flagged'",
            [notice.case_id],
        )


def reopen_refused(tx: Transaction) -> list[int]:
    """Make refused notices wait again; their ids."""
    rows = tx.execute(
        """update notice set state = 'waiting', changed_at = now() where state = 'refused'
           returning id"""
    )
    return [int(row[0]) for row in rows]


def unsent(tx: Transaction) -> list[NoticeRow]:
    """Notices not out yet or refused for good, oldest first."""
    return _rows(tx, f"where {UNSENT} order by created_at limit 200", [])


def of_case(tx: Transaction, case_id: int) -> list[NoticeRow]:
    return _rows(
        tx,
        "where case_id = %s order by notice.id",
        [case_id],
    )


def tally(tx: Transaction) -> dict[str, int]:
    """State -> number of notices."""
    return dict(tx.execute("select state, count(*) from notice group by state").fetchall())


def _rows(tx: Transaction, where: str, values: Sequence[Any]) -> list[NoticeRow]:
    with tx.cursor(row_factory=class_row(NoticeRow)) as cursor:
        return cursor.execute(
            f"""select id, recipient, state, attempts, answer, created_at, changed_at
                from notice {where}""",  # noqa: S608 - clauses of ours
            values,
        ).fetchall()
