"""Coming in and going out: passwords, one-time links and the set-up of the first account."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service import keyring
from service.accounts import passwords
from service.accounts.visitor import Visitor
from service.permissions import Role
from triage.config import Web
from triage.errors import ActRefused
from triage.store import Database, Transaction, accounts, codes, desk_audit, sessions
from triage.store.accounts import Account
from triage.store.codes import Code

SET_UP, LINK = "set-up", "sign-in"
SET_UP_LASTS = timedelta(hours=1)
LINK_LASTS = timedelta(hours=24)
_WHERE = "command line"


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a browser calls from, and the digest of the cookie it came with, if any."""

    address: str
    agent: str
    cookie: bytes | None


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is in: ``secret`` is what their browser's cookie is to hold."""

    account: Account
    secret: str


def by_password(
    database: Database, web: Web, login: str, password: str, caller: Caller
) -> Entered | None:
    """In by login and password; ``None``, and noted, where they do not fit each other. It takes
    as long for a login that nobody has."""
    with database.transaction() as tx:
        account = accounts.by_login(tx, login)
        kept = accounts.password_of(tx, account.id) if account else ""
    right = passwords.matches(kept, password)
    now = datetime.now(UTC)
    with database.transaction() as tx:
        if not right or account is None or account.disabled_at is not None:
            # A login that nobody has may be a password in the wrong field: it is not kept.
            who = account.login if account else ""
            reason = "disabled" if right else "wrong password" if account else "unknown login"
            note_failure(tx, who, caller, now, reason)
            return None
        if passwords.outdated(kept):
            accounts.set_password(tx, account.id, passwords.hashed(password))
        return enter(tx, web, account, caller, how="password", now=now)


def by_link(database: Database, web: Web, code: str, caller: Caller) -> Entered | None:
    """In by a link that works once."""
    now = datetime.now(UTC)
    with database.transaction() as tx:
        taken = codes.take(tx, keyring.digest(keyring.typed_code(code)), LINK, now)
        account = accounts.by_id(tx, taken.account_id) if taken and taken.account_id else None
        if account is None or account.disabled_at is not None:
            note_failure(tx, "", caller, now, "no such link")
            return None
        return enter(tx, web, account, caller, how="link", now=now)


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """What the set-up asks for."""

    code: str
    login: str
    name: str
    password: str
    roles: frozenset[Role]
    person: str = ""


def set_up(database: Database, web: Web, first: FirstAccount, caller: Caller) -> Entered | None:
    """The first account, an admin; ``None`` where the code is wrong or there is an account.

    Raises ``ActRefused`` for a login or password that will not do; the code stays good.
    """
    passwords.require_good(first.password, login=first.login, name=first.name)
    hashed = passwords.hashed(first.password)
    now = datetime.now(UTC)
    with database.transaction() as tx:
        accounts.lock(tx)
        taken = codes.take(tx, keyring.digest(keyring.typed_code(first.code)), SET_UP, now)
        if taken is None or accounts.are_there_any(tx):
            note_failure(tx, "", caller, now, "wrong set-up code")
            return None
        account = accounts.create(
            tx,
            first.login,
            first.name,
            roles=first.roles | {Role.ADMIN},
            person=first.person,
            password=hashed,
            made_by=first.login,
            now=now,
        )
        codes.drop(tx, SET_UP)
        desk_audit.note(tx, desk_audit.SET_UP, who=account.login, address=caller.address, now=now)
        return enter(tx, web, account, caller, how="set-up", now=now)


def set_up_code(database: Database) -> str | None:
    """A code for ``/set-up``; ``None`` where there is an account already."""
    code, now = keyring.new_code(), datetime.now(UTC)
    with database.transaction() as tx:
        if accounts.are_there_any(tx):
            return None
        codes.make(tx, keyring.digest(code), SET_UP, Code(None), now=now, until=now + SET_UP_LASTS)
    return code


def link_code(database: Database, login: str, *, by: str) -> str:
    """A code for ``/sign-in/link`` that signs ``login`` in once. Raises ``ActRefused``."""
    code, now = keyring.new_code(), datetime.now(UTC)
    with database.transaction() as tx:
        account = accounts.by_login(tx, login)
        if account is None or account.disabled_at is not None:
            raise ActRefused(f"login: there is no account {login[:60]!r} that may sign in")
        codes.make(
            tx, keyring.digest(code), LINK, Code(account.id), now=now, until=now + LINK_LASTS
        )
        desk_audit.note(tx, desk_audit.CODE_MADE, who=by, address=_WHERE, now=now, account=login)
    return code


def enter(
    tx: Transaction, web: Web, account: Account, caller: Caller, *, how: str, now: datetime
) -> Entered:
    """A new session, whatever the browser came with; that one ends. What the same person had
    open in this browser may still be sent: its forms' token goes on."""
    secret = keyring.new_secret()
    form_token = None
    if caller.cookie is not None:
        form_token = sessions.form_token_of(tx, caller.cookie, account.id)
        sessions.end(tx, caller.cookie)
    sessions.begin(
        tx,
        keyring.digest(secret),
        account.id,
        form_token=form_token or keyring.new_secret(),
        how=how,
        address=caller.address,
        agent=caller.agent[:300],
        now=now,
        expires_at=now + web.session_lasts,
    )
    desk_audit.note(
        tx, desk_audit.SIGNED_IN, who=account.login, address=caller.address, now=now, how=how
    )
    return Entered(account, secret)


def leave(database: Database, visitor: Visitor, cookie: bytes, *, everywhere: bool) -> None:
    """The end of this session, or of all that the visitor has."""
    now = datetime.now(UTC)
    with database.transaction() as tx:
        sessions.end(tx, cookie)
        if everywhere:
            sessions.end_all(tx, visitor.account)
        desk_audit.note(
            tx,
            desk_audit.SIGNED_OUT,
            who=visitor.login,
            address=visitor.address,
            now=now,
            everywhere=everywhere,
        )


def note_failure(tx: Transaction, who: str, caller: Caller, now: datetime, reason: str) -> None:
    what = desk_audit.SIGN_IN_FAILED
    desk_audit.note(tx, what, who=who, address=caller.address, now=now, reason=reason)
