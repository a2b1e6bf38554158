"""The audit trail as JSON."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from service.api.cursor import Cursor, Limit, before, cut
from service.api.models import Model
from service.auth import allowed
from service.desk import DeskOf
from service.permissions import Act
from triage.store import desk_audit

router = APIRouter(tags=["audit"])

_TEXT = r"^[^\x00]*$"
"""What the store can be asked for at all."""
_KINDS = f"Only of this kind: {', '.join(desk_audit.EVENTS)}."


class AuditEntry(Model):
    """`who` is a login, empty where nobody is known; `address` is where it came from."""

    id: int
    at: datetime
    who: str
    what: str
    address: str
    data: dict[str, object]


class AuditPage(Model):
    """Newest first; `next` is the cursor of the page that follows, null on the last."""

    items: list[AuditEntry]
    next: str | None


@router.get("/audit", dependencies=[Depends(allowed(Act.AUDIT_SEE))])
def list_audit(
    desk: DeskOf,
    cursor: Cursor = None,
    limit: Limit = 50,
    who: Annotated[
        str, Query(max_length=200, pattern=_TEXT, description="Only of this login.")
    ] = "",
    what: Annotated[
        str,
        Query(
            max_length=50,
            pattern=_TEXT,
            description=f"Only of this kind: {', '.join(desk_audit.EVENTS)}.",
        ),
    ] = "",
) -> AuditPage:
    """Who did what at the door of the desk: sign-ins, accounts, tokens, refusals."""
    with desk.database.transaction() as tx:
        rows = desk_audit.page(tx, limit + 1, before(cursor), who=who, what=what)
    here, following = cut(rows, limit)
    return AuditPage(items=[AuditEntry.model_validate(one) for one in here], next=following)
