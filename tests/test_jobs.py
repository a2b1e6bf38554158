"""The queue on a true database: deferred with the fact, worked off, taken from the dead."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from procrastinate.jobs import Job

from tests.caseloads import caseload
from tests.readings import flagged
from tests.waiting import PATIENCE, until
from triage import jobs
from triage.errors import DeliveryDeferred
from triage.pipeline import Saver
from triage.store import Database


class Worker:
    """``triage work`` in a thread, delivering as told."""

    def __init__(self, url: str, deliver: Callable[[int], None]) -> None:
        self.operator_told: list[int] = []
        self.stop = Event()
        duties = jobs.Duties(deliver, self.operator_told.append, lambda: None)
        self.thread = Thread(target=lambda: asyncio.run(jobs.work(url, duties, self.stop)))

    def __enter__(self) -> "Worker":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


def _save_flag(database: Database) -> None:
    with database.transaction() as tx:
        Saver(caseload("pat@desk.example", tell=jobs.teller(database.url))).save(tx, [flagged()])


def test_a_flags_job_is_worked_off(database: Database) -> None:
    done: list[int] = []
    with Worker(database.url, done.append):
        _save_flag(database)
        until(lambda: done == [1])


def test_a_job_of_a_transaction_rolled_back_is_none(database: Database) -> None:
    class Undone(Exception):
        pass

    done: list[int] = []
    with pytest.raises(Undone), database.transaction() as tx:
        Saver(caseload("pat@desk.example", tell=jobs.teller(database.url))).save(tx, [flagged()])
        raise Undone
    _save_flag(database)
    with Worker(database.url, done.append):
        until(lambda: done)
    assert done == [2]


def test_a_deferred_delivery_is_tried_again(database: Database) -> None:
    attempts: list[int] = []

    def deliver(notice: int) -> None:
        attempts.append(notice)
        if len(attempts) == 1:
            raise DeliveryDeferred("451 try later")

    _save_flag(database)
    with Worker(database.url, deliver):
        until(lambda: len(attempts) == 2)


def test_the_operator_is_told_by_a_job(database: Database) -> None:
    with Worker(database.url, lambda _: None) as worker:
        with database.transaction() as tx:
            jobs.operator_teller(database.url)(tx, 7)
        until(lambda: worker.operator_told == [7])


def test_a_job_of_a_dead_worker_is_taken_over(database: Database) -> None:
    """A job marked as under way by a worker whose heartbeat stopped, as after SIGKILL."""
    _save_flag(database)
    with database.transaction() as tx:
        tx.execute(
            """with dead as (
                 insert into procrastinate_workers (last_heartbeat)
                 values (now() - interval '1 hour') returning id)
               update procrastinate_jobs set status = 'doing', worker_id = dead.id from dead
               where task_name = 'deliver'"""
        )
    done: list[int] = []
    with Worker(database.url, done.append):
        until(lambda: done == [1])


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 5), (1, 10), (3, 40), (6, 300), (99, 300)])
def test_patience_never_ends(attempts: int, seconds: int) -> None:
    job = Job(
        id=1,
        queue="default",
        lock=None,
        queueing_lock=None,
        task_name="deliver",
        attempts=attempts,
    )
    before = datetime.now(UTC)
    decision = jobs.Patience().get_retry_decision(exception=DeliveryDeferred("451"), job=job)
    assert decision.retry_at is not None
    pause = timedelta(seconds=seconds)
    tick = timedelta(seconds=1)
    assert before + pause - tick <= decision.retry_at <= datetime.now(UTC) + pause
