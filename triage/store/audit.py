"""Whether the history of cases is what it was: every chain walked, every seal made again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any

from psycopg.rows import class_row

from triage.store.database import Database, Transaction

AT_ONCE = 5_000
"""Rows held in memory while a history of any length is read."""


@dataclass(frozen=True, slots=True)
class Seal:
    """``hash`` is a SHA-256 over case, place and hash of every event up to the id ``events``.

    Kept outside the database too, it shows even a history that was rewritten together with its
    seals. One from outside has ``id`` 0.
    """

    id: int
    at: datetime
    events: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """What is not as it was, in words. ``reference`` is the case's, empty for a seal."""

    reference: str
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    cases: int
    events: int
    seals: int
    broken: int


def seal(database: Database, now: datetime, every: timedelta | None = None) -> Seal | None:
    """Seal all that happened so far; with ``every``, unless the last seal is younger than that
    or nothing has happened since. Raises ``StoreError``."""
    with database.transaction() as tx:
        tx.execute("select pg_advisory_xact_lock(hashtextextended('triage seal', 3))")
        last = last_seal(tx)
        if every and last and now - last.at < every:
            return None
        newest = _newest(database)
        if every and newest <= (last.events if last else 0):
            return None
        digest = next(_sealed(tx, [newest]))
        return _only(
            tx,
            """insert into seal (at, events, hash) values (%s, %s, %s)
               returning id, at, events, hash""",
            [now, newest, digest],
        )


def last_seal(tx: Transaction) -> Seal | None:
    return _only(tx, "select id, at, events, hash from seal order by id desc limit 1", [])


def verify(
    database: Database, report: Callable[[Broken], None], outside: Sequence[Seal] = ()
) -> Verdict:
    """Walk every case's chain, and make every seal again; the first that is wrong of a case, and
    of the seals, is reported. ``outside`` are seals that were kept elsewhere.

    All as it is at one moment, however long it takes, in memory that does not grow. Raises
    ``StoreError``.
    """
    cases = events = broken = 0
    with database.transaction() as tx:
        tx.execute("set transaction isolation level repeatable read, read only")
        for found in _histories(tx):
            cases, events = cases + 1, events + found.count
            if found.broken:
                broken += 1
                report(found.broken)
        with tx.cursor(row_factory=class_row(Seal)) as cursor:
            kept = cursor.execute("select id, at, events, hash from seal").fetchall()
        seals = sorted([*kept, *outside], key=lambda one: one.events)
        wrong = _wrong_seal(tx, seals)
        if wrong:
            broken += 1
            report(wrong)
    return Verdict(cases, events, len(seals), broken)


@dataclass(frozen=True, slots=True)
class _Row:
    """An event with its case; without an event where the case has none."""

    id: int
    reference: str | None
    revision: int | None
    head: bytes | None
    place: int | None
    before: bytes | None
    hash: bytes | None
    again: bytes | None


@dataclass(frozen=True, slots=True)
class _History:
    count: int
    broken: Broken | None


def _histories(tx: Transaction) -> Iterator[_History]:
    """Each case's, one after the other."""
    with tx.cursor(name="histories", row_factory=class_row(_Row)) as cursor:
        cursor.itersize = AT_ONCE
        for id, rows in groupby(cursor.execute(_ROWS), key=lambda row: row.id):
            yield _walked(id, rows)


def _walked(id: int, rows: Iterable[_Row]) -> _History:
    """Along a chain, to its first broken place."""
    count, before, what = 0, b"", ""
    for row in rows:
        if row.place is not None:
            count += 1
            what = what or _wrong(row, count, before)
            before = row.hash or b""
    reference = row.reference or f"case {id}"
    what = what or _wrong_end(row, count, before)
    return _History(count, Broken(reference, what) if what else None)


def _wrong(row: _Row, place: int, before: bytes) -> str:
    if row.place != place:
        return f"entry {place} of its history is missing"
    if row.again != row.hash:
        return f"entry {place} of its history is not what was written"
    if row.before != before:
        return f"entry {place} of its history does not follow from the one before"
    return ""


def _wrong_end(row: _Row, count: int, head: bytes) -> str:
    if row.reference is None:
        return "its history is there, the case itself is gone"
    if row.revision != count:
        return f"its history has {count} entries, and the case knows of {row.revision}"
    if row.head != head:
        return "the last entry of its history is not the one that the case knows"
    return ""


def _wrong_seal(tx: Transaction, seals: Sequence[Seal]) -> Broken | None:
    """The first seal that does not fit; what came before the one ahead of it is untouched."""
    good = "nothing before it is sure"
    for one, digest in zip(seals, _sealed(tx, [one.events for one in seals]), strict=True):
        name = f"seal {one.id}" if one.id else "a seal from outside"
        if digest != one.hash:
            what = f"{name}, up to event {one.events}: the history is another one; {good}"
            return Broken("", what)
        good = f"up to event {one.events} it is as it was"
    return None


def _sealed(tx: Transaction, ends: Sequence[int]) -> Iterator[bytes]:
    """The hash over all events up to each of these ids, which rise."""
    digest, waiting = sha256(), list(ends)
    with tx.cursor(name="sealed") as cursor:
        cursor.itersize = AT_ONCE
        last = max(ends, default=0)
        for id, case, place, hash in cursor.execute(_EVENTS, [last]):
            while waiting and id > waiting[0]:
                yield digest.digest()
                waiting.pop(0)
            digest.update(b"%d %d %b " % (case, place, hash))
    for _ in waiting:
        yield digest.digest()


def _newest(database: Database) -> int:
    """The last event, when no earlier one is still being written: for a moment nobody writes."""
    with database.transaction() as tx:
        tx.execute("set local lock_timeout = '10s'")
        tx.execute("lock table event in share mode")
        row = tx.execute("select coalesce(max(id), 0) from event").fetchone()
    assert row is not None
    return int(row[0])


def _only(tx: Transaction, query: Any, values: Sequence[object]) -> Seal | None:
    with tx.cursor(row_factory=class_row(Seal)) as cursor:
        return cursor.execute(query, values).fetchone()


_EVENTS = "select id, case_id, place, hash from event where id <= %s order by id"

# The hash is spelled out, as 0003_life.sql has it: whoever can change the history can change a
# function in the database as well.
_ROWS = """
select coalesce(cases.id, case_id) as id, reference, revision, head, place, before, hash,
       sha256(convert_to(jsonb_build_array(
           case_id, place, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
           who, what, data, encode(before, 'hex'))::text, 'UTF8')) as again
from cases full join event on case_id = cases.id
order by coalesce(cases.id, case_id), place, event.id
"""
