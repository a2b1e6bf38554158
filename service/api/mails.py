"""Mails that wait for a person, as JSON."""

from fastapi import APIRouter, Depends

from service.api.cursor import Cursor, Limit, before, cut
from service.api.models import Customer, UnscoredOut, UnscoredPage
from service.auth import allowed
from service.desk import DeskOf
from service.permissions import Act
from triage.store import mails
from triage.store.mails import UnscoredMail

router = APIRouter(tags=["mails"])


@router.get("/mails/unscored", dependencies=[Depends(allowed(Act.SEE_MAIL))])
def list_unscored(desk: DeskOf, cursor: Cursor = None, limit: Limit = 50) -> UnscoredPage:
    """Mails that neither model nor parser could read, newest first."""
    with desk.database.transaction() as tx:
        rows = mails.waiting_for_a_person(tx, limit + 1, before(cursor))
        waiting = mails.count_for_a_person(tx)
    rows_here, following = cut(rows, limit)
    return UnscoredPage(
        items=[_unscored(row) for row in rows_here], waiting=waiting, next=following
    )


def _unscored(row: UnscoredMail) -> UnscoredOut:
    return UnscoredOut.model_validate(
        {name: getattr(row, name) for name in UnscoredOut.model_fields if name != "sender"}
        | {"sender": Customer(name=row.sender_name, address=row.sender_address)}
    )
