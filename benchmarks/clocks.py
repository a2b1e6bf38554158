"""Clocks of 10,000 open cases on one ``triage work``: how late they ring, what a look costs.

One worker on the bundled database and a true SMTP server. Clocks fall due evenly, then a thousand
at the same moment; each ring is a transaction of its own with its entry in the history and its
notice, and the worker sends the mails besides. Limit: p99 under 2 s. Then the cost of one look for
due clocks without closed cases and beside 100,000 of them, limit: the same within a half, and the
plans of both queries. Beside it, what the database alone takes for one such transaction.

    python -m benchmarks.clocks [--open 10000] [--closed 100000] [--rate 20] [--burst 1000]
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import Any

import numpy as np
import psutil

from tests import house, readings
from tests.caseloads import caseload
from tests.servers.smtp import SmtpServer
from triage import jobs
from triage.pipeline import Saver
from triage.ringer import Ringer
from triage.store import Database, Transaction, life

POINT = "Pat Point <pat@desk.example>"
SECONDS = 60
"""How long clocks fall due evenly."""
SETTLED = 180.0
LOOKS = 300


@dataclass(frozen=True, slots=True)
class Phase:
    """Seconds that clocks rang late, the worker's share of a processor meanwhile, and how many
    rang a second while there were any."""

    late: list[float]
    busy: float
    rate: float


@dataclass(slots=True)
class Explaining:
    """Stands in for a transaction and asks for plans instead of rows."""

    tx: Transaction
    plan: list[str] = field(default_factory=list)

    def execute(self, query: str, values: list[Any]) -> list[tuple[Any, ...]]:
        rows = self.tx.execute("explain " + query, values).fetchall()
        self.plan = [str(row[0]) for row in rows]
        return []


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--closed", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--burst", type=int, default=1_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="triage-") as folder:
        database = Database.open("", Path(folder))
        try:
            _fill(database, options.open)
            print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
            even, burst = _lateness(database, Path(folder), options)
            print("| clocks fall due | rings | late p50 | p99 | most | rings/s | worker's CPU |")
            print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
            print(_row(f"{options.rate:g} a second", even))
            print(_row(f"{options.burst:,} at once", burst))
            print("limit: p99 under 2 s")
            print(f"the database alone: {_bare(database) * 1e3:.2f} ms for a ring's statements")
            _looks(database, options.closed)
            print(f"\nload at the end: {os.getloadavg()[0]:.1f}")
        finally:
            database.close()


def _fill(database: Database, count: int) -> None:
    """As many open cases, each as one that was flagged has it; their clocks are far off."""
    with database.transaction() as tx:
        Saver(caseload(POINT)).save(tx, [readings.flagged(1)])
        tx.execute("update notice set state = 'sent'")
        _clone(tx, "cases", count - 1, "id = source.id + n")
        _clone(tx, "mail", count - 1, "id = source.id + n, digest = n::text, case_id = 1001 + n")
        _clone(tx, "assessment", count - 1, "mail_id = source.mail_id + n")
        _clone(
            tx,
            "flag",
            count - 1,
            "id = source.id + n, case_id = source.case_id + n, mail_id = source.mail_id + n",
        )
        _clone(tx, "clock", count - 1, "case_id = source.case_id + n")
        tx.execute("update clock set due = now() + interval '3 days'")
        tx.execute(
            """insert into event (case_id, who, what) select id, 'triage', 'flagged' from cases
               where id > 1001"""
        )
        tx.execute("select setval(pg_get_serial_sequence('cases', 'id'), max(id)) from cases")
    _tidy(database)


def _clone(tx: Transaction, table: str, count: int, changed: str) -> None:
    """Rows like those that are there, ``count`` of each, but for what is ``changed``."""
    differs = dict(one.split(" = ", 1) for one in changed.split(", "))
    if table == "cases":
        differs |= {"revision": "0", "head": "''"}
    rows = tx.execute(
        """select column_name from information_schema.columns
           where table_name = %s and table_schema = 'public' and is_generated = 'NEVER'""",
        [table],
    )
    columns = [str(row[0]) for row in rows]
    values = ", ".join(differs.get(name, f"source.{name}") for name in columns)
    tx.execute(
        f"""insert into {table} ({", ".join(columns)}) overriding system value
            select {values} from {table} as source, generate_series(1, {count}) as n"""
    )


def _tidy(database: Database) -> None:
    with database.pool.connection() as connection:
        connection.autocommit = True
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")
        connection.autocommit = False


def _lateness(database: Database, folder: Path, options: argparse.Namespace) -> tuple[Phase, Phase]:
    with SmtpServer() as smtp:
        text = house.SETTINGS.format(
            imap_host="localhost",
            imap_port=1,
            imap_password="none",
            smtp_host=smtp.host,
            smtp_port=smtp.port,
            web_port=0,
        )
        settings = folder / "triage.toml"
        settings.write_text(text)
        worker = house.start("work", settings, database.url)
        try:
            _until(database, "select count(*) > 0 from procrastinate_workers")
            sleep(3)
            evenly = int(options.rate * SECONDS)
            busy = psutil.Process(worker.pid)
            even = _phase(database, busy, 0, evenly, 1 / options.rate)
            _until(database, "select count(*) = 0 from notice where state = 'waiting'")
            burst = _phase(database, busy, evenly, options.burst, 0.0)
        finally:
            house.stop(worker, 60)
    return even, burst


def _phase(
    database: Database, worker: psutil.Process, first: int, count: int, apart: float
) -> Phase:
    """Clocks of ``count`` cases fall due, the first in two seconds, the others ``apart``."""
    start = datetime.now(UTC) + timedelta(seconds=2)
    low, high = 1001 + first, 1001 + first + count
    with database.transaction() as tx:
        tx.execute(
            """update clock set due = %s + (case_id - %s) * %s * interval '1 second'
               where kind = 'acknowledge' and case_id >= %s and case_id < %s""",
            [start, low, apart, low, high],
        )
        due = dict(
            tx.execute(
                """select case_id, due from clock
                   where kind = 'acknowledge' and case_id >= %s and case_id < %s""",
                [low, high],
            ).fetchall()
        )
    before, began = _cpu(worker), monotonic()
    _until(
        database,
        f"""select count(*) = {count} from event
            where what in ('reminded', 'escalated') and case_id >= {low} and case_id < {high}""",
    )
    share = (_cpu(worker) - before) / (monotonic() - began)
    with database.transaction() as tx:
        rows = tx.execute(
            """select case_id, min(at) from event where what in ('reminded', 'escalated')
               and case_id >= %s and case_id < %s group by case_id""",
            [low, high],
        ).fetchall()
    rang = [at for _, at in rows]
    late = [(at - due[case_id]).total_seconds() for case_id, at in rows]
    return Phase(late, share, count / (max(rang) - start).total_seconds())


def _cpu(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


def _row(name: str, phase: Phase) -> str:
    p50, p99 = np.percentile(phase.late, [50, 99])
    return (
        f"| {name} | {len(phase.late):,} | {p50:.2f} s | {p99:.2f} s | {max(phase.late):.2f} s"
        f" | {phase.rate:.0f} | {phase.busy:.0%} |"
    )


def _bare(database: Database, times: int = 300) -> float:
    """Seconds that a transaction takes which does no more than a ring writes: the case, its clock,
    an entry in its history, a notice and its job."""
    tell = jobs.teller(database.url)
    start = perf_counter()
    for number in range(times):
        case_id = 1001 + number
        with database.transaction() as tx:
            tx.execute("select 1 from cases where id = %s for update", [case_id])
            tx.execute("update cases set changed_at = now() where id = %s", [case_id])
            tx.execute("update clock set round = round + 1 where case_id = %s", [case_id])
            tx.execute(
                "insert into event (case_id, who, what) values (%s, 'none', 'bare')", [case_id]
            )
            row = tx.execute(
                "insert into notice (key, kind, case_id, recipient) values (%s, 'flag', %s, 'n')"
                " returning id",
                [f"bare-{number}", case_id],
            ).fetchone()
            assert row is not None
            tell(tx, int(row[0]))
    return (perf_counter() - start) / times


def _looks(database: Database, closed: int) -> None:
    """What looking for due clocks costs, first without closed cases, then with them."""
    without = _cost_of_looking(database)
    with database.transaction() as tx:
        tx.execute("alter table cases disable trigger user")
        tx.execute(
            f"""insert into cases (customer_name, customer_address, subject, severity, status,
                                   timetable, ended_at)
                select customer_name, customer_address, subject, severity, 'closed', timetable,
                       now()
                from cases, generate_series(1, {closed})
                where id = 1001"""
        )
        tx.execute("alter table cases enable trigger user")
    _tidy(database)
    beside = _cost_of_looking(database)
    print()
    print(f"| a look (median of {LOOKS}) | no closed case | beside {closed:,} | ratio |")
    print("| --- | ---: | ---: | ---: |")
    for name, first in without.items():
        print(f"| {name} | {first:.2f} ms | {beside[name]:.2f} ms | {beside[name] / first:.2f} |")
    print("limit: a ratio of 1.5")
    for name, plan in _plans(database).items():
        print(f"\n{name}:")
        print("\n".join(f"  {line}" for line in plan))


def _cost_of_looking(database: Database) -> dict[str, float]:
    """Milliseconds of a ringer's step with nothing due, of one that also looks for cases without
    a clock, and of one that rings a clock."""
    loads = caseload(POINT)
    ringer = Ringer(database, loads, lambda now: 0)
    with _nothing_due(database):
        ringer.step()
        plain = _median(ringer.step)

        def adopting() -> None:
            ringer._looked = None
            ringer.step()

        whole = _median(adopting)
    numbers = iter(range(1001, 1001 + LOOKS))

    def ringing() -> None:
        ringer.step()

    def one_due() -> None:
        with database.transaction() as tx:
            tx.execute(
                "update clock set due = now() where kind = 'acknowledge' and case_id = %s",
                [next(numbers)],
            )

    return {
        "nothing due": plain,
        "nothing due, and for cases without a clock": whole,
        "one clock rings": _median(ringing, one_due),
    }


@contextmanager
def _nothing_due(database: Database) -> Iterator[None]:
    """Clocks that fell due while nobody worked ring again in days."""
    with database.transaction() as tx:
        tx.execute("update clock set due = now() + interval '3 days' where due < now()")
        tx.execute("update clock set due = due + interval '1 day'")
    _tidy(database)
    yield


def _median(does: Callable[[], object], before: Callable[[], None] = lambda: None) -> float:
    spent = []
    for _ in range(LOOKS):
        before()
        start = perf_counter()
        does()
        spent.append((perf_counter() - start) * 1e3)
    return float(np.median(spent))


def _plans(database: Database) -> dict[str, list[str]]:
    plans = {}
    with database.transaction() as tx:
        for name, ask in {
            "due_cases": lambda one: life.due_cases(one, datetime.now(UTC), 100),
            "clockless": life.clockless,
        }.items():
            explaining = Explaining(tx)
            ask(explaining)  # type: ignore[no-untyped-call]
            plans[name] = explaining.plan
    return plans


def _until(database: Database, question: str) -> None:
    deadline = monotonic() + SETTLED
    while monotonic() < deadline:
        with database.transaction() as tx:
            if tx.execute(question).fetchone() == (True,):
                return
        sleep(0.25)
    raise TimeoutError(question)


if __name__ == "__main__":
    main()
