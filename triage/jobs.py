"""The jobs that a flag sets off, on procrastinate: thin, each calls one function."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event

import structlog
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.jobs import Job, Status
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from triage.caseload import Tell
from triage.store import Transaction

log = structlog.get_logger()

STALLED_SECONDS = 12.0
"""A worker silent for so long is taken for dead and its jobs go to another."""
HOUSEKEEPING = frozenset({"rescue", "sweep", "hand_out"})


@dataclass(frozen=True, slots=True)
class Duties:
    """What the jobs do, each safe to be done twice."""

    deliver: Callable[[int], None]
    """Hands over the notice with this id; raises when it must be tried again."""
    tell_operator: Callable[[int], None]
    """Tells the operator of the notice with this id that was refused for good."""
    sweep: Callable[[], None]
    """Looks, every minute, for notices that no job is about to take, and for what is due once a
    day."""
    hand_out: Callable[[], object] = lambda: None
    """Gives, every other second, what programs outside are to be told its jobs."""
    tell_outside: Callable[[int], None] = lambda _: None
    """Sends the delivery with this id to a program outside; raises when it must be tried again."""
    bring_in: Callable[[int], None] = lambda _: None
    """Reads the batch of mail with this id that somebody sent in."""


class Patience(BaseRetryStrategy):
    """Tries again for ever: after 5 s, then twice as long each time up to 5 minutes."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        seconds = min(300, 5 * 2 ** min(job.attempts, 10))
        return RetryDecision(retry_in={"seconds": seconds})


class LongPatience(BaseRetryStrategy):
    """Tries again for days: after 5 s, then twice as long each time up to an hour."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        return RetryDecision(retry_in={"seconds": min(3600, 5 * 2 ** min(job.attempts, 12))})


def make_app(url: str, duties: Duties) -> App:
    """The app with its tasks, for a worker; not open yet."""
    app = App(connector=PsycopgConnector(conninfo=url, kwargs={"application_name": "triage work"}))

    @app.task(name="deliver", retry=Patience())
    def deliver(notice_id: int) -> None:
        duties.deliver(notice_id)

    @app.task(name="tell_operator", retry=Patience())
    def tell_operator(notice_id: int) -> None:
        duties.tell_operator(notice_id)

    @app.periodic(cron="* * * * * */5")  # seconds come last
    @app.task(name="rescue", queueing_lock="rescue", pass_context=True)
    async def rescue(context: JobContext, timestamp: int) -> None:
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            log.warning("job taken from a dead worker", job=job.id, task=job.task_name)
            if job.task_name in HOUSEKEEPING:  # the next one is on its way
                await manager.finish_job(job, Status.FAILED, delete_job=True)
            else:
                await manager.retry_job(job)
        await manager.prune_stalled_workers(STALLED_SECONDS)

    @app.periodic(cron="* * * * *")
    @app.task(name="sweep", queueing_lock="sweep")
    def sweep(timestamp: int) -> None:
        duties.sweep()

    _add_outside(app, duties)
    return app


def _add_outside(app: App, duties: Duties) -> None:
    """What goes to programs outside, and what came from there."""

    @app.task(name="tell_outside", retry=LongPatience())
    def tell_outside(delivery_id: int) -> None:
        duties.tell_outside(delivery_id)

    @app.task(name="bring_in", retry=Patience())
    def bring_in(batch_id: int) -> None:
        duties.bring_in(batch_id)

    @app.periodic(cron="* * * * * */2")
    @app.task(name="hand_out", queueing_lock="hand_out")
    def hand_out(timestamp: int) -> None:
        duties.hand_out()


def teller(url: str) -> Tell:
    """Defers the delivery of a notice on the transaction that states its flag."""
    return _deferrer(url, "deliver", "notice_id")


def operator_teller(url: str) -> Tell:
    return _deferrer(url, "tell_operator", "notice_id")


def outside_teller(url: str) -> Tell:
    """Defers the delivery of an event to a program outside."""
    return _deferrer(url, "tell_outside", "delivery_id")


def bringer(url: str) -> Tell:
    """Defers the reading of mail that was sent in."""
    return _deferrer(url, "bring_in", "batch_id")


def _deferrer(url: str, task: str, argument: str) -> Tell:
    app = App(connector=PsycopgConnector(conninfo=url))

    def defer(tx: Transaction, id: int) -> None:
        app.configure_task(task, connection=tx).defer(**{argument: id})

    return defer


async def work(url: str, duties: Duties, stop: Event) -> None:
    """Work off jobs until told to stop; those under way are finished first."""
    app = make_app(url, duties)
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=4,
                install_signal_handlers=False,
                fetch_job_polling_interval=5.0,
                update_heartbeat_interval=STALLED_SECONDS / 4,
                stalled_worker_timeout=STALLED_SECONDS,
                delete_jobs="successful",
                shutdown_graceful_timeout=30.0,
            )
        )
        stopped = asyncio.create_task(asyncio.to_thread(stop.wait))
        await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if worker.done():
            stop.set()
            await worker  # raises what ended it
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker
