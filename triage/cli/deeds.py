"""A command for every deed that the life of a case knows, made from the deed's own fields."""

import inspect
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import MISSING, Field, dataclass, fields
from datetime import datetime
from functools import cache
from typing import Annotated, Any, get_args

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from triage.cli import wiring
from triage.cli.complaints import by_wall, case_number, desk
from triage.cli.options import TIMES, ConfigPath, Who, settings_at
from triage.config import Settings
from triage.life import deeds

_NAME = re.compile(r"(?<!^)(?=[A-Z])")
_POLICY = re.compile(r" \(P\d+\)")
_HELP = {
    "Reopen": "Open a case again that had ended; it is yours then.",
    "GiveHelp": "You helped whoever asked for it.",
    "MakePromise": "Promise the customer something by a date.",
    "KeepPromise": "A promise was kept.",
    "ManagerAnswered": "The Manager answered the customer, as was asked.",
    "RaiseSeverity": "The case is more serious than it was taken for.",
    "AskHelp": "Ask the Rep Supervisor or a Specialist; asking beats ignoring.",
    "Insists": "The customer insists on a supervisor: a task for the Manager, to phone or to mail.",
    "Hold": "There is nothing to do before a moment; the hold ends by itself then.",
    "HandOver": "Hand the case to another person, with everything that must be known.",
}
_OPTIONS = {
    "why": "In your own words.",
    "reason": "In your own words.",
    "note": "For colleagues.",
    "done": "What was done for the customer.",
    "said": "What was said.",
    "text": "In your own words.",
    "what": "What you promised.",
    "number": "Its number in the case: see triage case show.",
    "due": "By when, by the desk's clock, as 2026-11-24 15:00.",
    "until": "Until when, by the desk's clock, as 2026-11-24 15:00.",
    "phone": "Where the customer can be called.",
    "mail": "Where the customer can be written to.",
}


def hyphened(deed: type[deeds.Deed]) -> str:
    """``TakeInHand`` as ``take-in-hand``."""
    return _NAME.sub("-", deed.__name__).lower()


@cache
def commands() -> dict[str, TyperCommand]:
    """By name, in the order of a case's life."""
    app = typer.Typer(rich_markup_mode=None)
    for deed in get_args(deeds.Deed):
        said = _HELP.get(deed.__name__) or _POLICY.sub("", deed.__doc__ or "")
        app.command(hyphened(deed), help=said)(_command(deed))
    made = get_command(app)
    assert isinstance(made, TyperGroup)
    return dict(made.commands)  # type: ignore[arg-type]


def _command(deed: type[deeds.Deed]) -> Callable[..., None]:
    """A function with an option for each field, as the command line reads functions."""

    def does(**given: Any) -> None:
        context, config_path = given.pop("context"), given.pop("config_path")
        asked = _Asked(context.obj[1], given.pop("who"), given.pop("revision"))
        _do(settings_at(config_path or context.obj[0]), asked, deed, given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    seen = Annotated[
        int | None, typer.Option(help="Refuse if the case has changed since this revision.")
    ]
    parameters = [
        inspect.Parameter("context", keyword, annotation=typer.Context),
        inspect.Parameter("who", keyword, annotation=Who),
        *(_parameter(field) for field in fields(deed)),
        inspect.Parameter("revision", keyword, default=None, annotation=seen),
        inspect.Parameter("config_path", keyword, default=None, annotation=ConfigPath),
    ]
    does.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    does.__annotations__ = {one.name: one.annotation for one in parameters}
    return does


def _parameter(field: "Field[Any]") -> inspect.Parameter:
    default = inspect.Parameter.empty if field.default is MISSING else field.default
    kind: Any = field.type
    help = _OPTIONS.get(field.name)
    if field.name == "to":
        help = "To whom, by id." if kind is str else "The new severity."
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, _option(kind, help)],
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """Of whom, by whom, and the revision that they saw."""

    case: str
    who: str
    revision: int | None


def _do(
    settings: Settings, asked: _Asked, deed: Callable[..., deeds.Deed], given: dict[str, Any]
) -> None:
    """Raises ``ActRefused`` with what the case lacks."""
    number, zone = case_number(asked.case), desk(settings)[0]
    said = {
        name: by_wall(value, zone) if isinstance(value, datetime) else value
        for name, value in given.items()
    }
    meant = deed(**said)
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        caseload = wiring.caseload(settings, store)
        after = caseload.act(tx, number, meant, asked.who, asked.revision)
    typer.echo(f"T-{after.id} is {after.status}; {after.owner or 'nobody'} has it.")


def _option(kind: Any, help: str | None) -> Any:
    if kind is datetime:
        return typer.Option(help=help, metavar="TIME", formats=TIMES)
    return typer.Option(help=help)
