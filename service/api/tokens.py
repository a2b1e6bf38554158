"""Tokens of one's own programs, as JSON."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import AwareDatetime, ConfigDict, Field

from service.accounts import manage
from service.accounts.manage import By
from service.accounts.visitor import Visitor
from service.acts import NoCase, Refused
from service.api.faults import problems
from service.api.models import Model
from service.auth import allowed
from service.desk import DeskOf, PathId
from service.permissions import Act, Scope
from triage.errors import ActRefused, TriageError
from triage.store import tokens

router = APIRouter(tags=["tokens"])

Owner = Annotated[Visitor, Depends(allowed(Act.TOKENS_OWN))]


class TokenIn(Model):
    """`expires_at` is within a year."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"name": "Wallboard", "scopes": ["read"], "expires_at": "2027-01-31T00:00:00Z"}
            ]
        },
    )

    name: str = Field(min_length=1, max_length=100)
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    expires_at: AwareDatetime


class TokenOut(Model):
    """`hint` is how the secret begins."""

    id: int
    name: str
    scopes: list[str]
    hint: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class NewToken(TokenOut):
    """`secret` is told this once: `Authorization: Bearer trg_...`."""

    secret: str


class Tokens(Model):
    items: list[TokenOut]


@router.get("/tokens")
def list_tokens(desk: DeskOf, visitor: Owner) -> Tokens:
    """Your tokens, newest first, those revoked and run out too."""
    with desk.database.transaction() as tx:
        found = tokens.of_account(tx, visitor.account)
    return Tokens(items=[TokenOut.model_validate(one) for one in found])


@router.post("/tokens", status_code=201, responses=problems(409))
def make_token(desk: DeskOf, visitor: Owner, wanted: TokenIn) -> NewToken:
    """A token of yours. One made with a token can do no more than that."""
    if visitor.scopes is not None and not visitor.scopes.issuperset(wanted.scopes):
        raise Refused("A token gives no scopes that it has not.", {"scopes": "more than its own"})
    try:
        made, secret = manage.make_token(
            desk.database,
            visitor.account,
            wanted.name,
            wanted.scopes,
            lasts=wanted.expires_at - datetime.now(UTC),
            by=By.visitor(visitor),
        )
    except ActRefused as refused:
        raise beside_its_field(refused) from None
    return NewToken(**dict(TokenOut.model_validate(made)), secret=secret)


@router.delete(
    "/tokens/{token_id}", status_code=204, response_class=Response, responses=problems(404)
)
def revoke_token(desk: DeskOf, visitor: Owner, token_id: PathId) -> Response:
    """Good for nothing any more, at once. What it did stays in the audit trail."""
    by = By.visitor(visitor)
    if not manage.revoke_token(desk.database, token_id, by, of=visitor.account):
        raise NoCase("There is no such token of yours.")
    return Response(status_code=204)


def beside_its_field(refused: ActRefused) -> TriageError:
    """A refusal of an account or a token, with the field that it is about, where there is one."""
    if not refused.missing:
        return refused
    said = str(refused).partition(": ")[2] or str(refused)
    return Refused(str(refused), dict.fromkeys(refused.missing, said))
