"""The commands. Exit codes: 0 done, 1 done but something is not as it should be, 2 refused."""

import sys
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from triage import config
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
mailbox_app = typer.Typer(help="Look after mailboxes.", no_args_is_help=True)
policy_app = typer.Typer(help="Look after the policy.", no_args_is_help=True)
notice_app = typer.Typer(help="Look after notices that did not get out.", no_args_is_help=True)
duty_app = typer.Typer(help="Look after people and their rota.", no_args_is_help=True)
app.add_typer(duty_app, name="duty")
app.add_typer(mailbox_app, name="mailbox")
app.add_typer(policy_app, name="policy")
app.add_typer(notice_app, name="notice")

ConfigPath = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file; default $TRIAGE_CONFIG or triage.toml."),
]


def main() -> None:
    """Entry point: a wrong setting or input gives one clear message and exit code 2."""
    try:
        app()
    except TriageError as error:
        print(f"triage: {error}", file=sys.stderr)  # noqa: T201 - the command's own voice
        sys.exit(2)


def _settings(path: Path | None) -> config.Settings:
    settings = config.load(path)
    configure(settings.log)
    return settings


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

    raise typer.Exit(check_everything(_settings(config_path)))


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

    settings = _settings(config_path)
    store = wiring.database(settings)
    makers = {"watch": roles.watching, "work": roles.working, "serve": roles.serving}
    try:
        parts = {name: makers[name](settings, store) for name in names}
        if "serve" in names:
            typer.echo(f"Open {settings.web.base_url}/?key={wiring.access_key(settings)}")
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

    settings = _settings(config_path)
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

    raise typer.Exit(backfill_all(_settings(config_path), mailbox, since, flag=flag))


@mailbox_app.command()
def reconcile(
    mailbox: Annotated[str | None, typer.Argument(help="Which one; default all.")] = None,
    config_path: ConfigPath = None,
) -> None:
    """Compare what the server holds with the ledger and name every difference.

    Exit code 1 when the server holds a mail that the ledger lacks.
    """
    from triage.cli.mailbox import reconcile as reconcile_all

    raise typer.Exit(reconcile_all(_settings(config_path), mailbox))


@mailbox_app.command("list")
def list_mailboxes(config_path: ConfigPath = None) -> None:
    """How each watched folder is doing."""
    from triage.cli.mailbox import show_health

    raise typer.Exit(show_health(_settings(config_path)))


@mailbox_app.command()
def forget(
    mailbox: Annotated[str, typer.Argument(help="One that is no longer watched.")],
    config_path: ConfigPath = None,
) -> None:
    """Drop a mailbox that is no longer watched from the list of health. Its ledger stays."""
    from triage.cli.mailbox import forget_health

    raise typer.Exit(forget_health(_settings(config_path), mailbox))


@policy_app.command("check")
def policy_check(
    file: Annotated[Path | None, typer.Argument(help="Default: the policy in force.")] = None,
    config_path: ConfigPath = None,
) -> None:
    """Try a policy on its own examples. Exit code 1 when one comes out otherwise."""
    from triage.cli.check import check_policy

    raise typer.Exit(check_policy(file or _settings(config_path).policy))


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

    raise typer.Exit(show_duty(_settings(config_path)))


@duty_app.command("calendar")
def duty_calendar(
    days: Annotated[int, typer.Option(help="From now on.", min=1, max=400)] = 90,
    config_path: ConfigPath = None,
) -> None:
    """Print the Point rota as iCalendar, for a calendar program to read."""
    from triage.cli.duty import print_calendar

    raise typer.Exit(print_calendar(_settings(config_path), days))


@notice_app.command("list")
def notice_list(config_path: ConfigPath = None) -> None:
    """Notices that are not out: waiting, deferred, refused. Exit code 1 when one was refused."""
    from triage.cli.notice import show_unsent

    raise typer.Exit(show_unsent(_settings(config_path)))


@notice_app.command("retry")
def notice_retry(config_path: ConfigPath = None) -> None:
    """Try refused notices again, once their cause is mended."""
    from triage.cli.notice import retry_refused

    raise typer.Exit(retry_refused(_settings(config_path)))
