"""Changes to the rota that people agree on at the desk: asked for, in force, or over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg.rows import class_row

from triage.duty import Absence, Override, Role, Swap
from triage.duty.rota import Change
from triage.store.database import Transaction

ASKED, IN_FORCE, DECLINED, WITHDRAWN = "asked", "in force", "declined", "withdrawn"
MOST = 500
"""Changes that are shown at once."""


@dataclass(frozen=True, slots=True)
class NewChange:
    """``kind`` is override, swap or absence; ``person`` has the duty, asks for the swap, or is
    away; ``other`` is with whom a swap is. People are ids of the duty file, ``by`` a login."""

    kind: str
    role: Role
    person: str
    starts_at: datetime
    ends_at: datetime
    other: str = ""
    note: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class RotaChange:
    id: int
    kind: str
    role: str
    person: str
    other: str
    starts_at: datetime
    ends_at: datetime
    note: str
    state: str
    batch: str
    asked_by: str
    asked_at: datetime
    settled_by: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Those in force, as ``triage.duty`` takes them; of two overrides the later one holds."""

    changes: tuple[Change, ...] = ()
    absences: tuple[Absence, ...] = ()


def add(
    tx: Transaction, wanted: Sequence[NewChange], by: str, state: str, now: datetime
) -> list[int]:
    """Their ids."""
    settled_by, settled_at = (by, now) if state == IN_FORCE else ("", None)
    with tx.cursor() as cursor:
        cursor.executemany(
            """insert into rota_change (kind, role, person, other, starts_at, ends_at, note, batch,
                                        state, asked_by, asked_at, settled_by, settled_at)
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning id""",
            [
                (
                    *(one.kind, one.role, one.person, one.other, one.starts_at, one.ends_at),
                    *(one.note, one.batch, state, by, now, settled_by, settled_at),
                )
                for one in wanted
            ],
            returning=True,
        )
        return [int(one[0]) for result in cursor.results() for one in result]


def one(tx: Transaction, change_id: int) -> RotaChange | None:
    """Locked for this transaction."""
    found = _rows(tx, f"{_ROW} where id = %(id)s for update", id=change_id)
    return found[0] if found else None


def settle(tx: Transaction, change_id: int, state: str, by: str, now: datetime) -> None:
    tx.execute(
        "update rota_change set state = %s, settled_by = %s, settled_at = %s where id = %s",
        [state, by, now, change_id],
    )


def withdraw_batch(tx: Transaction, batch: str, by: str, now: datetime) -> int:
    """How many were in force."""
    return tx.execute(
        """update rota_change set state = 'withdrawn', settled_by = %s, settled_at = %s
           where batch = %s and batch <> '' and state = 'in force'""",
        [by, now, batch],
    ).rowcount


def current(tx: Transaction, now: datetime, role: Role) -> list[RotaChange]:
    """Asked for or in force, and not over; absences whatever the role."""
    return _rows(
        tx,
        f"""{_ROW} where state in ('asked', 'in force') and ends_at > %(now)s
            and (role = %(role)s or kind = 'absence')
            order by starts_at, id limit %(most)s""",
        now=now,
        role=role,
        most=MOST,
    )


def count_asked(tx: Transaction, asked_by: str, now: datetime) -> int:
    row = tx.execute(
        """select count(*) from rota_change
           where state = 'asked' and ends_at > %s and asked_by = %s""",
        [now, asked_by],
    ).fetchone()
    assert row is not None
    return int(row[0])


def in_force(tx: Transaction, since: datetime) -> Changes:
    """All that end after ``since``, the one given last at the end."""
    rows = _rows(
        tx,
        f"""{_ROW} where state = 'in force' and ends_at > %(since)s order by settled_at, id""",
        since=since,
    )
    return Changes(
        tuple(_change(row) for row in rows if row.kind != "absence"),
        tuple(
            Absence(row.person, row.starts_at, row.ends_at) for row in rows if row.kind == "absence"
        ),
    )


def _change(row: RotaChange) -> Change:
    if row.kind == "swap":
        return Swap(row.person, row.other, Role(row.role), row.starts_at, row.ends_at)
    return Override(row.person, Role(row.role), row.starts_at, row.ends_at)


def _rows(tx: Transaction, query: LiteralString, **values: object) -> list[RotaChange]:
    with tx.cursor(row_factory=class_row(RotaChange)) as cursor:
        return cursor.execute(query, values).fetchall()


_ROW: LiteralString = """
select id, kind, role, person, other, starts_at, ends_at, note, state, batch, asked_by, asked_at,
       settled_by, settled_at
from rota_change
"""
