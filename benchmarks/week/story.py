"""What is stored of a week, read as a stranger would: histories, notices, rows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from triage.store import Transaction


@dataclass(frozen=True, slots=True)
class Event:
    case_id: int
    place: int
    at: datetime
    who: str
    what: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Notice:
    case_id: int
    at: datetime
    kind: str
    person: str
    channel: str


@dataclass(frozen=True, slots=True)
class Row:
    """A case's last state. ``clocks`` counts those that run; ``late`` those that are due."""

    id: int
    severity: str
    status: str
    owner: str | None
    done: str
    told: bool
    confirmed: bool
    tries: int
    tries_wanted: int
    promises_open: int
    clocks: int
    late: int


@dataclass(frozen=True, slots=True)
class Story:
    """``asks`` gives the flags (by mail) whose customer asks for somebody higher."""

    row: Row
    events: Sequence[Event]
    notices: Mapping[datetime, Sequence[Notice]]
    asks: frozenset[int]


def read(tx: Transaction, end: datetime) -> list[Story]:
    events: dict[int, list[Event]] = defaultdict(list)
    notices: dict[int, dict[datetime, list[Notice]]] = defaultdict(lambda: defaultdict(list))
    asks: dict[int, set[int]] = defaultdict(set)
    with tx.cursor(row_factory=class_row(Event)) as cursor:
        for event in cursor.execute(
            "select case_id, place, at, who, what, data from event order by case_id, place"
        ):
            events[event.case_id].append(event)
    with tx.cursor(row_factory=class_row(Notice)) as cursor:
        for notice in cursor.execute(
            """select case_id, created_at as at, kind, person, channel from notice
               where case_id is not null order by id"""
        ):
            notices[notice.case_id][notice.at].append(notice)
    for case_id, mail_id in tx.execute(
        """select flag.case_id, mail_id from flag join assessment using (mail_id)
           where (scores ->> 'supervisor')::float >= 0.5"""
    ):
        asks[case_id].add(mail_id)
    with tx.cursor(row_factory=class_row(Row)) as cursor:
        rows = cursor.execute(_ROWS, [end]).fetchall()
    return [Story(row, events[row.id], notices[row.id], frozenset(asks[row.id])) for row in rows]


def broken_chains(tx: Transaction) -> list[int]:
    """Cases whose history has a hole, a wrong link or another end than the case says."""
    rows = tx.execute(
        """with linked as (
             select case_id, place, hash, before,
                    lag(hash, 1, '') over history as expected,
                    row_number() over history as counted,
                    sha256(convert_to(jsonb_build_array(case_id, place,
                      to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
                      who, what, data, encode(before, 'hex'))::text, 'UTF8')) as counted_hash
             from event window history as (partition by case_id order by place))
           select distinct cases.id from cases
           left join linked on linked.case_id = cases.id
           where linked.case_id is null or place <> counted or before <> expected
              or hash <> counted_hash
              or (place = cases.revision) <> (hash = cases.head)
              or cases.revision <> (select count(*) from event where case_id = cases.id)
           order by cases.id"""
    )
    return [int(row[0]) for row in rows]


_ROWS = """
select id, severity, status, owner, done, told_at is not null as told,
       confirmed_at is not null as confirmed, confirm_tries as tries,
       (timetable ->> 'confirm_tries')::int as tries_wanted,
       (select count(*) from promise where case_id = cases.id and kept_at is null)
         as promises_open,
       (select count(*) from clock where case_id = cases.id) as clocks,
       (select count(*) from clock where case_id = cases.id and due < %s) as late
from cases order by id
"""
