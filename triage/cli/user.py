"""The work of ``triage user``: accounts, their ways in, their tokens."""

import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from urllib.parse import urlencode

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from service.accounts import coming_in, manage
from service.accounts.manage import COMMAND_LINE, Wanted
from service.permissions import Role, Scope
from triage.cli import wiring
from triage.config import Settings
from triage.errors import ActRefused
from triage.store import Database, accounts, tokens
from triage.store.accounts import Account


def how_to_come_in(settings: Settings, store: Database) -> str:
    """What is said when the service starts: where it is, and the code of the first start."""
    code = coming_in.set_up_code(store)
    if code is None:
        return f"Open {settings.web.base_url}"
    return (
        f"Open {settings.web.base_url}/set-up and make the first account.\n"
        f"The code, good for an hour: {code}"
    )


def sign_in_link(settings: Settings, store: Database, login: str) -> str:
    """An address that signs ``login`` in once, within a day. Raises ``ActRefused``."""
    code = coming_in.link_code(store, login, by=COMMAND_LINE.who)
    return f"{settings.web.base_url}/sign-in/link?{urlencode({'code': code})}"


def show_accounts(settings: Settings) -> int:
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        found = accounts.everyone(tx)
    table = Table("Login", "Name", "Roles", "In the rota", "State")
    for one in found:
        state = f"disabled {_day(one.disabled_at)}" if one.disabled_at else "may sign in"
        cells = (one.login, one.name, ", ".join(one.roles), one.person, state)
        table.add_row(*map(escape, cells))
    Console().print(table)
    return 0


def add_account(settings: Settings, login: str, wanted: Wanted, *, link: bool) -> int:
    password = "" if link else asked_password()
    with closing(wiring.database(settings)) as store:
        made = manage.add(store, login, wanted, password, COMMAND_LINE)
        typer.echo(f"{made.login} may sign in now.")
        if link:
            typer.echo(f"Once, within a day, with {sign_in_link(settings, store, made.login)}")
    return 0


def change_account(
    settings: Settings,
    login: str,
    *,
    roles: Iterable[Role] | None,
    person: str | None,
    name: str | None,
) -> int:
    """What is ``None`` stays as it is."""
    with closing(wiring.database(settings)) as store:
        now = _account(store, login)
        wanted = Wanted(
            name=now.name if name is None else name,
            roles=frozenset(map(Role, now.roles) if roles is None else roles),
            person=now.person if person is None else person,
            mail=now.mail,
        )
        changed = manage.change(store, now.id, wanted, COMMAND_LINE)
    typer.echo(f"{changed.login}: {', '.join(changed.roles) or 'no roles'}")
    return 0


def set_password(settings: Settings, login: str) -> int:
    password = asked_password()
    with closing(wiring.database(settings)) as store:
        manage.set_password(store, _account(store, login).id, password, COMMAND_LINE)
    typer.echo(f"{login} has a new password and was signed out everywhere.")
    return 0


def set_disabled(settings: Settings, login: str, *, disabled: bool) -> int:
    with closing(wiring.database(settings)) as store:
        manage.set_disabled(store, _account(store, login).id, COMMAND_LINE, disabled=disabled)
    typer.echo(f"{login} may {'no longer' if disabled else 'again'} sign in.")
    return 0


def show_code(settings: Settings, login: str) -> int:
    """Without ``login`` the code of the set-up, else a link for it."""
    with closing(wiring.database(settings)) as store:
        if login:
            typer.echo(sign_in_link(settings, store, manage.good_login(login)))
            return 0
        code = coming_in.set_up_code(store)
    if code is None:
        raise ActRefused("there are accounts already; name one: triage user code LOGIN")
    typer.echo(f"{code}  for {settings.web.base_url}/set-up, good for an hour")
    return 0


def make_token(
    settings: Settings, login: str, name: str, scopes: Iterable[Scope], days: int
) -> int:
    """Prints the secret alone on standard output, so that it can be piped to where it belongs."""
    with closing(wiring.database(settings)) as store:
        made, secret = manage.make_token(
            store,
            _account(store, login).id,
            name,
            scopes,
            lasts=timedelta(days=days),
            by=COMMAND_LINE,
        )
    typer.echo(f"Token {made.id}, until {_day(made.expires_at)}; shown this once:", err=True)
    typer.echo(secret)
    return 0


def show_tokens(settings: Settings) -> int:
    with closing(wiring.database(settings)) as store, store.transaction() as tx:
        found = tokens.everyone(tx)
    table = Table("Id", "Of", "Name", "Begins", "Scopes", "Until", "Used", "Revoked")
    for one in found:
        days = [_day(at) for at in (one.expires_at, one.used_at, one.revoked_at)]
        scopes = ", ".join(one.scopes)
        table.add_row(str(one.id), one.login, escape(one.name), one.hint, scopes, *days)
    Console().print(table)
    return 0


def revoke_token(settings: Settings, token_id: int) -> int:
    with closing(wiring.database(settings)) as store:
        if not manage.revoke_token(store, token_id, COMMAND_LINE):
            raise ActRefused(f"there is no token {token_id}")
    typer.echo(f"Token {token_id} is good for nothing any more.")
    return 0


def asked_password() -> str:
    """Typed twice on a terminal, else the first line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline(4096).rstrip("\r\n")


def _account(store: Database, login: str) -> Account:
    with store.transaction() as tx:
        found = accounts.by_login(tx, login.strip().lower())
    if found is None:
        raise ActRefused(f"there is no account {login!r}; triage user list shows all")
    return found


def _day(at: datetime | None) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}" if at else ""
