"""A case as its life sees it, and what a step of that life changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from triage.duty import Person
from triage.policy.timetable import Timetable
from triage.types import Severity


class Status(StrEnum):
    FLAGGED = "flagged"
    NOTIFIED = "notified"  # the first notice is out
    ACKNOWLEDGED = "acknowledged"  # somebody has it
    IN_HAND = "in hand"  # and is at work on it
    ANSWERED = "answered"  # the customer has an answer
    TOLD = "told"  # the customer was told the outcome
    CONFIRMED = "confirmed"  # the customer said it works
    CLOSED = "closed"
    DISMISSED = "dismissed"  # not angry, says a person


WAITING = frozenset({Status.FLAGGED, Status.NOTIFIED})
"""Nobody has the case yet."""
ENDED = frozenset({Status.CLOSED, Status.DISMISSED})


class ClockKind(StrEnum):
    """What a clock waits for."""

    ACKNOWLEDGE = "acknowledge"  # that somebody takes the case; rings up the ladder
    ANSWER = "answer"  # that the customer has an answer
    PROGRESS = "progress"  # that the owner does anything at all
    OUTCOME = "outcome"  # that the customer is told how it ended
    CONFIRM = "confirm"  # that the customer says it works
    MANAGER = "manager"  # that the Manager is told by a person; then tells by itself
    MANAGER_ANSWER = "manager answer"  # that the Manager answers a customer who insists
    HELP = "help"  # that somebody helps who was asked to
    PROMISE = "promise"  # that a promise is kept
    HOLD = "hold"  # the end of a hold


@dataclass(frozen=True, slots=True)
class Clock:
    """Rings at ``due``; ``round`` counts how often it rang. ``about`` tells promises apart."""

    kind: ClockKind
    due: datetime
    round: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to the customer; ``number`` is its place in the case, from 1."""

    number: int
    what: str
    due: datetime
    made_by: str
    made_at: datetime
    kept_at: datetime | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class CaseState:
    """All of a case that decides what may happen next. ``owner`` is a person's id.

    ``manager_told`` is what the Manager was last told was done, ``NOT_RESOLVED`` for a notice
    that went out by itself, empty where none went out.
    """

    id: int
    status: Status
    severity: Severity
    timetable: Timetable
    opened_at: datetime
    rule: str = ""
    owner: str | None = None
    done: str = ""
    phone: str = ""
    manager_told: str = ""
    manager_told_at: datetime | None = None
    held_until: datetime | None = None
    confirm_tries: int = 0
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    told_at: datetime | None = None
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    clocks: tuple[Clock, ...] = ()
    promises: tuple[Promise, ...] = ()
    revision: int = 0

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    def clock(self, kind: ClockKind, about: str = "") -> Clock | None:
        return next((c for c in self.clocks if (c.kind, c.about) == (kind, about)), None)


NOT_RESOLVED = "not resolved yet"


class TellKind(StrEnum):
    """Why somebody is told; the notices' own kinds bear the same names."""

    FLAG = "flag"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    HELP = "help"
    HELP_GIVEN = "help_given"
    HANDOVER = "handover"
    OVERDUE = "overdue"
    PROMISE = "promise"
    CUSTOMER_WROTE = "customer_wrote"
    TAKEN = "taken"
    MANAGER = "manager"
    MANAGER_TASK = "manager_task"
    HOLD_ENDED = "hold_ended"


@dataclass(frozen=True, slots=True)
class Telling:
    """People to be told, and what the notice needs to know beside the case."""

    kind: TellKind
    people: tuple[Person, ...]
    facts: Mapping[str, object] = field(default_factory=dict)
    every_channel: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """An entry for the history: what happened, and the particulars."""

    what: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A step of a case's life: the case after it, what goes into its history, who is told."""

    after: CaseState
    events: tuple[Event, ...]
    tell: tuple[Telling, ...] = ()
