"""Mails as JSON, and their bytes as files that a browser never opens."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response
from pydantic import ConfigDict, Field

from service import acts
from service.accounts.visitor import Visitor
from service.api.cursor import Cursor, Limit, before, cut
from service.api.faults import problems
from service.api.mail_models import MailOut, UnscoredOut, UnscoredPage
from service.api.models import Customer, Model
from service.auth import allowed
from service.desk import Desk, DeskOf, PathId
from service.permissions import Act
from service.plain import one_line
from triage.errors import ParseError
from triage.mail import parts
from triage.store import cases, mails
from triage.types import Outcome, Severity

router = APIRouter(tags=["mails"])
Sees = Annotated[Visitor, Depends(allowed(Act.SEE_MAIL))]
Downloads = Annotated[Visitor, Depends(allowed(Act.DOWNLOAD))]

INERT = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Download-Options": "noopen",
}
_BYTES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Bytes that a browser only ever saves",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class MailSummary(Model):
    id: int
    case: int | None
    received: datetime
    sender: Customer
    subject: str
    kind: str
    language: str
    outcome: Outcome
    severity: Severity | None
    rule: str

    @classmethod
    def of(cls, row: mails.MailRow) -> "MailSummary":
        named = {n: getattr(row, n) for n in cls.model_fields if n not in {"case", "sender"}}
        sender = Customer(name=row.sender_name, address=row.sender_address)
        return cls.model_validate(named | {"case": row.case_id, "sender": sender})


class MailPage(Model):
    """Newest first."""

    items: list[MailSummary]
    next: str | None


class WantedMails(Model):
    model_config = ConfigDict(extra="forbid")

    outcome: Outcome | None = None
    case: int | None = Field(None, ge=1, le=2**63 - 1)
    sender: str = Field("", max_length=320, description="A mail address.")
    cursor: Cursor = None
    limit: Limit = 50


@router.get("/mails", operation_id="list_mails")
def list_mails(desk: DeskOf, visitor: Sees, wanted: Annotated[WantedMails, Query()]) -> MailPage:
    """All mails, the one read last first."""
    with desk.database.transaction() as tx:
        rows = mails.page(
            tx,
            wanted.limit + 1,
            before(wanted.cursor),
            outcome=wanted.outcome,
            case_id=wanted.case,
            sender=wanted.sender,
        )
    here, following = cut(rows, wanted.limit)
    return MailPage(items=[MailSummary.of(row) for row in here], next=following)


@router.get("/mails/unscored", operation_id="list_unscored_mails")
def list_unscored(
    desk: DeskOf, visitor: Sees, cursor: Cursor = None, limit: Limit = 50
) -> UnscoredPage:
    """Mails that neither model nor parser could read, newest first."""
    with desk.database.transaction() as tx:
        rows = mails.waiting_for_a_person(tx, limit + 1, before(cursor))
        waiting = mails.count_for_a_person(tx)
    here, following = cut(rows, limit)
    return UnscoredPage(
        items=[UnscoredOut.of(row) for row in here], waiting=waiting, next=following
    )


@router.get("/mails/{mail_id}", responses=problems(404), operation_id="show_mail")
def show_mail(desk: DeskOf, visitor: Sees, mail_id: PathId) -> MailOut:
    """One mail with its scores and the sentences that moved them."""
    with desk.database.transaction() as tx:
        found = cases.mail(tx, mail_id)
    if found is None:
        raise acts.NoCase(f"There is no mail {mail_id}.")
    return MailOut.of(found)


@router.get(
    "/mails/{mail_id}/original",
    response_class=Response,
    responses=_BYTES | problems(404),
    operation_id="download_original",
)
def download_original(desk: DeskOf, visitor: Downloads, mail_id: PathId) -> Response:
    """The bytes as they came, where they were kept: of flagged and unread mail."""
    return inert(_bytes_of(desk, mail_id), f"mail-{mail_id}.eml")


@router.get(
    "/mails/{mail_id}/attachments/{number}",
    response_class=Response,
    responses=_BYTES | problems(404),
    operation_id="download_attachment",
)
def download_attachment(
    desk: DeskOf,
    visitor: Downloads,
    mail_id: PathId,
    number: Annotated[int, Path(ge=1, le=10_000, description="Its place in the list, from 1.")],
) -> Response:
    """An attachment's bytes, whatever they are, under the name that it came with."""
    content = _bytes_of(desk, mail_id)
    try:
        attachment, data = parts.attachment(content, number - 1)
    except (ParseError, IndexError):
        raise acts.NoCase(f"The mail has no attachment {number}.") from None
    return inert(data, attachment.name or f"attachment-{number}")


def inert(content: bytes, name: str) -> Response:
    """A file to be saved and never opened or shown in the browser."""
    plain = one_line(name, 120).replace("/", "_").replace("\\", "_").strip(". ") or "file"
    ascii_name = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in plain)
    disposition = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(plain)}"
    headers = INERT | {"Content-Disposition": disposition}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _bytes_of(desk: Desk, mail_id: int) -> bytes:
    with desk.database.transaction() as tx:
        content = mails.original(tx, mail_id)
    if content is None:
        raise acts.NoCase(f"There is no mail {mail_id}, or its bytes were not kept.")
    return content
