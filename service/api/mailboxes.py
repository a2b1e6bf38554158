"""The mailboxes' health as JSON."""

from fastapi import APIRouter, Depends

from service.api.models import Mailboxes, MailboxOut
from service.auth import allowed
from service.desk import DeskOf
from service.permissions import Act
from triage.store import mailboxes

router = APIRouter(tags=["mailboxes"])


@router.get("/mailboxes", dependencies=[Depends(allowed(Act.MAILBOXES_SEE))])
def list_mailboxes(desk: DeskOf) -> Mailboxes:
    """Every folder watched, and how it goes."""
    with desk.database.transaction() as tx:
        rows = mailboxes.everyone(tx)
    return Mailboxes(items=[MailboxOut.model_validate(row) for row in rows])
