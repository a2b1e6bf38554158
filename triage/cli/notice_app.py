"""The commands of ``triage notice``, and their options."""

import typer

from triage.cli.options import ConfigPath, settings_at

notice_app = typer.Typer(help="Look after notices that did not get out.", no_args_is_help=True)


@notice_app.command("list")
def notice_list(config_path: ConfigPath = None) -> None:
    """Notices that are not out: waiting, deferred, refused. Exit code 1 when one was refused."""
    from triage.cli.notice import show_unsent

    raise typer.Exit(show_unsent(settings_at(config_path)))


@notice_app.command("retry")
def notice_retry(config_path: ConfigPath = None) -> None:
    """Try refused notices again, once their cause is mended."""
    from triage.cli.notice import retry_refused

    raise typer.Exit(retry_refused(settings_at(config_path)))
