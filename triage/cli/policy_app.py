"""The commands of ``triage policy``, and their options."""

from pathlib import Path
from typing import Annotated

import typer

from triage.cli.options import ConfigPath, settings_at

policy_app = typer.Typer(help="Look after the policy.", no_args_is_help=True)


@policy_app.command("check")
def policy_check(
    file: Annotated[Path | None, typer.Argument(help="Default: the policy in force.")] = None,
    config_path: ConfigPath = None,
) -> None:
    """Try a policy on its own examples. Exit code 1 when one comes out otherwise."""
    from triage.cli.check import check_policy

    raise typer.Exit(check_policy(file or settings_at(config_path).policy))


@policy_app.command("try")
def policy_try(
    file: Annotated[Path | None, typer.Argument(help="Default: the policy in force.")] = None,
    since: Annotated[str, typer.Option(help="A span such as 30d, 12h, 4w, or a date.")] = "30d",
    threshold: Annotated[
        list[str] | None, typer.Option(help="signal=0.6; may be given several times.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    config_path: ConfigPath = None,
) -> None:
    """Replay the mail of the past under another policy or threshold; nothing is changed."""
    from triage.cli.policy import try_policy

    settings = settings_at(config_path)
    raise typer.Exit(try_policy(settings, file, since, threshold or (), as_json=as_json))
