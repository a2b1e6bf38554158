"""The commands of ``triage user``, and their options."""

from typing import Annotated

import typer

from service.permissions import Role, Scope
from triage.cli.options import ConfigPath, settings_at

user_app = typer.Typer(help="Look after who may use the desk.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="What they sign in with.")]
Roles = Annotated[list[Role] | None, typer.Option("--role", help="Once for each role.")]
Name = Annotated[str | None, typer.Option(help="As others see it.")]
InRota = Annotated[
    str | None,
    typer.Option("--person", help="Who they act as: an id of the duty file, else an address."),
]


@user_app.command("list")
def user_list(config_path: ConfigPath = None) -> None:
    """Everybody who may sign in, and those who may no longer."""
    from triage.cli.user import show_accounts

    raise typer.Exit(show_accounts(settings_at(config_path)))


@user_app.command("add")
def user_add(
    login: Login,
    *,
    name: Name = None,
    roles: Roles = None,
    person: InRota = None,
    mail: Annotated[str, typer.Option(help="Their mail address.")] = "",
    link: Annotated[
        bool, typer.Option("--link", help="No password: print a link that signs them in once.")
    ] = False,
    config_path: ConfigPath = None,
) -> None:
    """Make an account. The password is asked for, or read from standard input."""
    from service.accounts.manage import Wanted
    from triage.cli.user import add_account

    wanted = Wanted(name or login, frozenset(roles or ()), person or "", mail)
    raise typer.Exit(add_account(settings_at(config_path), login, wanted, link=link))


@user_app.command("roles")
def user_roles(
    login: Login,
    roles: Annotated[list[Role], typer.Argument(help="All the roles they are to have.")],
    config_path: ConfigPath = None,
) -> None:
    """Give somebody these roles and no others; it signs them out."""
    from triage.cli.user import change_account

    settings = settings_at(config_path)
    raise typer.Exit(change_account(settings, login, roles=roles, person=None, name=None))


@user_app.command("change")
def user_change(
    login: Login, name: Name = None, person: InRota = None, config_path: ConfigPath = None
) -> None:
    """Change somebody's name, or who they act as; what is not named stays."""
    from triage.cli.user import change_account

    settings = settings_at(config_path)
    raise typer.Exit(change_account(settings, login, roles=None, person=person, name=name))


@user_app.command("password")
def user_password(login: Login, config_path: ConfigPath = None) -> None:
    """Set a new password, asked for or read from standard input; it signs them out."""
    from triage.cli.user import set_password

    raise typer.Exit(set_password(settings_at(config_path), login))


@user_app.command("disable")
def user_disable(login: Login, config_path: ConfigPath = None) -> None:
    """Nobody signs in with it any more, and its tokens are no good; nothing is forgotten."""
    from triage.cli.user import set_disabled

    raise typer.Exit(set_disabled(settings_at(config_path), login, disabled=True))


@user_app.command("enable")
def user_enable(login: Login, config_path: ConfigPath = None) -> None:
    """Take a disabling back."""
    from triage.cli.user import set_disabled

    raise typer.Exit(set_disabled(settings_at(config_path), login, disabled=False))


@user_app.command("code")
def user_code(
    login: Annotated[str, typer.Argument(help="For a link; without it the set-up's code.")] = "",
    config_path: ConfigPath = None,
) -> None:
    """Print a code for the first account, or a link that signs somebody in once."""
    from triage.cli.user import show_code

    raise typer.Exit(show_code(settings_at(config_path), login))


@user_app.command("token")
def user_token(
    login: Login,
    scopes: Annotated[list[Scope], typer.Option("--scope", help="Once for each scope.")],
    name: Annotated[str, typer.Option(help="What it is for.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it is good.")],
    config_path: ConfigPath = None,
) -> None:
    """Make a token for a program; its secret is shown this once."""
    from triage.cli.user import make_token

    raise typer.Exit(make_token(settings_at(config_path), login, name, scopes, days))


@user_app.command("tokens")
def user_tokens(config_path: ConfigPath = None) -> None:
    """Every token there is or was."""
    from triage.cli.user import show_tokens

    raise typer.Exit(show_tokens(settings_at(config_path)))


@user_app.command("revoke")
def user_revoke(
    token_id: Annotated[int, typer.Argument(help="Its number in the list.")],
    config_path: ConfigPath = None,
) -> None:
    """Make a token good for nothing, at once."""
    from triage.cli.user import revoke_token

    raise typer.Exit(revoke_token(settings_at(config_path), token_id))
