"""Scoring a text or a mail: what the model and the policy make of it. Nothing is kept."""

from collections.abc import Callable
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ConfigDict, Field, ValidationError

from service.accounts.visitor import Visitor
from service.api.faults import problems
from service.api.mail_models import EvidenceOut
from service.api.models import Model
from service.api.once import Answer, OnceOf
from service.auth import allowed
from service.desk import Desk, DeskOf
from service.permissions import Act
from service.scoring import Busy
from triage.mail.language import language
from triage.pipeline import Reader
from triage.store.life import warmth
from triage.types import (
    Email,
    MailKind,
    Outcome,
    Person,
    Place,
    RawMail,
    Reading,
    Severity,
)

router = APIRouter(tags=["score"])
LONGEST = 200_000
_MAIL, _TEXT = "message/rfc822", "application/json"
_NOWHERE = Place("", "", 0, 0)


class TextIn(Model):
    """What a customer wrote; quoted history and signatures are not taken off it."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=LONGEST, examples=["I waited. This is a disgrace."])
    subject: str = Field("", max_length=1000, examples=["Order 5512"])


class Scored(Model):
    """`scores` are calibrated probabilities by signal; null where the model did not read it, and
    `rule` then says why. `because` says why the policy decides as it does."""

    model: str
    scores: dict[str, float] | None
    tone: float | None
    evidence: list[EvidenceOut]
    outcome: Outcome
    severity: Severity | None
    rule: str
    because: str
    language: str
    kind: str


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            _TEXT: {"schema": TextIn.model_json_schema()},
            _MAIL: {
                "schema": {"type": "string", "format": "binary"},
                "example": "From: dana@customer.example\r\nSubject: Order\r\n\r\nI waited.\r\n",
            },
        },
    }
}


@router.post(
    "/score",
    response_model=Scored,
    responses=problems(400, 413, 415),
    openapi_extra=_BODY,
    operation_id="score",
)
async def score(
    request: Request,
    desk: DeskOf,
    visitor: Annotated[Visitor, Depends(allowed(Act.SCORE))],
    once: OnceOf,
) -> Response:
    """What the model reads in a text or a whole mail, and what the policy would do."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind == _MAIL:
        reading = await run_in_threadpool(_read_mail, desk, body)
    elif kind == _TEXT:
        reading = await run_in_threadpool(_read_text, desk, _text(body))
    else:
        raise HTTPException(415, f"Send {_TEXT} or {_MAIL}.")
    scored = _scored(desk, reading)
    return await run_in_threadpool(once.run, visitor, lambda _: Answer(scored))


def _text(body: bytes) -> TextIn:
    try:
        return TextIn.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(
            [one | {"loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        ) from None


def _read_text(desk: Desk, said: TextIn) -> Reading:
    content = f"{said.subject}\n\n{said.text}".encode("utf-8", "replace")
    email = Email(
        digest=sha256(content).hexdigest(),
        message_id=None,
        in_reply_to=None,
        references=(),
        sent=None,
        sender=Person("", ""),
        reply_to=(),
        to=(),
        cc=(),
        subject=said.subject,
        text=said.text,
        quoted="",
        signature="",
        kind=MailKind.CUSTOMER,
        kind_reason="",
        language=language(said.text),
        case_number=None,
    )
    raw = _raw(desk, content)
    return _patiently(desk, lambda reader: reader.read_one(raw, email))


def _read_mail(desk: Desk, content: bytes) -> Reading:
    raw = _raw(desk, content)
    return _patiently(desk, lambda reader: reader.read([reader.parsed(raw)])[0])


def _raw(desk: Desk, content: bytes) -> RawMail:
    return RawMail(_NOWHERE, desk.works.caseload.clock(), content, len(content))


def _patiently(desk: Desk, read: Callable[[Reader], Reading]) -> Reading:
    try:
        return desk.works.scorer.read(read)
    except TimeoutError:
        raise Busy("the model takes too long now") from None


def _scored(desk: Desk, reading: Reading) -> Scored:
    email, assessment = reading.email, reading.assessment
    scores = assessment.scores.as_dict() if assessment else None
    if email is None:
        raise HTTPException(400, f"This cannot be read as a mail: {reading.because}.")
    return Scored(
        model=assessment.model if assessment else desk.model,
        scores=scores,
        tone=warmth(scores) if scores else None,
        evidence=[
            EvidenceOut.model_validate(one) for one in (assessment.evidence if assessment else ())
        ],
        outcome=reading.decision.outcome,
        severity=reading.decision.severity,
        rule=reading.decision.rule,
        because=reading.because,
        language=email.language,
        kind=email.kind,
    )
