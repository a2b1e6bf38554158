"""The commands of ``triage mailbox``, and their options."""

from typing import Annotated

import typer

from triage.cli.options import ConfigPath, settings_at

mailbox_app = typer.Typer(help="Look after mailboxes.", no_args_is_help=True)


@mailbox_app.command()
def reconcile(
    mailbox: Annotated[str | None, typer.Argument(help="Which one; default all.")] = None,
    config_path: ConfigPath = None,
) -> None:
    """Compare what the server holds with the ledger and name every difference.

    Exit code 1 when the server holds a mail that the ledger lacks.
    """
    from triage.cli.mailbox import reconcile as reconcile_all

    raise typer.Exit(reconcile_all(settings_at(config_path), mailbox))


@mailbox_app.command("list")
def list_mailboxes(config_path: ConfigPath = None) -> None:
    """How each watched folder is doing."""
    from triage.cli.mailbox import show_health

    raise typer.Exit(show_health(settings_at(config_path)))


@mailbox_app.command()
def forget(
    mailbox: Annotated[str, typer.Argument(help="One that is no longer watched.")],
    config_path: ConfigPath = None,
) -> None:
    """Drop a mailbox that is no longer watched from the list of health. Its ledger stays."""
    from triage.cli.mailbox import forget_health

    raise typer.Exit(forget_health(settings_at(config_path), mailbox))
