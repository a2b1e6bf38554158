"""The commands of ``triage complaint``, and their options."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from triage.cli.options import ConfigPath, settings_at

complaint_app = typer.Typer(
    help="Look after complaints: the log, the records, what keeps happening.",
    no_args_is_help=True,
)

Case = Annotated[str, typer.Argument(help="Such as T-1001.")]
Text = Annotated[str, typer.Argument(help='Words to be found: words, "a phrase", or, -not.')]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        "-w",
        help="As status=closed; also severity, cause, product, team, fault, owner, source and "
        "customer. Given several times: for one field either, for different fields all.",
    ),
]
Since = Annotated[datetime | None, typer.Option(help="Opened then or later, desk's wall clock.")]
Until = Annotated[datetime | None, typer.Option(help="Opened before.")]
Overdue = Annotated[bool, typer.Option("--overdue", help="Only with a promise past its date.")]


@complaint_app.command("list")
def list_(
    *,
    text: Text = "",
    where: Where = None,
    since: Since = None,
    until: Until = None,
    overdue: Overdue = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Lines at most.")] = 50,
    before: Annotated[str, typer.Option(help="Only cases older than this one.")] = "",
    config_path: ConfigPath = None,
) -> None:
    """The log, newest first, narrowed down by whatever is given."""
    from triage.cli.complaints import list_complaints, wanted

    settings = settings_at(config_path)
    chosen = wanted(settings, text, where or [], (since, until), overdue=overdue)
    raise typer.Exit(list_complaints(settings, chosen, limit, before))


@complaint_app.command()
def show(case: Case, config_path: ConfigPath = None) -> None:
    """One complaint's record. Exit code 1 where something is missing for closing."""
    from triage.cli.complaints import show_complaint

    raise typer.Exit(show_complaint(settings_at(config_path), case))


@complaint_app.command()
def report(
    case: Case,
    to: Annotated[Path, typer.Argument(help="A file that ends in .pdf or .html.")],
    customer: Annotated[
        bool, typer.Option("--customer", help="The customer's copy: nothing internal in it.")
    ] = False,
    letter: Annotated[bool, typer.Option("--letter", help="US letter instead of A4.")] = False,
    config_path: ConfigPath = None,
) -> None:
    """Write the incident report. Exit code 1 where it is not complete."""
    from triage.cli.complaints import write_report

    paper: Literal["a4", "letter"] = "letter" if letter else "a4"
    settings = settings_at(config_path)
    raise typer.Exit(write_report(settings, case, to, for_customer=customer, paper=paper))


@complaint_app.command()
def export(
    *,
    to: Annotated[Path, typer.Argument(help="A file that ends in .csv, .xlsx or .jsonl.")],
    text: Text = "",
    where: Where = None,
    since: Since = None,
    until: Until = None,
    overdue: Overdue = False,
    config_path: ConfigPath = None,
) -> None:
    """Write the log, or what is chosen of it."""
    from triage.cli.complaints import export_log, wanted

    settings = settings_at(config_path)
    chosen = wanted(settings, text, where or [], (since, until), overdue=overdue)
    raise typer.Exit(export_log(settings, chosen, to))


@complaint_app.command()
def trends(
    since: Since = None,
    until: Until = None,
    config_path: ConfigPath = None,
) -> None:
    """What keeps happening, how long customers wait, and promises kept; default 90 days."""
    from triage.cli.complaint_trends import show_trends

    raise typer.Exit(show_trends(settings_at(config_path), since, until))
