"""Clocks ring on time, once, and whatever happens to another case."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest

from tests.at_work import AtWork, with_storm
from tests.caseloads import POLICY
from tests.servers.smtp import SmtpServer
from tests.waiting import PATIENCE, until
from triage.errors import StoreError
from triage.ringer import Ringer, keep_ringing
from triage.store import Database
from triage.types import Person

CASES = 12


@pytest.fixture
def desk(database: Database) -> Iterator[AtWork]:
    with SmtpServer() as smtp:
        yield AtWork(database, smtp, rules=with_storm(POLICY, 1_000))


@pytest.fixture
def waiting(desk: AtWork) -> list[int]:
    """Cases that wait for somebody to take them, their first reminders due now."""
    cases = [
        desk.flag(number, sender=Person("", f"c{number}@customer.example"))
        for number in range(1, CASES + 1)
    ]
    desk.now += timedelta(minutes=10)
    return cases


def rings(desk: AtWork) -> dict[int, int]:
    """Case -> reminders and escalations."""
    with desk.database.transaction() as tx:
        rows = tx.execute(
            """select case_id, count(*) from event where what in ('reminded', 'escalated')
               group by case_id"""
        ).fetchall()
    return {int(case): int(count) for case, count in rows}


def test_what_is_due_rings_once_and_what_is_not_does_not(desk: AtWork, waiting: list[int]) -> None:
    later = desk.flag(50, sender=Person("", "late@customer.example"))
    assert desk.ringer.step() is True
    assert desk.ringer.step() is False
    assert rings(desk) == dict.fromkeys(waiting, 1)
    assert later not in rings(desk)


def test_two_ringers_at_once_ring_each_clock_once(desk: AtWork, waiting: list[int]) -> None:
    together = Barrier(4)

    def ring() -> None:
        ringer = Ringer(desk.database, desk.caseload, desk.courier.bundle)
        together.wait()
        for _ in range(5):
            ringer.step()

    ringers = [Thread(target=ring) for _ in range(4)]
    for one in ringers:
        one.start()
    for one in ringers:
        one.join()
    assert rings(desk) == dict.fromkeys(waiting, 1)


def test_a_case_somebody_is_at_is_left_for_the_next_time(desk: AtWork, waiting: list[int]) -> None:
    with desk.database.transaction() as tx:
        tx.execute("select from cases where id = %s for update", [waiting[0]])
        desk.ringer.step()
        assert rings(desk) == dict.fromkeys(waiting[1:], 1)
    desk.ringer.step()
    assert rings(desk) == dict.fromkeys(waiting, 1)


def test_one_case_that_breaks_stops_no_other_and_is_tried_again(
    desk: AtWork, waiting: list[int], database: Database
) -> None:
    with database.transaction() as tx:
        row = tx.execute("select timetable from cases where id = %s", waiting[:1]).fetchone()
        assert row is not None
        tx.execute("update cases set timetable = '{}' where id = %s", waiting[:1])
    while desk.ringer.step():
        pass
    assert rings(desk) == dict.fromkeys(waiting[1:], 1)
    with database.transaction() as tx:
        from psycopg.types.json import Jsonb

        tx.execute("update cases set timetable = %s where id = %s", [Jsonb(row[0]), waiting[0]])
    desk.now += timedelta(minutes=2)
    desk.ringer.step()
    assert rings(desk)[waiting[0]] == 1


def test_ringing_goes_on_whatever_happens(desk: AtWork, waiting: list[int]) -> None:
    stop, failed = Event(), []

    def bundle(now: object) -> int:
        if len(failed) < 2:
            failed.append(True)
            raise StoreError("away") if len(failed) == 1 else KeyError("a bug")
        return 0

    ringer = Ringer(desk.database, desk.caseload, bundle)
    thread = Thread(target=keep_ringing, args=[ringer, stop])
    thread.start()
    try:
        until(lambda: len(failed) == 2 and len(rings(desk)) == CASES)
        assert thread.is_alive()
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert rings(desk) == dict.fromkeys(waiting, 1)


def test_a_case_that_cannot_be_given_clocks_stops_no_other(
    desk: AtWork, waiting: list[int], database: Database
) -> None:
    with database.transaction() as tx:
        tx.execute("delete from clock")
        tx.execute("update cases set timetable = '{}' where id = %s", waiting[:1])
    desk.ringer.step()
    with database.transaction() as tx:
        row = tx.execute("select count(distinct case_id) from clock").fetchone()
    assert row == (CASES - 1,)


def test_a_long_sleep_is_made_up_for_in_order(desk: AtWork, waiting: list[int]) -> None:
    """After a night without a worker each case is rung at once, and then by its times again."""
    desk.now += timedelta(hours=12)
    while desk.ringer.step():
        pass
    with desk.database.transaction() as tx:
        row = tx.execute("select min(due) > %s from clock", [desk.now]).fetchone()
    assert row == (True,)
    assert set(rings(desk)) == set(waiting)
