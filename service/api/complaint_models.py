"""Complaint records as the API speaks of them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from service.api.models import Model
from triage.complaints import (
    Book,
    Ending,
    Fault,
    How,
    Record,
    RemedyState,
    Side,
    missing,
)
from triage.complaints.edit import LONGEST

Line = Annotated[str, Field(max_length=300)]
Text = Annotated[str, Field(max_length=LONGEST)]


class ChoiceOut(Model):
    id: str
    name: str
    group: str


class FactOut(Model):
    """`internal` is never shown to the customer."""

    side: Side
    text: str
    told_by: str
    at: datetime
    internal: bool


class RemedyOut(Model):
    """`needs` is the role that must approve, where it waits for that."""

    kind: ChoiceOut
    amount: Decimal | None
    currency: str
    state: RemedyState
    proposed_by: str
    needs: str | None
    decided_by: str
    decided_at: datetime | None


class RecordOut(Model):
    """What the incident report says. `to_report` and `to_close` name the fields that are still
    missing for either."""

    case_id: int
    customer_name: str
    contact: str
    reported_at: datetime | None
    how: How
    happened: str
    cause: ChoiceOut | None
    product: ChoiceOut | None
    team: ChoiceOut | None
    fault: Fault
    facts: list[FactOut]
    remedy: RemedyOut | None
    ending: Ending | None
    resolution: str
    lesson: str
    to_report: list[str]
    to_close: list[str]

    @classmethod
    def of(cls, record: Record, book: Book) -> Self:
        lacks = {
            "to_report": missing(record, book.to_report),
            "to_close": missing(record, book.to_close),
        }
        named = {n: getattr(record, n) for n in cls.model_fields if n not in lacks}
        return cls.model_validate(named | lacks)


class RecordChange(Model):
    """The fields to change; those left out stay as they are, null empties one. `cause`, `product`
    and `team` are ids of choices; `reported_at` has an offset."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "happened": "The router failed three times in a month.",
                    "fault": "ours",
                    "reported_at": "2026-06-03T09:30:00+02:00",
                }
            ]
        },
    )

    customer_name: Line | None = None
    contact: Line | None = None
    reported_at: Line | None = None
    how: How | None = None
    happened: Text | None = None
    cause: Line | None = None
    product: Line | None = None
    team: Line | None = None
    fault: Fault | None = None
    ending: Ending | None = None
    resolution: Text | None = None
    lesson: Text | None = None

    def changes(self) -> Mapping[str, str]:
        return {name: getattr(self, name) or "" for name in self.model_fields_set}


class FactIn(Model):
    model_config = ConfigDict(extra="forbid")

    side: Side = Field(examples=["customer"])
    text: Annotated[str, Field(min_length=1, max_length=LONGEST)] = Field(
        examples=["The router went off at nine, the customer says."]
    )
    internal: bool = False


class RemedyIn(Model):
    """`amount` is money as it is written, such as "25.50"; empty for a remedy that is no sum."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[str, Field(min_length=1, max_length=100)] = Field(examples=["refund"])
    amount: Annotated[str, Field(max_length=30)] = Field("", examples=["25.50"])


class DecisionIn(Model):
    model_config = ConfigDict(extra="forbid")

    decision: Literal["approve", "refuse"]


class RemedyKindOut(Model):
    id: str
    name: str
    has_amount: bool


class BookOut(Model):
    """What may be chosen in a record."""

    currency: str
    causes: list[ChoiceOut]
    products: list[ChoiceOut]
    teams: list[ChoiceOut]
    remedies: list[RemedyKindOut]
    to_report: list[str]
    to_close: list[str]
