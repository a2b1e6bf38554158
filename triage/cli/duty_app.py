"""The commands of ``triage duty``, and their options."""

from pathlib import Path
from typing import Annotated

import typer

from triage.cli.options import ConfigPath, settings_at

duty_app = typer.Typer(help="Look after people and their rota.", no_args_is_help=True)


@duty_app.command("init")
def duty_init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("duty.toml"),
) -> None:
    """Write an example of people, rota and hours, with a comment on everything in it."""
    from triage.cli.init import write_duty

    write_duty(path)
    typer.echo(f"Wrote {path}. Put your people in, name it in triage.toml, then: triage duty show")


@duty_app.command("show")
def duty_show(config_path: ConfigPath = None) -> None:
    """Who is Point now and next, whom an emergency reaches, and the holes of the next week.

    Exit code 1 when the week has a hole, which the fallback covers.
    """
    from triage.cli.duty import show_duty

    raise typer.Exit(show_duty(settings_at(config_path)))


@duty_app.command("calendar")
def duty_calendar(
    days: Annotated[int, typer.Option(help="From now on.", min=1, max=400)] = 90,
    config_path: ConfigPath = None,
) -> None:
    """Print the Point rota as iCalendar, for a calendar program to read."""
    from triage.cli.duty import print_calendar

    raise typer.Exit(print_calendar(settings_at(config_path), days))
