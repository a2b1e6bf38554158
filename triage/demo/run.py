"""Everything the demo needs, started in order and stopped in reverse."""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from email.utils import parseaddr
from pathlib import Path
from threading import Event

import typer
from pydantic import SecretStr

from service.accounts import manage
from service.accounts.manage import COMMAND_LINE, Wanted
from service.permissions import Role
from triage.cli import roles, wiring
from triage.cli.user import sign_in_link
from triage.config import Desk, Mailbox, Settings, Smtp, Web
from triage.demo import INTERRUPTED, page
from triage.demo.customers import FOLDER, writing
from triage.demo.imap_server import ImapAddress, imap_server
from triage.demo.point_inbox import HOST, PointInbox, Received
from triage.demo.samples import DESK
from triage.errors import ConfigError
from triage.store import Database, accounts
from triage.store.accounts import Account

_DOMAIN = DESK.rpartition("@")[2].rstrip(">")
POINT = f"Pat Point <pat.point@{_DOMAIN}>"


def run(data: Path, port: int) -> int:
    """See ``triage.demo.run_demo``."""
    with ExitStack() as started:
        try:
            return _run(started, data, port)
        except KeyboardInterrupt:  # while starting; later, it is the roles that see to it
            return INTERRUPTED


def _run(started: ExitStack, data: Path, port: int) -> int:
    _require_free(port)
    started.enter_context(_only_one(data))
    typer.echo("Starting PostgreSQL, a mail server and the watcher ...")
    inbox = data / "point-person"
    sink = started.enter_context(PointInbox(inbox, _tell))
    mail = started.enter_context(imap_server(data / "mailbox"))
    settings = demo_settings(data, port, mail, sink.port)
    store = wiring.database(settings)
    started.callback(store.close)
    parts = {
        "watch": roles.watching(settings, store),
        "work": roles.working(settings, store),
        "serve": roles.serving(settings, store, page.router(inbox)),
        "customers": writing(mail),
    }
    _welcome(settings, store)
    code = roles.run(parts, Event())
    typer.echo(f"Stopped. The data stays in {data}; the next start goes on from here.")
    return code


def demo_settings(data: Path, port: int, mail: ImapAddress, smtp_port: int) -> Settings:
    """Settings as a file would give them, whatever ``TRIAGE_*`` says."""
    mailbox = Mailbox(
        host=mail.host,
        port=mail.port,
        security="plain",
        user=mail.user,
        password=SecretStr(mail.password),
        folders=(FOLDER,),
        since=date(2000, 1, 1),
    )
    return Settings.model_construct(
        data=data,
        desk=Desk(
            name="Harbour Help Desk",
            sender=f"Triage <triage@{_DOMAIN}>",
            point=(POINT,),
            own_addresses=(DESK,),
        ),
        smtp=Smtp(host=HOST, port=smtp_port, security="plain"),
        web=Web(port=port),
        mailboxes={"demo": mailbox},
    )


def _welcome(settings: Settings, store: Database) -> None:
    base, link = settings.web.base_url, sign_in_link(settings, store, _point_account(store).login)
    typer.echo(
        f"Customers write every few seconds; what needs a person is told to {POINT}.\n"
        f"\n  Open {link}\n"
        f"\nThe Point Person's inbox is at {base}{page.PATH}. Ctrl-C stops the demo.\n"
    )


def _point_account(store: Database) -> Account:
    """Who the link signs in: the Point Person, who here may see all there is."""
    name, address = parseaddr(POINT)
    login = address.partition("@")[0]
    with store.transaction() as tx:
        found = accounts.by_login(tx, login)
    roles = frozenset({Role.POINT, Role.MANAGER, Role.ADMIN})
    return found or manage.add(store, login, Wanted(name, roles, address), "", COMMAND_LINE)


def _tell(mail: Received) -> None:
    """One line for each notice. A customer's name may hold anything, a terminal may not."""
    line = "".join(c if c.isprintable() else " " for c in mail.subject)
    typer.echo(f"Told the Point Person: {line}")


def _require_free(port: int) -> None:
    """Raises ``ConfigError`` when the port is taken or is not ours to take."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise ConfigError(
                f"port {port} cannot be used ({error}); name another with --port, "
                "or `make demo PORT=...`"
            ) from None


@contextmanager
def _only_one(data: Path) -> Iterator[None]:
    """Hold the data folder. Raises ``ConfigError`` when another demo does, or it is not ours."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "demo.lock").open("w")
    except OSError as error:
        raise ConfigError(f"{data}: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(
                f"a demo is running on {data}; stop it first, or name another folder with --data"
            ) from None
        yield
