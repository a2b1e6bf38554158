"""The whole week under audit, and its table."""

from collections import Counter
from datetime import datetime

from benchmarks.week import story
from benchmarks.week.audit import audited
from benchmarks.week.run import Week
from benchmarks.week.verdict import Promise, Verdict

SHOWN = 20
"""Misses that the report spells out."""


def audit(week: Week, end: datetime) -> Verdict:
    verdict = Verdict()
    with week.database.transaction() as tx:
        stories = story.read(tx, end)
        broken = set(story.broken_chains(tx))
    known = {one.row.id for one in stories}
    for thread, case_id in week.threads.items():
        found = case_id in known and case_id not in broken
        verdict.hold(Promise.LOST, case_id, None, case_id in known, f"customer {thread}")
        verdict.hold(Promise.CHAIN, case_id, None, found, "the history is not whole")
    for one in stories:
        verdict.hold(Promise.LOST, one.row.id, None, bool(one.events), "no history")
        audited(one, week.desk, verdict, end)
        for event in one.events:
            if event.data.get("because") == "it had no clocks":
                verdict.missed(Promise.NEXT, one.row.id, event.at, "had to be adopted")
    if week.clockless:
        verdict.missed(Promise.NEXT, 0, None, f"{week.clockless} cases without a clock")
    return verdict


def table(verdict: Verdict) -> list[str]:
    lines = [
        "| promise | cases | kept | kept late, but escalated | silently missed |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for promise in Promise:
        cells = " | ".join(f"{number:,}" for number in verdict.row(promise))
        lines.append(f"| {promise} | {cells} |")
    return lines


def misses(verdict: Verdict) -> list[str]:
    return [
        f"- case {one.case_id}, {one.promise}: {one.what} ({one.at or 'at the end'})"
        for one in verdict.misses[:SHOWN]
    ]


def figures(week: Week) -> list[str]:
    """What happened, in numbers."""
    with week.database.transaction() as tx:
        statuses = dict(tx.execute("select status, count(*) from cases group by status").fetchall())
        levels = dict(tx.execute("select severity, count(*) from cases group by 1").fetchall())
        kinds = dict(tx.execute("select kind, count(*) from notice group by kind").fetchall())
        sources = dict(tx.execute("select source, count(*) from cases group by 1").fetchall())
    return [
        f"- cases by severity: {_counted(levels)}; by source: {_counted(sources)}",
        f"- how they stand at the end: {_counted(statuses)}",
        f"- notices: {_counted(kinds)}",
        f"- deeds: {_counted(week.staff.done)}",
        f"- deeds refused, with a reason each: {week.staff.refused.total():,}",
    ]


def _counted(numbers: dict[str, int] | Counter[str]) -> str:
    ordered = sorted(numbers.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {number:,}" for name, number in ordered)
