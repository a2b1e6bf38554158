"""Signing in with an OpenID provider: whose account somebody has whom it vouches for."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import structlog

from service import keyring
from service.accounts.coming_in import Caller, Entered, enter, note_failure
from service.accounts.oidc import Proven, Provider, ProviderDown, ProviderRefused
from service.permissions import Role
from triage.config import Oidc, Web
from triage.errors import ActRefused
from triage.store import Database, Transaction, accounts, codes, desk_audit
from triage.store.accounts import Account
from triage.store.codes import Code

log = structlog.get_logger()

PURPOSE = "oidc"
LASTS = timedelta(minutes=10)
"""Until when somebody must be back from the provider."""

Failed = Literal["refused", "unknown", "down", "again"]


@dataclass(frozen=True, slots=True)
class Away:
    """Off to the provider at ``address``; the browser keeps ``secret`` until it is back."""

    address: str
    secret: str


@dataclass(frozen=True, slots=True)
class Back:
    """In, and on to ``address``."""

    entered: Entered
    address: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser brought back: the query of the address, and what it was to keep."""

    state: str
    code: str
    error: str
    iss: str
    secret: str


def send(database: Database, provider: Provider, address: str) -> Away | Failed:
    """``address`` is where to go on afterwards."""
    try:
        begun = provider.begin()
    except ProviderDown as down:
        log.warning("the provider does not answer", reason=str(down))
        return "down"
    secret, now = keyring.new_secret(), datetime.now(UTC)
    data = {
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "browser": keyring.digest(secret).hex(),
        "address": address,
    }
    with database.transaction() as tx:
        digest = keyring.digest(begun.state)
        codes.make(tx, digest, PURPOSE, Code(None, data), now=now, until=now + LASTS)
    return Away(begun.address, secret)


def receive(
    database: Database, web: Web, provider: Provider, answer: Answer, caller: Caller
) -> Back | Failed:
    """In, if the same browser is back in time and the provider vouches for somebody known."""
    now = datetime.now(UTC)
    with database.transaction() as tx:
        kept = codes.take(tx, keyring.digest(answer.state), PURPOSE, now)
    browser = keyring.digest(answer.secret).hex()
    if kept is None or not hmac.compare_digest(kept.data["browser"], browser):
        _note(database, caller, "not the sign-in that was begun")
        return "again"
    if answer.error or not answer.code:
        _note(database, caller, "refused by the provider")
        return "refused"
    try:
        proven = provider.prove(
            answer.code,
            nonce=kept.data["nonce"],
            verifier=kept.data["verifier"],
            iss=answer.iss,
        )
    except ProviderDown as down:
        log.warning("the provider does not answer", reason=str(down))
        return "down"
    except ProviderRefused as refused:
        log.warning("the provider's answer is refused", reason=str(refused))
        _note(database, caller, "the provider's answer is no good")
        return "refused"
    come = _let_in(database, web, provider.settings, proven, caller)
    return Back(come, kept.data["address"]) if isinstance(come, Entered) else come


def _let_in(
    database: Database, web: Web, settings: Oidc, proven: Proven, caller: Caller
) -> Entered | Failed:
    now = datetime.now(UTC)
    with database.transaction() as tx:
        account = _account(tx, settings, proven, now)
        if account is None or account.disabled_at is not None:
            who = account.login if account else ""
            reason = "disabled" if account else "no account"
            note_failure(tx, who, caller, now, f"{reason}, by provider")
            return "unknown"
        account = _with_roles(tx, settings, proven, account, now)
        return enter(tx, web, account, caller, how="oidc", now=now)


def _account(tx: Transaction, settings: Oidc, proven: Proven, now: datetime) -> Account | None:
    """The account bound to this subject; else the one with this verified mail address, which is
    bound from now on; else a new one where that is wanted."""
    domain = proven.mail.rpartition("@")[2]
    domains = {one.lower().lstrip("@") for one in settings.allowed_domains}
    if domains and domain not in domains:
        return None
    account = accounts.bound(tx, proven.issuer, proven.subject)
    if account is not None or not proven.mail:
        return account
    account = accounts.by_mail(tx, proven.mail)
    if account is None and settings.auto_create:
        account = _made(tx, settings, proven, now)
    if account is not None:
        accounts.bind(tx, account.id, proven.issuer, proven.subject, now)
        bound = {"account": account.login, "bound": proven.issuer}
        desk_audit.note(
            tx, desk_audit.ACCOUNT_CHANGED, who=account.login, address="provider", now=now, **bound
        )
    return account


def _made(tx: Transaction, settings: Oidc, proven: Proven, now: datetime) -> Account | None:
    """A new account; ``None`` where the provider gives it no role that it could have."""
    roles = _roles(settings, proven)
    if settings.roles and not roles:
        return None
    try:
        made = accounts.create(
            tx,
            proven.mail,
            proven.name or proven.mail,
            roles=roles,
            person=proven.mail,
            mail=proven.mail,
            made_by="provider",
            now=now,
        )
    except ActRefused:  # the login is another's: nobody is let into that by its name
        return None
    data = {"account": made.login, "roles": list(made.roles)}
    desk_audit.note(
        tx, desk_audit.ACCOUNT_MADE, who="provider", address="provider", now=now, **data
    )
    return made


def _with_roles(
    tx: Transaction, settings: Oidc, proven: Proven, account: Account, now: datetime
) -> Account:
    """The account with the roles that the provider gives it, where it does so."""
    roles = tuple(sorted(_roles(settings, proven)))
    if not settings.roles or roles == account.roles:
        return account
    try:
        with tx.transaction():
            accounts.change(
                tx,
                account.id,
                name=account.name,
                person=account.person,
                mail=account.mail,
                roles=roles,
            )
    except ActRefused:  # the last admin stays one, whatever the provider says
        return account
    changed = {"account": account.login, "changed": {"roles": [list(account.roles), list(roles)]}}
    desk_audit.note(
        tx, desk_audit.ACCOUNT_CHANGED, who="provider", address="provider", now=now, **changed
    )
    return accounts.by_id(tx, account.id) or account


def _roles(settings: Oidc, proven: Proven) -> frozenset[Role]:
    given = (settings.roles.get(group, ()) for group in proven.groups)
    return frozenset(Role(role) for roles in given for role in roles)


def _note(database: Database, caller: Caller, reason: str) -> None:
    with database.transaction() as tx:
        note_failure(tx, "", caller, datetime.now(UTC), reason)
