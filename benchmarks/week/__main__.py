"""The full week, its audit, and its report; exit code 1 if anything was silently missed."""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from time import monotonic, process_time

from benchmarks.week import report
from benchmarks.week.desk import LEE_LEAVES, POLICY_CHANGES, Desk
from benchmarks.week.hours import START, ZONE
from benchmarks.week.run import Week
from triage.store import Database


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=2_000)
    parser.add_argument("--days", type=int, default=7, help="over which cases begin")
    parser.add_argument("--after", type=int, default=5, help="days that all goes on for")
    parser.add_argument("--seed", type=int, default=4711)
    parser.add_argument("--report", type=Path, help="also write the report to this file")
    options = parser.parse_args()
    started, busy = monotonic(), process_time()
    # A crash of the simulation loses nothing that matters: it need not wait for the disk.
    os.environ["PGOPTIONS"] = "-c synchronous_commit=off"
    with tempfile.TemporaryDirectory(prefix="triage-") as folder:
        database = Database.open("", Path(folder))
        try:
            week = Week(database, Desk.written(Path(folder)), options.seed)
            end = week.run(options.cases, options.days, options.after)
            verdict = report.audit(week, end)
            lines = [
                *_HEAD.format(
                    cases=options.cases,
                    days=options.days,
                    after=options.after,
                    seed=options.seed,
                    start=START.astimezone(ZONE),
                    lee=LEE_LEAVES.astimezone(ZONE),
                    policy=POLICY_CHANGES.astimezone(ZONE),
                ).splitlines(),
                "",
                *report.table(verdict),
                "",
                *(report.misses(verdict) or ["Nothing was missed in silence."]),
                "",
                "What happened:",
                "",
                *report.figures(week),
                f"- simulated in {week.steps:,} steps; open cases were looked over for a next"
                f" event {week.looks} times; {monotonic() - started:.0f} s in all, of which"
                f" {process_time() - busy:.0f} s of this process' own work",
            ]
        finally:
            database.close()
    print("\n".join(lines))
    if options.report:
        options.report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if verdict.misses else 0


_HEAD = """# A simulated week

`python -m benchmarks.week` lets {cases:,} customers write or ring over {days} days, from
{start:%A}, {start:%d %B %Y}, on, and all go on for {after} days more. The life of the cases is the
program's own, on a true PostgreSQL; only the time is simulated, and jumps from one event to the
next. Customers come in the pattern of a help desk, and in two storms, one of them at night; they
write again, calm, angry or threatening, say that it works now, or fall silent. The people of the
desk are quick, slow or asleep, overlook notices, forget what they began, swap turns, are ill;
hold cases, promise and break promises, hand over, also to somebody who left ({lee:%A} noon). The
Manager is on holiday for three days, the policy changes in between ({policy:%A}), and on Sunday
the clocks are put back.

Then every case is audited from its history and the notices alone, by arithmetic that shares no
code with the life of a case (only who is on duty comes from the rota, which has proofs of its
own). *Kept late, but escalated* means that a person let a time go by and that whoever had to hear
of it did, in time, again and again; *silently missed* that the program failed. Seed {seed}."""

if __name__ == "__main__":
    sys.exit(main())
