"""The commands. Exit codes: 0 done, 1 done but something is not as it should be, 2 refused."""

import sys
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from triage.cli.audit import audit_app
from triage.cli.case_app import case_app
from triage.cli.complaint_app import complaint_app
from triage.cli.duty_app import duty_app
from triage.cli.mailbox_app import mailbox_app
from triage.cli.notice_app import notice_app
from triage.cli.options import ConfigPath, settings_at
from triage.cli.policy_app import policy_app
from triage.cli.user_app import user_app
from triage.errors import TriageError
from triage.log import configure

app = typer.Typer(
    name="triage",
    help="Watches a help desk's mailbox and tells the person on duty about upset customers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(case_app, name="case")
app.add_typer(complaint_app, name="complaint")
app.add_typer(duty_app, name="duty")
app.add_typer(mailbox_app, name="mailbox")
app.add_typer(policy_app, name="policy")
app.add_typer(notice_app, name="notice")
app.add_typer(user_app, name="user")
app.add_typer(audit_app, name="audit")


def main() -> None:
    """Entry point: a wrong setting or input gives one clear message and exit code 2."""
    try:
        app()
    except TriageError as error:
        print(f"triage: {error}", file=sys.stderr)  # noqa: T201 - the command's own voice
        sys.exit(2)


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("triage.toml"),
) -> None:
    """Write a settings file with a comment on everything in it."""
    from triage.cli.init import write_settings

    write_settings(path)
    typer.echo(f"Wrote {path}. Fill in the mailbox and the Point Person, then: triage check")


@app.command()
def check(config_path: ConfigPath = None) -> None:
    """Try every mailbox, the mail server, the database, the model and the policy."""
    from triage.cli.check import check_everything

    raise typer.Exit(check_everything(settings_at(config_path)))


@app.command()
def run(config_path: ConfigPath = None) -> None:
    """Watch, work and serve in one process."""
    _run(config_path, "watch", "work", "serve")


@app.command()
def watch(config_path: ConfigPath = None) -> None:
    """Watch the mailboxes. Start as many as you like: each folder has one watcher at a time."""
    _run(config_path, "watch")


@app.command()
def work(config_path: ConfigPath = None) -> None:
    """Send the notices. Start as many as you like."""
    _run(config_path, "work")


@app.command()
def serve(config_path: ConfigPath = None) -> None:
    """Serve the page, the API, health and metrics."""
    _run(config_path, "serve")


def _run(config_path: Path | None, *names: str) -> None:
    from triage.cli import roles, wiring

    settings = settings_at(config_path)
    store = wiring.database(settings)
    makers = {"watch": roles.watching, "work": roles.working, "serve": roles.serving}
    try:
        parts = {name: makers[name](settings, store) for name in names}
        if "serve" in names:
            from triage.cli.user import how_to_come_in

            typer.echo(how_to_come_in(settings, store))
        code = roles.run(parts, Event())
    finally:
        store.close()
    raise typer.Exit(code)


@app.command()
def demo(
    data: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path("demo-data"),
    port: Annotated[int, typer.Option(help="Port of the page.")] = 8420,
) -> None:
    """The whole of it on this machine: a mailbox that customers write to, and the inbox of the
    Point Person."""
    from triage.demo import run_demo

    configure("warning")
    raise typer.Exit(run_demo(data, port))


@app.command()
def score(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help=".eml files, Maildirs, mbox files, folders of .eml; - reads one mail."),
    ] = None,
    text: Annotated[str | None, typer.Option(help="Score this text instead of mails.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a mail.")] = False,
    config_path: ConfigPath = None,
) -> None:
    """Read mails and say what would become of each; nothing is kept and nobody is told.

    Exit code 0: all read. 1: at least one mail could not be read. 2: wrong usage or settings.
    """
    from triage.cli.score import score_paths

    settings = settings_at(config_path)
    raise typer.Exit(score_paths(settings, paths or [], text, as_json=as_json))


@app.command()
def backfill(
    mailbox: Annotated[str | None, typer.Argument(help="Which one; default all.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Nothing received before.")] = None,
    flag: Annotated[
        bool, typer.Option("--flag", help="Open cases and tell the Point Person, as if new.")
    ] = False,
    config_path: ConfigPath = None,
) -> None:
    """Read mail older than the cut-off, for figures and history. Opens no case unless asked."""
    from triage.cli.mailbox import backfill as backfill_all

    raise typer.Exit(backfill_all(settings_at(config_path), mailbox, since, flag=flag))


@app.command()
def draft(
    case: Annotated[str, typer.Argument(help="Such as T-1001.")],
    step: Annotated[str, typer.Argument(help="What it is for; a wrong one is told which exist.")],
    file: Annotated[Path | None, typer.Option(help="Templates of your own.")] = None,
    config_path: ConfigPath = None,
) -> None:
    """Print a draft of what to write to the customer, checked; nothing is sent.

    Exit code 1 when the draft must not leave as it is; why is said on standard error.
    """
    from triage.cli.drafts import print_draft

    settings = settings_at(config_path)
    raise typer.Exit(print_draft(settings, case, step, file or settings.drafts))


@app.command()
def guide(
    case: Annotated[str, typer.Argument(help="Such as T-1001.")],
    file: Annotated[Path | None, typer.Option(help="Guidance of your own.")] = None,
    config_path: ConfigPath = None,
) -> None:
    """Which step one is at with a case, and what to do now."""
    from triage.cli.drafts import print_guidance

    settings = settings_at(config_path)
    raise typer.Exit(print_guidance(settings, case, file or settings.guidance))
