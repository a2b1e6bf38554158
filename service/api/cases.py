"""Cases as JSON: the queue, one case, and several taken at once."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field

from service import acts
from service.accounts.visitor import Visitor
from service.api.case_models import (
    CaseDetail,
    CaseNow,
    CasePage,
    CaseSummary,
    EventOut,
    NoticeOut,
    VerdictOut,
    as_summary,
    next_names,
)
from service.api.cursor import Cursor, Limit, before, cut
from service.api.etags import IfNoneMatch, etag, matches
from service.api.faults import problems
from service.api.mail_models import MailOut
from service.api.models import Model
from service.api.once import Answer, OnceOf
from service.auth import allowed
from service.desk import LARGEST_ID, DeskOf, PathId
from service.permissions import Act
from triage.life import Status, deeds
from triage.store import Transaction, cases, life, notices, queue, verdicts
from triage.store.queue import QueueFilter
from triage.types import Severity

router = APIRouter(tags=["cases"])
_MOST = 200
_EARLIER = 20
_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

Sees = Annotated[Visitor, Depends(allowed(Act.SEE_CASE))]
Takes = Annotated[Visitor, Depends(allowed(Act.ACT_CASE))]


class Wanted(Model):
    """What the list is narrowed down by; several values of one are alternatives."""

    model_config = ConfigDict(extra="forbid")

    sort: Literal["due", "newest"] = Field(
        "due", description="Open cases by what runs out first; or all, newest first."
    )
    status: list[Status] = Field([], max_length=20)
    severity: list[Severity] = Field([], max_length=20)
    owner: list[Annotated[str, Field(max_length=200)]] = Field(
        [], max_length=50, description="Ids of people; empty text for cases that nobody has."
    )
    customer: str = Field("", max_length=320, description="A mail address.")
    q: str = Field(
        "",
        max_length=500,
        description='Words that must all be there, "a phrase", `or`, and -word for one that must '
        "not.",
        examples=["router outage"],
    )
    cursor: Cursor = None
    limit: Limit = 50

    def as_filter(self) -> QueueFilter:
        return QueueFilter(
            tuple(self.status), tuple(self.severity), tuple(self.owner), self.customer, self.q
        )


@router.get("/cases", dependencies=[Depends(allowed(Act.SEE_QUEUE))], operation_id="list_cases")
def list_cases(desk: DeskOf, wanted: Annotated[Wanted, Query()]) -> CasePage:
    """The queue, or all cases."""
    with desk.database.transaction() as tx:
        if wanted.sort == "newest":
            rows = queue.newest_first(
                tx, wanted.as_filter(), wanted.limit + 1, before(wanted.cursor)
            )
            here, following = cut(rows, wanted.limit)
        else:
            rows = queue.due_first(tx, wanted.as_filter(), wanted.limit + 1, _after(wanted.cursor))
            here = rows[: wanted.limit]
            following = _cursor(here[-1]) if len(rows) > wanted.limit else None
    return CasePage(items=[CaseSummary.of(row) for row in here], next=following)


@router.get(
    "/cases/{case_id}",
    response_model=CaseDetail,
    responses=problems(404) | {304: {"description": "You have it already"}},
    operation_id="show_case",
)
def show_case(
    desk: DeskOf, visitor: Sees, case_id: PathId, if_none_match: IfNoneMatch = None
) -> Response:
    """One case: its life, its mails, its notices and its history."""
    with desk.database.transaction() as tx:
        state = life.look(tx, case_id)
        if state is None:
            raise acts.NoCase(f"There is no case {case_id}.")
        tag = etag(state.revision)
        if matches(tag, if_none_match):
            return Response(status_code=304, headers={"ETag": tag})
        detail = _detail(tx, visitor, case_id, CaseNow.of(state), next_names(state, _may(visitor)))
    return JSONResponse(detail.model_dump(mode="json"), headers={"ETag": tag})


def _detail(
    tx: Transaction, visitor: Visitor, case_id: int, now: CaseNow, may: list[str]
) -> CaseDetail:
    found, row = cases.detail(tx, case_id), queue.one(tx, case_id)
    assert found is not None
    assert row is not None
    said = verdicts.of_mails(tx, [mail.id for mail in found.mails])
    earlier = queue.of_customer(tx, row.customer_address, _EARLIER, but=case_id)
    return CaseDetail.model_validate(
        as_summary(row)
        | {
            "now": now,
            "allowed": may,
            "mails": [MailOut.of(mail) for mail in found.mails],
            "earlier_mails": found.earlier_mails,
            "verdicts": [VerdictOut.model_validate(one) for one in said],
            "notices": [NoticeOut.model_validate(one) for one in notices.of_case(tx, case_id)],
            "events": [EventOut.model_validate(one) for one in found.events],
            "earlier_cases": [CaseSummary.of(one) for one in earlier],
        }
    )


class Taking(Model):
    """A case to acknowledge; `revision` where it must not have changed since."""

    model_config = ConfigDict(extra="forbid")

    id: int = Field(ge=1, le=LARGEST_ID)
    revision: int | None = Field(None, ge=0, le=2**31 - 1)


class ManyTaken(Model):
    """What became of one of them: `case` where it was done, else `why` not."""

    id: int
    done: bool
    why: str
    case: CaseNow | None


class BulkOut(Model):
    items: list[ManyTaken]


@router.post(
    "/cases/acknowledge",
    response_model=BulkOut,
    responses=problems(409),
    operation_id="acknowledge_cases",
)
def acknowledge_cases(
    desk: DeskOf,
    visitor: Takes,
    once: OnceOf,
    wanted: Annotated[
        list[Taking],
        Body(embed=True, alias="cases", min_length=1, max_length=_MOST),
    ],
) -> Response:
    """Take up to 200 cases at once; each is done or not on its own."""
    acts.acting_as(visitor)

    def do(tx: Transaction) -> Answer:
        revisions = {one.id: one.revision for one in wanted}
        done = acts.perform_all(tx, desk, visitor, revisions, deeds.Acknowledge())
        items = [
            ManyTaken(
                id=one.case_id,
                done=one.case is not None,
                why=one.why,
                case=CaseNow.of(one.case) if one.case else None,
            )
            for one in done
        ]
        return Answer(BulkOut(items=items))

    return once.run(visitor, do)


def _may(visitor: Visitor) -> list[Act]:
    return [act for act in Act if visitor.may(act)]


def _cursor(row: queue.QueueRow) -> str:
    assert row.due is not None
    return f"{(row.due - _EPOCH) // _TICK}-{row.id}"


def _after(cursor: str | None) -> queue.Place | None:
    if cursor is None:
        return None
    due, _, id = cursor.partition("-")
    try:
        if not (due.isascii() and due.isdecimal()):
            raise ValueError
        return _EPOCH + int(due) * _TICK, before(id) or 0
    except (ValueError, OverflowError):
        wrong = {"loc": ("query", "cursor"), "msg": "is not a cursor given out here"}
        raise RequestValidationError([wrong]) from None
