"""The mailboxes' health as JSON."""

from datetime import datetime

from fastapi import APIRouter, Depends

from service.api.models import Model
from service.auth import allowed
from service.desk import DeskOf
from service.permissions import Act
from triage.store import ledger, mailboxes

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


class LedgerRow(Model):
    """What became of the places of a folder, by outcome: as of mails, or `repeat`, `too_old` or
    `vanished`."""

    mailbox: str
    folder: str
    places: dict[str, int]


class Ledger(Model):
    items: list[LedgerRow]


@router.get("/mailboxes/ledger", dependencies=[Depends(allowed(Act.MAILBOXES_SEE))])
def count_ledger(desk: DeskOf) -> Ledger:
    """What became of every place that a mail was seen at, counted."""
    with desk.database.transaction() as tx:
        found = ledger.tally(tx)
    rows = [LedgerRow(mailbox=m, folder=f, places=n) for (m, f), n in sorted(found.items())]
    return Ledger(items=rows)
