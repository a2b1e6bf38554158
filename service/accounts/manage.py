"""Looking after accounts and tokens, from the page, the API and the command line alike."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service import keyring
from service.accounts import passwords
from service.accounts.visitor import Visitor
from service.permissions import Role, Scope
from triage.errors import ActRefused
from triage.store import Database, Transaction, accounts, desk_audit, sessions, tokens
from triage.store.accounts import Account
from triage.store.tokens import TokenRow

LONGEST_TOKEN = timedelta(days=366)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")
_MOST_TOKENS = 50


@dataclass(frozen=True, slots=True)
class By:
    """Who does it and where from, for the trail."""

    who: str
    address: str

    @classmethod
    def visitor(cls, visitor: Visitor) -> "By":
        return cls(visitor.login, visitor.address)


COMMAND_LINE = By("command line", "command line")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account as it is to be."""

    name: str
    roles: frozenset[Role]
    person: str = ""
    mail: str = ""


def good_login(text: str) -> str:
    """As it is kept: small letters. Raises ``ActRefused``."""
    login = text.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise ActRefused("login: letters, digits and . _ - + @ only, 100 at most", ("login",))
    return login


def good_name(text: str) -> str:
    """On one line. Raises ``ActRefused``."""
    name = " ".join(text[:1000].split())
    if not name or len(name) > 100 or not name.isprintable():
        raise ActRefused("name: between 1 and 100 characters", ("name",))
    return name


def add(database: Database, login: str, wanted: Wanted, password: str, by: By) -> Account:
    """A new account; without ``password`` it comes in by a link or a provider.

    Raises ``ActRefused``.
    """
    login = good_login(login)
    hashed = _hashed(password, login, wanted.name) if password else ""
    now = datetime.now(UTC)
    with database.transaction() as tx:
        made = accounts.create(
            tx,
            login,
            good_name(wanted.name),
            roles=wanted.roles,
            person=short_line(wanted.person, "person"),
            mail=short_line(wanted.mail, "mail"),
            password=hashed,
            made_by=by.who,
            now=now,
        )
        _note(tx, desk_audit.ACCOUNT_MADE, by, now, account=login, roles=list(made.roles))
    return made


def change(database: Database, account_id: int, wanted: Wanted, by: By) -> Account:
    """An account whose rights change is signed out everywhere. Raises ``ActRefused``."""
    now = datetime.now(UTC)
    with database.transaction() as tx:
        before = _account(tx, account_id)
        accounts.change(
            tx,
            account_id,
            name=good_name(wanted.name),
            person=short_line(wanted.person, "person"),
            mail=short_line(wanted.mail, "mail"),
            roles=wanted.roles,
        )
        after = _account(tx, account_id)
        if (before.roles, before.person) != (after.roles, after.person):
            sessions.end_all(tx, account_id)
        changed = {
            name: [getattr(before, name), getattr(after, name)]
            for name in ("name", "person", "mail", "roles")
            if getattr(before, name) != getattr(after, name)
        }
        _note(tx, desk_audit.ACCOUNT_CHANGED, by, now, account=after.login, changed=changed)
    return after


def set_disabled(database: Database, account_id: int, by: By, *, disabled: bool) -> Account:
    """A disabled account is signed out everywhere, and its tokens are no good meanwhile.

    Raises ``ActRefused``.
    """
    now = datetime.now(UTC)
    with database.transaction() as tx:
        accounts.set_disabled(tx, account_id, now if disabled else None)
        if disabled:
            sessions.end_all(tx, account_id)
        found = _account(tx, account_id)
        _note(tx, desk_audit.ACCOUNT_CHANGED, by, now, account=found.login, disabled=disabled)
    return found


def set_password(
    database: Database, account_id: int, password: str, by: By, *, but: bytes = b""
) -> None:
    """Signs the account out everywhere, apart from the session ``but``. Raises ``ActRefused``."""
    with database.transaction() as tx:
        found = _account(tx, account_id)
    hashed = _hashed(password, found.login, found.name)
    now = datetime.now(UTC)
    with database.transaction() as tx:
        accounts.set_password(tx, account_id, hashed)
        sessions.end_all(tx, account_id, but)
        _note(tx, desk_audit.PASSWORD_CHANGED, by, now, account=found.login)


def make_token(
    database: Database,
    account_id: int,
    name: str,
    scopes: Iterable[Scope],
    *,
    lasts: timedelta,
    by: By,
) -> tuple[TokenRow, str]:
    """A token and its secret, which is told this once. Raises ``ActRefused``."""
    wanted = sorted(set(scopes))
    if not wanted:
        raise ActRefused("scopes: at least one", ("scopes",))
    if not timedelta(0) < lasts <= LONGEST_TOKEN:
        raise ActRefused("expires: within a year", ("expires",))
    secret, now = keyring.new_secret(keyring.TOKEN_PREFIX), datetime.now(UTC)
    with database.transaction() as tx:
        account = _account(tx, account_id)
        good = [
            one
            for one in tokens.of_account(tx, account_id)
            if one.revoked_at is None and one.expires_at > now
        ]
        if len(good) >= _MOST_TOKENS:
            raise ActRefused(f"tokens: {_MOST_TOKENS} at most; revoke one first")
        made = tokens.create(
            tx,
            account_id,
            good_name(name),
            wanted,
            digest=keyring.digest(secret),
            hint=secret[:8],
            now=now,
            expires_at=now + lasts,
        )
        _note(
            tx, desk_audit.TOKEN_MADE, by, now, account=account.login, token=made.id, scopes=wanted
        )
    return made, secret


def revoke_token(database: Database, token_id: int, by: By, *, of: int | None = None) -> bool:
    """Whether there was one to revoke; ``of`` is the only account whose tokens count."""
    now = datetime.now(UTC)
    with database.transaction() as tx:
        found = tokens.by_id(tx, token_id)
        if found is None or (of is not None and found.account_id != of):
            return False
        if tokens.revoke(tx, token_id, now):
            _note(tx, desk_audit.TOKEN_REVOKED, by, now, account=found.login, token=token_id)
    return True


def _account(tx: Transaction, account_id: int) -> Account:
    found = accounts.by_id(tx, account_id)
    if found is None:
        raise ActRefused("account: there is no such account")
    return found


def _hashed(password: str, login: str, name: str) -> str:
    passwords.require_good(password, login=login, name=name)
    return passwords.hashed(password)


def short_line(text: str, field: str) -> str:
    """Raises ``ActRefused``, naming ``field``."""
    short = text.strip()
    if len(short) > 200 or not short.isprintable():
        raise ActRefused(f"{field}: at most 200 characters on one line", (field,))
    return short


def _note(tx: Transaction, what: str, by: By, now: datetime, **data: object) -> None:
    desk_audit.note(tx, what, who=by.who, address=by.address, now=now, **data)
