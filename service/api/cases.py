"""Cases as JSON."""

from fastapi import APIRouter, Depends, HTTPException

from service.api.cursor import Cursor, Limit, before, cut
from service.api.models import (
    CaseDetail,
    CasePage,
    CaseSummary,
    Customer,
    EventOut,
    MailOut,
    NoticeOut,
    Problem,
)
from service.auth import allowed
from service.desk import DeskOf, PathId
from service.permissions import Act
from triage.store import cases, notices
from triage.store.cases import CaseMail, CaseRow

router = APIRouter(tags=["cases"])

LONGEST = 100_000
"""Characters of one text in an answer."""


@router.get("/cases", dependencies=[Depends(allowed(Act.SEE_QUEUE))])
def list_cases(desk: DeskOf, cursor: Cursor = None, limit: Limit = 50) -> CasePage:
    """Flagged cases, newest first."""
    with desk.database.transaction() as tx:
        rows = cases.page(tx, limit + 1, before(cursor))
    rows_here, following = cut(rows, limit)
    return CasePage(items=[_summary(row) for row in rows_here], next=following)


@router.get(
    "/cases/{case_id}",
    dependencies=[Depends(allowed(Act.SEE_CASE))],
    responses={404: {"model": Problem, "description": "No such case"}},
)
def show_case(desk: DeskOf, case_id: PathId) -> CaseDetail:
    """One case with its mails, its notices and its history."""
    with desk.database.transaction() as tx:
        case = cases.detail(tx, case_id)
        told = notices.of_case(tx, case_id)
    if case is None:
        raise HTTPException(404, "There is no such case.")
    return CaseDetail(
        **dict(_summary(case.row)),
        mails=[_mail(mail) for mail in case.mails],
        earlier_mails=case.earlier_mails,
        notices=[NoticeOut.model_validate(notice) for notice in told],
        events=[EventOut.model_validate(event) for event in case.events],
    )


def _summary(row: CaseRow) -> CaseSummary:
    return CaseSummary.model_validate(
        {name: getattr(row, name) for name in CaseSummary.model_fields if name != "customer"}
        | {"customer": Customer(name=row.customer_name, address=row.customer_address)}
    )


def _mail(mail: CaseMail) -> MailOut:
    texts = {name: getattr(mail, name)[:LONGEST] for name in ("text", "quoted", "signature")}
    cut_short = any(len(getattr(mail, name)) > LONGEST for name in texts)
    special = {"sender", "cut", "evidence", *texts}
    return MailOut.model_validate(
        {name: getattr(mail, name) for name in MailOut.model_fields if name not in special}
        | texts
        | {
            "sender": Customer(name=mail.sender_name, address=mail.sender_address),
            "cut": cut_short,
            "evidence": mail.evidence or [],
        }
    )
