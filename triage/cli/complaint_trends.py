"""``triage complaint trends``: what keeps happening, and how the desk keeps its word."""

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import typer

from triage.cli import wiring
from triage.cli.complaints import by_wall, desk
from triage.complaints.text import clean_line
from triage.config import Settings
from triage.store import trends


def show_trends(settings: Settings, since: datetime | None, until: datetime | None) -> int:
    """Print every trend of the period; by default the last 90 days."""
    zone, now = desk(settings)[0], datetime.now(UTC)
    start = by_wall(since, zone) or now - timedelta(days=90)
    period = trends.Period(start, by_wall(until, zone) or now)
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        _table("By cause", map(_counted, trends.by_cause(tx, period)))
        _table("By product", map(_counted, trends.by_product(tx, period)))
        _table("By team", map(_counted, trends.by_team(tx, period)))
        weeks = trends.by_week(tx, period, zone)
        _table("By week", (f"{one.cases:>6}  week of {one.monday}" for one in weeks))
        _table("Time to (median, nine in ten)", map(_waited, trends.waits(tx, period)))
        kept = trends.promises(tx, period, now)
        said = f"{kept.kept} kept, {kept.late} late, {kept.open} open, {kept.overdue} overdue"
        _table("Promises", [said])
        back = trends.repeat_customers(tx, period)
        _table(
            "Came back within 90 days",
            (f"{one.within:>6}  {clean_line(one.customer_address)}" for one in back),
        )
        rude = trends.rude(tx, period)
        _table(
            "Rude behaviour noted",
            (f"{one.notes:>6}  {clean_line(one.customer_address)}" for one in rude),
        )
    return 0


def _table(title: str, lines: Iterable[str]) -> None:
    typer.echo(f"{title}")
    for line in lines:
        typer.echo(f"  {line}")
    typer.echo()


def _counted(row: trends.Counted) -> str:
    ours = f", {row.ours} our fault" if row.ours else ""
    return f"{row.cases:>6}  {row.name or 'not said'}{ours}"


def _waited(one: trends.Waited) -> str:
    times = f"{_span(one.median):>10} {_span(one.p90):>10}"
    return f"{one.what:12}{times}  {one.cases} cases, {one.open} not yet"


def _span(waited: timedelta | None) -> str:
    """``2 d 3 h``, ``3 h 5 min``, ``5 min``."""
    if waited is None:
        return "-"
    minutes = round(waited.total_seconds() / 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
