"""``triage notice``: what did not get out, and trying again."""

from contextlib import closing

import typer

from triage import jobs
from triage.cli import wiring
from triage.config import Settings
from triage.store import notices


def show_unsent(settings: Settings) -> int:
    """List notices that are not out; 1 when one was refused for good, else 0."""
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        unsent = notices.unsent(tx)
    for notice in unsent:
        line = f"{notice.state:8} to {notice.recipient} since {notice.created_at:%Y-%m-%d %H:%M}"
        typer.echo(f"{line}  {notice.attempts} attempts  {notice.answer}".rstrip())
    if not unsent:
        typer.echo("Every notice is out.")
    return 1 if any(notice.state == "refused" for notice in unsent) else 0


def retry_refused(settings: Settings) -> int:
    """Put refused notices back in the queue, in one transaction with their jobs."""
    with closing(wiring.database(settings)) as store:
        tell = jobs.teller(store.url)
        with store.transaction() as tx:
            again = notices.reopen_refused(tx)
            for notice_id in again:
                tell(tx, notice_id)
    typer.echo(f"{len(again)} notices will be tried again.")
    return 0
