"""What came in by each folder, and what the model made of mail week by week."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from zoneinfo import ZoneInfo

from psycopg.rows import class_row

from triage.store.database import Transaction
from triage.types import SIGNALS

LOOKED_AT = 100_000
"""Mails that drift is counted from, about: of more, every so many."""


@dataclass(frozen=True, slots=True)
class LedgerCount:
    """Places of a folder with one outcome; ``lately`` since the moment asked for."""

    mailbox: str
    folder: str
    outcome: str
    places: int
    lately: int


@dataclass(frozen=True, slots=True)
class DriftWeek:
    """Mail that was scored in one week, by the model in use alone. ``means`` has one mean
    probability a signal."""

    monday: date
    mails: int
    flagged: int
    means: dict[str, float]


@dataclass(frozen=True, slots=True)
class Drift:
    """``every``: counted from every so many mails; 1 is all of them."""

    weeks: tuple[DriftWeek, ...]
    every: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What people said of a signal as one model read it."""

    signal: str
    right: int
    wrong: int


def ledger_counts(tx: Transaction, lately: datetime) -> list[LedgerCount]:
    with tx.cursor(row_factory=class_row(LedgerCount)) as cursor:
        return cursor.execute(
            """select mailbox, folder, outcome, count(*)::int as places,
                      (count(*) filter (where recorded_at >= %s))::int as lately
               from ledger where mailbox <> '' group by 1, 2, 3 order by 1, 2, 4 desc""",
            [lately],
        ).fetchall()


def drift(tx: Transaction, model: str, since: datetime, zone: ZoneInfo) -> Drift:
    """By week of receipt, from ``since`` on."""
    row = tx.execute("select count(*) from mail where received >= %s", [since]).fetchone()
    every = max(1, int(row[0]) // LOOKED_AT) if row else 1
    rows = tx.execute(
        _DRIFT,
        {
            "model": model,
            "since": since,
            "zone": zone.key,
            "every": every,
            "signals": list(SIGNALS),
        },
    ).fetchall()
    weeks = tuple(
        DriftWeek(monday, mails, flagged, dict(zip(SIGNALS, map(float, means), strict=True)))
        for monday, mails, flagged, means in rows
    )
    return Drift(weeks, every)


def judged(tx: Transaction, model: str) -> list[Judged]:
    """Signals on which somebody said something, in no order."""
    with tx.cursor(row_factory=class_row(Judged)) as cursor:
        return cursor.execute(
            """select signal, (count(*) filter (where is_right))::int as right,
                      (count(*) filter (where not is_right))::int as wrong
               from verdict where model = %s group by signal""",
            [model],
        ).fetchall()


_DRIFT: LiteralString = """
with scored as (
    select date_trunc('week', received at time zone %(zone)s)::date as monday,
           (outcome = 'flag')::int as flagged, scores
    from mail join assessment on assessment.mail_id = mail.id
    where received >= %(since)s and mail.id %% %(every)s = 0 and assessment.model = %(model)s
), means as (
    select monday, array_agg(mean order by place) as means from (
        select monday, place, avg((scores ->> signal)::float) as mean
        from scored, unnest(%(signals)s::text[]) with ordinality as one (signal, place)
        group by monday, place
    ) as each_one group by monday
)
select monday, count(*)::int, sum(flagged)::int, min(means.means)
from scored join means using (monday) group by monday order by monday
"""
