"""``triage audit``: whether the history of cases is what it was."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer

from triage.cli.options import ConfigPath, settings_at
from triage.errors import ConfigError
from triage.store.audit import Broken, Seal

audit_app = typer.Typer(help="Prove that the history was not changed.", no_args_is_help=True)


@audit_app.command()
def verify(
    seal: Annotated[
        list[str] | None,
        typer.Option(help="A seal kept elsewhere, as `triage audit seal` printed it."),
    ] = None,
    config_path: ConfigPath = None,
) -> None:
    """Walk every case's history, and make every seal again.

    Exit code 1 where an entry was changed, taken out, put in, or moved; the first of each case is
    named. A history rewritten as a whole shows in its seals.
    """
    from triage.cli import wiring
    from triage.store import audit

    outside = [_outside(one) for one in seal or []]
    with closing(wiring.database(settings_at(config_path))) as store:
        found = audit.verify(store, _say, outside)
    counts = f"{found.events} entries of {found.cases} cases, {found.seals} seals"
    typer.echo(f"{counts}: {found.broken or 'nothing'} broken")
    raise typer.Exit(1 if found.broken else 0)


@audit_app.command("seal")
def seal_now(config_path: ConfigPath = None) -> None:
    """Seal the history up to now, as happens once a day. Keep the line that this prints elsewhere:
    with it even a history that was rewritten together with its seals is found out."""
    from triage.cli import wiring
    from triage.store import audit

    with closing(wiring.database(settings_at(config_path))) as store:
        made = audit.seal(store, datetime.now(UTC))
    assert made is not None
    typer.echo(f"{made.events}:{made.hash.hex()}")


def _say(broken: Broken) -> None:
    typer.echo(f"BROKEN  {broken.reference}{': ' if broken.reference else ''}{broken.what}")


def _outside(text: str) -> Seal:
    events, _, digest = text.strip().partition(":")
    try:
        return Seal(0, datetime.now(UTC), int(events), bytes.fromhex(digest))
    except ValueError:
        raise ConfigError(f"--seal {text!r}: none that `triage audit seal` prints") from None
