"""Why somebody is told of a case: one record a kind of notice."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal, TypeAlias


class NoticeKind(StrEnum):
    REMINDER = "reminder"
    ESCALATION = "escalation"
    HELP = "help"
    HELP_GIVEN = "help_given"
    HANDOVER = "handover"
    OVERDUE = "overdue"
    PROMISE = "promise"
    CUSTOMER_WROTE = "customer_wrote"
    TAKEN = "taken"
    MANAGER_TASK = "manager_task"
    HOLD_ENDED = "hold_ended"


class Due(StrEnum):
    """What the customer, or the desk, waits for."""

    ANSWER = "answer"
    PROGRESS = "progress"
    OUTCOME = "outcome"
    CONFIRMATION = "confirmation"


@dataclass(frozen=True, slots=True)
class Reminder:
    """Nobody acknowledged ``since``; the reader is told the ``number``-th time, from 1."""

    kind: ClassVar = NoticeKind.REMINDER
    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Escalation:
    """The reader is told because the ``silent`` (names) did not answer for ``minutes``."""

    kind: ClassVar = NoticeKind.ESCALATION
    silent: tuple[str, ...]
    minutes: int


@dataclass(frozen=True, slots=True)
class Help:
    """``asked_by`` asks for help since ``at``, in these ``words``; told the ``number``-th time."""

    kind: ClassVar = NoticeKind.HELP
    asked_by: str
    words: str
    at: datetime
    number: int = 1


@dataclass(frozen=True, slots=True)
class HelpGiven:
    """``by`` helps the reader, who asked, with these ``words``; without any by taking the case."""

    kind: ClassVar = NoticeKind.HELP_GIVEN
    by: str
    at: datetime
    words: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    at: datetime
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Handover:
    """The reader has the case now, from ``by``; ``said`` is all that was said, oldest first."""

    kind: ClassVar = NoticeKind.HANDOVER
    by: str
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Overdue:
    """``what`` was due at ``since``."""

    kind: ClassVar = NoticeKind.OVERDUE
    what: Due
    since: datetime


@dataclass(frozen=True, slots=True)
class PromiseDue:
    """The date of a promise comes, or went by (``gone_by``) without its being kept."""

    kind: ClassVar = NoticeKind.PROMISE
    what: str
    due: datetime
    made_by: str
    gone_by: bool


@dataclass(frozen=True, slots=True)
class CustomerWrote:
    """The customer wrote again. ``flagged``: upset once more; ``reopened``: the case was ended."""

    kind: ClassVar = NoticeKind.CUSTOMER_WROTE
    at: datetime
    flagged: bool
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """``by`` has taken the case; the reader, told of it before, stands down."""

    kind: ClassVar = NoticeKind.TAKEN
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ManagerTask:
    """``manager`` answers a customer who insists on one: how, and where. ``since`` is when that
    was due, where it is overdue; others than the Manager may be told then."""

    kind: ClassVar = NoticeKind.MANAGER_TASK
    by: Literal["phone", "mail"]
    phones: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    manager: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldEnded:
    """The hold on the case ended at ``at``; ``by`` is who put it there, where that is known."""

    kind: ClassVar = NoticeKind.HOLD_ENDED
    by: str
    at: datetime
    why: str = ""


Matter: TypeAlias = (
    Reminder
    | Escalation
    | Help
    | HelpGiven
    | Handover
    | Overdue
    | PromiseDue
    | CustomerWrote
    | Taken
    | ManagerTask
    | HoldEnded
)
