"""``triage mailbox`` and ``triage backfill``: what the server holds against what we hold."""

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

import typer
from rich.console import Console
from rich.progress import Progress

from triage.cli import folders, wiring
from triage.config import Mailbox, Settings
from triage.errors import ConfigError, MailboxError
from triage.mailbox import Source
from triage.pipeline import Reader, Saver
from triage.store import Database, ledger, mailboxes
from triage.watcher import as_cutoff, first_day

_BATCH = 64


def _chosen(settings: Settings, name: str | None) -> list[tuple[Mailbox, Source]]:
    chosen = [pair for pair in folders.sources(settings) if name in {None, pair[1].name}]
    if not chosen:
        known = ", ".join(settings.mailboxes)
        raise ConfigError(f"no mailbox is called {name}; there are: {known}")
    return chosen


def reconcile(settings: Settings, name: str | None) -> int:
    """Compare server and ledger, folder by folder; 1 when a mail was missed, else 0."""
    with closing(wiring.database(settings)) as store:
        return max([_reconcile_one(store, *pair) for pair in _chosen(settings, name)])


def _reconcile_one(store: Database, mailbox: Mailbox, source: Source) -> int:
    label, key = f"{source.name}/{source.folder}", (source.name, source.folder)
    with store.transaction() as tx:
        cutoff = mailboxes.meet(tx, *key, as_cutoff(mailbox.since))
    try:
        source.open()
        held, due = set(source.uids()), set(source.uids(since=first_day(cutoff)))
        uidvalidity = source.uidvalidity
    except MailboxError as error:
        typer.echo(f"FAIL  {label}: {error}")
        return 1
    finally:
        source.close()
    with store.transaction() as tx:
        entered = ledger.entered(tx, *key, uidvalidity)
        earlier = ledger.under_other_uidvalidity(tx, *key, uidvalidity)
    missed = due - set(entered)
    typer.echo(f"{label}: UIDVALIDITY {uidvalidity}, cut-off {cutoff:%Y-%m-%d %H:%M %Z}")
    typer.echo(f"  {len(held):7} on the server, {len(entered)} in the ledger")
    for outcome, count in sorted(Counter(entered.values()).items()):
        typer.echo(f"  {count:7} {outcome}")
    _tell("on the server before the cut-off, not read", held - due - set(entered))
    _tell("in the ledger, no longer on the server", set(entered) - held)
    _tell("MISSED: on the server, not in the ledger", missed)
    if earlier:
        typer.echo(f"  {earlier:7} entered under an earlier UIDVALIDITY")
    return 1 if missed else 0


def _tell(what: str, uids: set[int]) -> None:
    if uids:
        typer.echo(f"  {len(uids):7} {what}: {_ranges(sorted(uids))}")


def _ranges(uids: Sequence[int]) -> str:
    """``[1, 2, 3, 7]`` as ``1-3, 7``, the way IMAP people read it."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], uid]
        else:
            runs.append([uid])
    return ", ".join("-".join(map(str, run)) for run in runs)


def show_health(settings: Settings) -> int:
    """Each folder's state; 1 when one is in trouble, else 0."""
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        folders = mailboxes.everyone(tx)
    for folder in folders:
        seen = f"{folder.seen_at:%Y-%m-%d %H:%M:%S %Z}" if folder.seen_at else "never"
        line = f"{folder.state:9} {folder.mailbox}/{folder.folder}  last answer {seen}"
        typer.echo(f"{line}  {folder.trouble}".rstrip())
    if not folders:
        typer.echo("No folder has been watched yet.")
    return 1 if any(folder.state in {"trouble", "refused"} for folder in folders) else 0


def forget_health(settings: Settings, name: str) -> int:
    """Drop a mailbox's folders from the list of health; 1 when it had none."""
    if name in settings.mailboxes:
        raise ConfigError(f"{name} is still in the settings: take it out of them first")
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        count = mailboxes.forget(tx, name)
    typer.echo(f"{count} folders of {name} forgotten.")
    return 0 if count else 1


def backfill(settings: Settings, name: str | None, since: datetime | None, *, flag: bool) -> int:
    """Read what lies before the cut-off and is not in the ledger; 1 when a mailbox failed."""
    with closing(wiring.database(settings)) as store:
        filler = _Backfill(
            store,
            wiring.reader(settings),
            Saver(wiring.caseload(settings, store), quiet=not flag),
            since.astimezone(UTC) if since else None,
        )
        return max([filler.fill(source) for _, source in _chosen(settings, name)])


@dataclass(frozen=True, slots=True)
class _Backfill:
    store: Database
    reader: Reader
    saver: Saver
    since: datetime | None

    def fill(self, source: Source) -> int:
        label = f"{source.name}/{source.folder}"
        try:
            source.open()
            counts = self._read(source, self._unread(source), label)
        except MailboxError as error:
            typer.echo(f"FAIL  {label}: {error}; what was read is kept, start again to go on")
            return 1
        finally:
            source.close()
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        typer.echo(f"{label}: {told or 'nothing to read'}")
        return 0

    def _unread(self, source: Source) -> list[int]:
        with self.store.transaction() as tx:
            entered = ledger.entered(tx, source.name, source.folder, source.uidvalidity)
        held = source.uids(since=first_day(self.since) if self.since else None)
        return [uid for uid in held if entered.get(uid, ledger.TOO_OLD) == ledger.TOO_OLD]

    def _read(self, source: Source, uids: Sequence[int], label: str) -> Counter[str]:
        counts: Counter[str] = Counter()
        with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task(label, total=len(uids))
            raws = (
                raw for raw in source.fetch(uids) if not self.since or raw.received >= self.since
            )
            while batch := [self.reader.parsed(raw) for raw in islice(raws, _BATCH)]:
                readings = self.reader.read(batch)
                with self.store.transaction() as tx:
                    self.saver.save(tx, readings)
                counts.update(reading.decision.outcome for reading in readings)
                progress.advance(task, len(batch))
        return counts
