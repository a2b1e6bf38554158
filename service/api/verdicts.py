"""Right or wrong, said of each signal of a mail; and what was said, as rows to train on."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import AwareDatetime, ConfigDict, Field

from service import verdicts as judging
from service.accounts.visitor import Visitor
from service.acts import NoCase, note
from service.api.case_models import VerdictOut
from service.api.faults import problems
from service.api.models import Model
from service.auth import allowed
from service.desk import Desk, DeskOf, PathId
from service.permissions import Act
from service.verdicts import Said
from triage.store import cases, verdicts
from triage.types import SIGNALS

router = APIRouter(tags=["verdicts"])
Judges = Annotated[Visitor, Depends(allowed(Act.VERDICT))]
Signal = Annotated[
    str,
    Path(max_length=40, description=f"One of: {', '.join(SIGNALS)}.", examples=["angry"]),
]


class VerdictIn(Model):
    """`it_was` is needed only where it does not follow: a mail that was not angry was calm or
    upset, one that was not urgent simply was not."""

    model_config = ConfigDict(extra="forbid")

    right: bool = Field(examples=[False])
    it_was: Literal["", "calm", "upset", "angry", "irate", "yes", "no"] = Field(
        "", examples=["upset"]
    )


class Verdicts(Model):
    items: list[VerdictOut]


@router.get("/mails/{mail_id}/verdicts", responses=problems(404), operation_id="list_verdicts")
def list_verdicts(
    desk: DeskOf, visitor: Annotated[Visitor, Depends(allowed(Act.SEE_MAIL))], mail_id: PathId
) -> Verdicts:
    """What was said of a mail's signals."""
    with desk.database.transaction() as tx:
        if cases.mail(tx, mail_id) is None:
            raise NoCase(f"There is no mail {mail_id}.")
        found = verdicts.of_mail(tx, mail_id)
    return Verdicts(items=[VerdictOut.model_validate(one) for one in found])


@router.put(
    "/mails/{mail_id}/verdicts/{signal}",
    response_model=VerdictOut,
    responses=problems(404),
    operation_id="give_verdict",
)
def give_verdict(
    desk: DeskOf, visitor: Judges, mail_id: PathId, signal: Signal, said: VerdictIn
) -> Response:
    """Say that a signal was read rightly or wrongly; said again it holds instead."""
    with desk.database.transaction() as tx:
        word = Said(said.right, said.it_was)
        given = judging.judge(tx, desk, visitor, mail_id, signal, said=word)
    return JSONResponse(VerdictOut.model_validate(given).model_dump(mode="json"))


@router.delete(
    "/mails/{mail_id}/verdicts/{signal}",
    status_code=204,
    response_class=Response,
    responses=problems(404),
    operation_id="take_back_verdict",
)
def take_back_verdict(desk: DeskOf, visitor: Judges, mail_id: PathId, signal: Signal) -> Response:
    """As if it had never been said; the trail keeps that it was."""
    with desk.database.transaction() as tx:
        judging.take_back(tx, desk, visitor, mail_id, signal)
    return Response(status_code=204)


_LINES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One JSON object a line",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }
}


@router.get(
    "/verdicts/export",
    response_class=StreamingResponse,
    responses=_LINES,
    operation_id="export_verdicts",
)
def export_verdicts(
    desk: DeskOf,
    visitor: Annotated[Visitor, Depends(allowed(Act.LOG_EXPORT))],
    since: Annotated[AwareDatetime | None, Query(description="Of the last verdict.")] = None,
) -> StreamingResponse:
    """Mails with a verdict as training rows, in the format of the label guide with their text: what
    people said, and what the model read where they said nothing, which `unsure` names."""
    with desk.database.transaction() as tx:
        note(tx, desk, visitor, "verdicts exported")
    headers = {"Content-Disposition": 'attachment; filename="verdicts.jsonl"'}
    return StreamingResponse(
        _labels(desk, since), media_type="application/x-ndjson", headers=headers
    )


def _labels(desk: Desk, since: datetime | None) -> Iterator[bytes]:
    with desk.database.transaction() as tx:
        for judged in verdicts.stream(tx, since):
            row = verdicts.as_label(judged, desk.thresholds)
            yield json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
