"""A simulated week in small: every promise kept or escalated, and an audit that can fail."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.week import hours, report
from benchmarks.week.desk import Desk
from benchmarks.week.hours import START
from benchmarks.week.run import Week
from benchmarks.week.verdict import Promise, Verdict
from triage import duty, life
from triage.life import CaseState, Change, Clock, ClockKind, Moment, TellKind
from triage.store import Database

CASES, DAYS, AFTER = 60, 2, 1
FEW = 25

Rung = Callable[[CaseState, Clock, Moment], Change]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.written(tmp_path)


def simulated(database: Database, desk: Desk, cases: int = FEW) -> tuple[Week, datetime]:
    week = Week(database, desk)
    return week, week.run(cases, DAYS, AFTER)


def missed(verdict: Verdict) -> set[Promise]:
    return {promise for promise in Promise if verdict.row(promise)[3]}


def test_every_promise_is_kept_or_escalated(database: Database, desk: Desk) -> None:
    week, end = simulated(database, desk, CASES)
    verdict = report.audit(week, end)
    assert verdict.misses == []
    assert len(week.threads) == CASES
    assert verdict.row(Promise.LOST)[0] == CASES
    for promise in (Promise.AT_ONCE, Promise.LADDER, Promise.MANAGER, Promise.CONFIRM):
        cases, kept, late, _ = verdict.row(promise)
        assert cases == kept + late
        assert cases > CASES / 2
    assert verdict.row(Promise.LADDER)[2], "nobody was late, so nothing was put to the proof"


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        (ClockKind.ACKNOWLEDGE, Promise.LADDER),
        (ClockKind.ANSWER, Promise.ANSWER),
        (ClockKind.CONFIRM, Promise.CONFIRM),
        (ClockKind.MANAGER, Promise.MANAGER),
    ],
)
def test_a_clock_that_never_rings_is_found(
    database: Database,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    kind: ClockKind,
    promise: Promise,
) -> None:
    rung: Rung = life.rung

    def deaf(case: CaseState, clock: Clock, at: Moment) -> Change:
        if clock.kind is not kind:
            return rung(case, clock, at)
        never = replace(clock, due=at.now + timedelta(days=400))
        return Change(replace(case, clocks=(*(c for c in case.clocks if c != clock), never)), ())

    monkeypatch.setattr(life, "rung", deaf)
    week, end = simulated(database, desk)
    assert promise in missed(report.audit(week, end))


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        (TellKind.ESCALATION, Promise.LADDER),
        (TellKind.OVERDUE, Promise.ANSWER),
        (TellKind.MANAGER, Promise.MANAGER),
    ],
)
def test_a_ring_that_tells_nobody_is_found(
    database: Database,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    kind: TellKind,
    promise: Promise,
) -> None:
    rung: Rung = life.rung

    def mute(case: CaseState, clock: Clock, at: Moment) -> Change:
        change = rung(case, clock, at)
        return replace(change, tell=tuple(one for one in change.tell if one.kind is not kind))

    monkeypatch.setattr(life, "rung", mute)
    week, end = simulated(database, desk)
    assert promise in missed(report.audit(week, end))


def test_what_was_done_to_the_store_is_found(database: Database, desk: Desk) -> None:
    week, end = simulated(database, desk)
    with database.transaction() as tx:
        tx.execute("alter table event disable trigger event_kept")
        tx.execute("update event set who = 'sam' where id = (select max(id) from event)")
        tx.execute("alter table event enable trigger event_kept")
        tx.execute(
            "delete from clock where case_id = "
            "(select min(id) from cases where status not in ('closed', 'dismissed'))"
        )
        tx.execute(
            """insert into notice (key, kind, case_id, person, recipient, created_at)
               select 'late', 'escalation', case_id, 'pat', 'pat', at + interval '1 minute'
               from event where what = 'acknowledged' and who = 'pat' order by id desc limit 1"""
        )
    found = missed(report.audit(week, end))
    assert {Promise.CHAIN, Promise.NEXT, Promise.QUIET} <= found


def test_working_time_of_the_audit_is_that_of_the_desk(desk: Desk) -> None:
    opening = desk.before.hours
    for step in range(0, 14 * 24 * 60, 97):
        moment = START + timedelta(minutes=step)
        assert hours.is_open(moment) == duty.is_open(opening, moment)
        assert hours.opening(moment) == duty.next_opening(opening, moment)
        length = timedelta(minutes=step % 2_000 + 1)
        expected = duty.after_working(opening, moment, length)
        assert hours.after(moment, length.total_seconds(), True) == expected
