"""What a person may do with a case: one record a deed.

Texts are kept whole and shown to colleagues; an empty or endless one is refused.
"""

import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TypeAlias

from triage.errors import ActRefused
from triage.types import Severity

LONGEST = 10_000
"""Characters of a text."""

_UNKEPT = re.compile("[\\0\ud800-\udfff]")
"""Neither a null nor half a character can be kept."""


@dataclass(frozen=True, slots=True)
class _Deed:
    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, str):
                continue
            if field.name not in _OPTIONAL and not value.strip():
                name = field.name.replace("_", " ")
                raise ActRefused(f"{name} must not be empty", (field.name,))
            if len(value) > LONGEST or _UNKEPT.search(value):
                reason = f"{field.name} must be a text of at most {LONGEST} characters"
                raise ActRefused(reason, (field.name,))


_OPTIONAL = frozenset({"note", "phone", "mail"})


@dataclass(frozen=True, slots=True)
class Acknowledge(_Deed):
    """I have it. Ends the pings at once."""


@dataclass(frozen=True, slots=True)
class TakeInHand(_Deed):
    """I am at work on it."""


@dataclass(frozen=True, slots=True)
class GiveBack(_Deed):
    """I cannot: the ladder is told again, at once."""

    why: str


@dataclass(frozen=True, slots=True)
class Answered(_Deed):
    """The customer has an answer."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class NoteDone(_Deed):
    """What was done for the customer, for the Manager and the record."""

    done: str


@dataclass(frozen=True, slots=True)
class Told(_Deed):
    """The customer was told the outcome."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class AskedAgain(_Deed):
    """The customer was asked whether it works and has not said."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed(_Deed):
    """The customer said that it works."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Close(_Deed):
    """It is over. Refused until the customer was told and said it works, or did not answer."""


@dataclass(frozen=True, slots=True)
class Dismiss(_Deed):
    """Not an upset customer."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reopen(_Deed):
    reason: str


@dataclass(frozen=True, slots=True)
class HandOver(_Deed):
    """To a person by id, with everything that must be known."""

    to: str
    said: str


@dataclass(frozen=True, slots=True)
class AskHelp(_Deed):
    """Rep Supervisor or Specialist; asking beats ignoring (P7)."""

    why: str


@dataclass(frozen=True, slots=True)
class GiveHelp(_Deed):
    said: str


@dataclass(frozen=True, slots=True)
class MakePromise(_Deed):
    what: str
    due: datetime


@dataclass(frozen=True, slots=True)
class KeepPromise(_Deed):
    number: int


@dataclass(frozen=True, slots=True)
class Hold(_Deed):
    """Nothing to do before ``until``; ends by itself."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class EndHold(_Deed):
    """Earlier than it would by itself."""


@dataclass(frozen=True, slots=True)
class TellManager(_Deed):
    """Send the Manager's notice now (P4)."""


@dataclass(frozen=True, slots=True)
class Insists(_Deed):
    """The customer insists on a supervisor (P6): a task for the Manager, who phones or mails."""

    phone: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class ManagerAnswered(_Deed):
    said: str


@dataclass(frozen=True, slots=True)
class RaiseSeverity(_Deed):
    to: Severity
    why: str


@dataclass(frozen=True, slots=True)
class Note(_Deed):
    """An internal note; never part of a draft."""

    text: str


@dataclass(frozen=True, slots=True)
class NoteRudeness(_Deed):
    """Rude behaviour, documented and counted (P16)."""

    text: str


Deed: TypeAlias = (
    Acknowledge
    | TakeInHand
    | GiveBack
    | Answered
    | NoteDone
    | Told
    | AskedAgain
    | Confirmed
    | Close
    | Dismiss
    | Reopen
    | HandOver
    | AskHelp
    | GiveHelp
    | MakePromise
    | KeepPromise
    | Hold
    | EndHold
    | TellManager
    | Insists
    | ManagerAnswered
    | RaiseSeverity
    | Note
    | NoteRudeness
)
