"""The mailboxes' health as JSON."""

from datetime import datetime

from fastapi import APIRouter, Depends

from service.api.models import Model
from service.auth import allowed
from service.desk import DeskOf
from service.permissions import Act
from triage.store import mailboxes

router = APIRouter(tags=["mailboxes"])


class MailboxOut(Model):
    """A folder and how watching it goes; `seen_at` is when its server last answered."""

    mailbox: str
    folder: str
    since: datetime
    state: str
    changed_at: datetime
    seen_at: datetime | None
    trouble: str


class Mailboxes(Model):
    items: list[MailboxOut]


@router.get("/mailboxes", dependencies=[Depends(allowed(Act.MAILBOXES_SEE))])
def list_mailboxes(desk: DeskOf) -> Mailboxes:
    """Every folder watched, and how it goes."""
    with desk.database.transaction() as tx:
        rows = mailboxes.everyone(tx)
    return Mailboxes(items=[MailboxOut.model_validate(row) for row in rows])
