"""Accounts as JSON, for those who look after them, and who one is oneself."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field

from service.accounts import coming_in, manage
from service.accounts.manage import By, Wanted
from service.accounts.visitor import Visitor, roles_of
from service.acts import NoCase
from service.api.faults import problems
from service.api.models import Model
from service.api.tokens import beside_its_field
from service.auth import VisitorOf, allowed
from service.desk import Desk, DeskOf, PathId
from service.permissions import Act, Role
from triage.errors import ActRefused
from triage.store import accounts
from triage.store.accounts import Account

router = APIRouter(tags=["accounts"])

Keeper = Annotated[Visitor, Depends(allowed(Act.ACCOUNTS_MANAGE))]
Short = Annotated[str, Field(max_length=200)]


class Me(Model):
    """Who you are here, and what you may do."""

    login: str
    name: str
    person: str
    roles: list[str]
    scopes: list[str] | None
    may: list[str]


class AccountOut(Model):
    """`person` is who they act as in the duty file."""

    id: int
    login: str
    name: str
    person: str
    roles: list[str]
    mail: str
    has_password: bool
    disabled_at: datetime | None
    made_at: datetime
    made_by: str


class Accounts(Model):
    items: list[AccountOut]


class AccountIn(Model):
    """Without `password` they come in by a link (see below) or a provider."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"login": "pat", "name": "Pat Point", "roles": ["point"], "person": "pat"}]
        },
    )

    login: Short
    name: Short
    roles: list[Role] = Field(default=[], max_length=len(Role))
    person: Short = ""
    mail: Short = ""
    password: Annotated[str, Field(max_length=1000)] = ""


class AccountChange(Model):
    """What is left out stays as it is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"roles": ["point", "manager"]}, {"disabled": True}]},
    )

    name: Short | None = None
    roles: list[Role] | None = Field(None, max_length=len(Role))
    person: Short | None = None
    mail: Short | None = None
    disabled: bool | None = None


class SignInLink(Model):
    """Signs them in once, within a day; there they may set a password."""

    address: str


@router.get("/me")
def who_am_i(visitor: VisitorOf) -> Me:
    """You, your roles, and every act that you may do."""
    return Me(
        login=visitor.login,
        name=visitor.name,
        person=visitor.person,
        roles=sorted(visitor.roles),
        scopes=None if visitor.scopes is None else sorted(visitor.scopes),
        may=[act.name.lower() for act in Act if visitor.may(act)],
    )


@router.get("/accounts", dependencies=[Depends(allowed(Act.ACCOUNTS_MANAGE))])
def list_accounts(desk: DeskOf) -> Accounts:
    """Everybody who may sign in, and those who may no longer."""
    with desk.database.transaction() as tx:
        found = accounts.everyone(tx)
    return Accounts(items=[AccountOut.model_validate(one) for one in found])


@router.post("/accounts", status_code=201, responses=problems(409))
def make_account(desk: DeskOf, visitor: Keeper, wanted: AccountIn) -> AccountOut:
    """A new account."""
    account = Wanted(wanted.name, frozenset(wanted.roles), wanted.person, wanted.mail)
    by = By.visitor(visitor)
    try:
        made = manage.add(desk.database, wanted.login, account, wanted.password, by)
    except ActRefused as refused:
        raise beside_its_field(refused) from None
    return AccountOut.model_validate(made)


@router.patch("/accounts/{account_id}", responses=problems(404, 409))
def change_account(
    desk: DeskOf, visitor: Keeper, account_id: PathId, change: AccountChange
) -> AccountOut:
    """Who loses or gains a right is signed out everywhere. An admin is always left."""
    found, by = _account(desk, account_id), By.visitor(visitor)
    asked: dict[str, Any] = change.model_dump(exclude_none=True)
    disabled = asked.pop("disabled", None)
    try:
        if asked:
            found = manage.change(desk.database, account_id, _wanted(found, asked), by)
        if disabled is not None and disabled != (found.disabled_at is not None):
            found = manage.set_disabled(desk.database, account_id, by, disabled=disabled)
    except ActRefused as refused:
        raise beside_its_field(refused) from None
    return AccountOut.model_validate(found)


@router.post("/accounts/{account_id}/sign-in-link", status_code=201, responses=problems(404, 409))
def make_link(desk: DeskOf, visitor: Keeper, account_id: PathId) -> SignInLink:
    """For somebody new, or who forgot their password."""
    found = _account(desk, account_id)
    code = coming_in.link_code(desk.database, found.login, by=visitor.login)
    query = urlencode({"code": code})
    return SignInLink(address=f"{desk.web.base_url}/sign-in/link?{query}")


def _wanted(found: Account, asked: dict[str, Any]) -> Wanted:
    return Wanted(
        name=asked.get("name", found.name),
        roles=frozenset(asked.get("roles", roles_of(found.roles))),
        person=asked.get("person", found.person),
        mail=asked.get("mail", found.mail),
    )


def _account(desk: Desk, account_id: int) -> Account:
    with desk.database.transaction() as tx:
        found = accounts.by_id(tx, account_id)
    if found is None:
        raise NoCase("There is no such account.")
    return found
