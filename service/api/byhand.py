"""What people ask for by hand: flag this mail, help with it, note this call."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import AwareDatetime, ConfigDict, Field

from service import byhand
from service.accounts.visitor import Visitor
from service.api.faults import problems
from service.api.models import Model
from service.api.once import Answer, OnceOf
from service.auth import allowed
from service.desk import DeskOf, PathId
from service.permissions import Act
from triage.byhand.contact import LONGEST
from triage.complaints import How
from triage.life import deeds
from triage.store import Transaction
from triage.types import Severity

router = APIRouter(tags=["by hand"])
Flags = Annotated[Visitor, Depends(allowed(Act.FLAG_BY_HAND))]
Asks = Annotated[Visitor, Depends(allowed(Act.ASK_HELP))]
Logs = Annotated[Visitor, Depends(allowed(Act.LOG_CONTACT))]
Line = Annotated[str, Field(max_length=1000)]


class FlagIn(Model):
    model_config = ConfigDict(extra="forbid")

    severity: Severity = Field(Severity.NORMAL, examples=["high"])
    note: str = Field("", max_length=deeds.LONGEST, examples=["Sarcastic, not pleased."])


class HelpIn(Model):
    model_config = ConfigDict(extra="forbid")

    why: str = Field(min_length=1, max_length=deeds.LONGEST, examples=["I cannot answer this."])


class Flagged(Model):
    """`new` is false where it had been done before."""

    case: int
    new: bool


class ContactIn(Model):
    """Of name, mail and phone one is enough. `case` is the number that the customer gave;
    `severity` your own word on it, without which policy and model decide."""

    model_config = ConfigDict(extra="forbid")

    how: How = Field(examples=["call"])
    words: str = Field(
        min_length=1, max_length=LONGEST, examples=["The router is down for the third time."]
    )
    at: AwareDatetime | None = Field(None, description="Now, where it is left out.")
    name: Line = Field("", examples=["Dana Reyes"])
    mail: Line = Field("", examples=["dana@customer.example"])
    phone: Line = Field("", examples=["+49 30 901820"])
    subject: Line = ""
    case: Line = Field("", examples=["T-1001"])
    severity: Severity | None = None


class Logged(Model):
    """`case` is null for a contact that raised no flag and belongs to no case."""

    mail: int
    case: int | None
    new: bool


@router.post(
    "/mails/{mail_id}/flag",
    response_model=Flagged,
    responses=problems(404, 409),
    operation_id="flag_mail",
)
def flag_mail(
    desk: DeskOf, visitor: Flags, mail_id: PathId, once: OnceOf, said: FlagIn
) -> Response:
    """Flag a mail, whatever the model made of it."""

    def do(tx: Transaction) -> Answer:
        done = byhand.flag(tx, desk, visitor, mail_id, said.severity, note=said.note)
        return Answer(Flagged(case=done.case_id, new=done.new))

    return once.run(visitor, do)


@router.post(
    "/mails/{mail_id}/help",
    response_model=Flagged,
    responses=problems(404, 409),
    operation_id="ask_help_with_mail",
)
def ask_help_with_mail(
    desk: DeskOf, visitor: Asks, mail_id: PathId, once: OnceOf, said: HelpIn
) -> Response:
    """Ask for help with a mail; it is flagged where it has no open case."""

    def do(tx: Transaction) -> Answer:
        done = byhand.ask_help(tx, desk, visitor, mail_id, said.why)
        return Answer(Flagged(case=done.case_id, new=done.new))

    return once.run(visitor, do)


@router.post(
    "/contacts",
    status_code=201,
    response_model=Logged,
    responses=problems(409),
    operation_id="log_contact",
)
def log_contact(desk: DeskOf, visitor: Logs, once: OnceOf, said: ContactIn) -> Response:
    """Note a call, a chat or a visit: it is read as a mail is, and belongs where that would."""
    contact = byhand.contact(desk, **said.model_dump(exclude={"severity"}))
    reading = byhand.read(desk, visitor, contact)

    def do(tx: Transaction) -> Answer:
        done = byhand.log(tx, desk, visitor, contact, reading, severity=said.severity)
        return Answer(Logged(mail=done.mail_id, case=done.case_id, new=done.new), 201)

    return once.run(visitor, do)
