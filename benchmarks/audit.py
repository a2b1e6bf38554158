"""Sealing and verifying a long history: seconds, and memory, which must not grow with it.

python -m benchmarks.audit [--events 1000000]
"""

import argparse
import resource
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from triage.store import Database, audit

PER_CASE = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="triage-") as folder:
        database = Database.open("", Path(folder))
        _fill(database, options.events // PER_CASE)
        before, start = _peak(), perf_counter()
        audit.seal(database, datetime.now(UTC))
        sealed = perf_counter()
        verdict = audit.verify(database, print)
        done = perf_counter()
        database.close()
    print(f"{verdict.events} events of {verdict.cases} cases, {verdict.broken} broken")
    print(f"sealed in {sealed - start:.1f} s, verified in {done - sealed:.1f} s")
    print(f"memory: {before:.0f} MiB before, {_peak():.0f} MiB at most")


def _fill(database: Database, cases: int) -> None:
    """Chains as the database's own trigger makes them, but all cases at once, entry by entry."""
    with database.transaction() as tx:
        tx.execute("set local session_replication_role = replica")
        tx.execute(
            """insert into cases (customer_name, customer_address, subject, severity)
               select 'Customer', 'c' || n || '@customer.example', 'Order', 'high'
               from generate_series(1, %s) as n""",
            [cases],
        )
        for place in range(1, PER_CASE + 1):
            tx.execute(
                """insert into event (case_id, who, what, data, place, before, hash)
                   select id, 'triage', 'reminded', '{"times": 1, "to": ["pat"]}', %s, head, ''
                   from cases order by random()""",
                [place],
            )
            tx.execute("update event set hash = event_hash(event) where place = %s", [place])
            tx.execute(
                """update cases set head = event.hash, revision = place from event
                   where case_id = cases.id and place = %s""",
                [place],
            )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
