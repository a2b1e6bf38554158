"""The commands of ``triage case``, and their options."""

from datetime import datetime
from typing import Annotated, Literal

import typer
from typer.core import TyperCommand, TyperGroup

from triage.cli.options import TIMES, ConfigPath, Who, settings_at
from triage.types import Severity

case_app = typer.Typer(
    help="Look after cases: what runs out first, what to do, what to log.", no_args_is_help=True
)

Case = Annotated[str, typer.Argument(help="Such as T-1001.")]
MailId = Annotated[int, typer.Argument(metavar="MAIL", help="Its number: see triage case mails.")]


@case_app.command("list")
def list_(
    owner: Annotated[str, typer.Option(help="Only those that this person has, by id.")] = "",
    severity: Annotated[Severity | None, typer.Option(help="Only of this severity.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Lines at most.")] = 50,
    config_path: ConfigPath = None,
) -> None:
    """Open cases, what runs out first at the top. Exit code 1 when something is overdue."""
    from triage.cli.case import list_cases

    raise typer.Exit(list_cases(settings_at(config_path), owner, severity, limit))


@case_app.command()
def show(case: Case, config_path: ConfigPath = None) -> None:
    """One case: what runs, what was promised, what happened, what may be done next."""
    from triage.cli.case import show_case

    raise typer.Exit(show_case(settings_at(config_path), case))


@case_app.command()
def mails(
    sender: Annotated[str, typer.Argument(help="Only from this mail address.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Lines at most.")] = 30,
    config_path: ConfigPath = None,
) -> None:
    """The newest mails, flagged or not, each with the number that `triage case flag` takes."""
    from triage.cli.case import list_mails

    raise typer.Exit(list_mails(settings_at(config_path), sender, limit))


@case_app.command()
def flag(
    mail: MailId,
    severity: Annotated[Severity, typer.Option(help="How serious it is.")],
    who: Who,
    note: Annotated[str, typer.Option(help="For colleagues.")] = "",
    config_path: ConfigPath = None,
) -> None:
    """Flag a mail by hand, whatever the model made of it. Done twice it does nothing more."""
    from triage.cli.case import flag_mail

    raise typer.Exit(flag_mail(settings_at(config_path), mail, severity, who, note))


@case_app.command("help")
def help_(
    mail: MailId,
    who: Who,
    why: Annotated[str, typer.Option(help="What you need.")],
    config_path: ConfigPath = None,
) -> None:
    """Ask the Rep Supervisor or a Specialist for help with a mail that is in no case yet, or in
    one. It is flagged where it was not."""
    from triage.cli.case import ask_help

    raise typer.Exit(ask_help(settings_at(config_path), mail, who, why))


@case_app.command()
def log(
    *,
    how: Annotated[Literal["call", "chat", "visit"], typer.Option(help="How they came.")],
    who: Who,
    words: Annotated[str, typer.Option(help="What they said; - reads standard input.")],
    severity: Annotated[
        Severity | None, typer.Option(help="Without it the policy decides by the words.")
    ] = None,
    name: Annotated[str, typer.Option(help="The customer's name.")] = "",
    mail: Annotated[str, typer.Option(help="The customer's mail address.")] = "",
    phone: Annotated[str, typer.Option(help="The customer's phone number.")] = "",
    subject: Annotated[str, typer.Option(help="In a few words.")] = "",
    case: Annotated[str, typer.Option(help="The case they called about, such as T-1001.")] = "",
    at: Annotated[
        datetime | None,
        typer.Option(formats=TIMES, metavar="TIME", help="When, as 2026-11-24 15:00; default now."),
    ] = None,
    config_path: ConfigPath = None,
) -> None:
    """Log a call, a chat or a visit: the same clocks and notices as for a mail.

    It joins the case that --case names, else the customer's open one, else it opens one.
    """
    from triage.cli.case import LogOptions, log_contact

    said = LogOptions(how, who, words, severity, name, mail, phone, subject, case, at)
    raise typer.Exit(log_contact(settings_at(config_path), said))


class _Deeds(TyperGroup):
    """A command for every deed, made when one is asked for: ``triage --help`` need not wait."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        from triage.cli.deeds import commands

        return list(commands())

    def get_command(self, ctx: typer.Context, name: str) -> TyperCommand | None:  # type: ignore[override]
        from triage.cli.deeds import commands

        return commands().get(name)


do_app = typer.Typer(cls=_Deeds, no_args_is_help=True)
case_app.add_typer(do_app, name="do")


@do_app.callback()
def do(context: typer.Context, case: Case, config_path: ConfigPath = None) -> None:
    """Do something with a case: triage case do T-1001 acknowledge --who pat

    Exit code 2, with the reason, where the case does not allow it.
    """
    context.obj = (config_path, case)
