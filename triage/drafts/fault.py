"""What may be wrong with a draft, by which rule, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    PRIVATE = "private"
    MASKED = "masked"
    INTERNAL = "internal"
    BLAME = "blame"
    EARLY_APOLOGY = "early apology"
    IDLE_APOLOGY = "idle apology"
    SECOND_APOLOGY = "second apology"
    NO_DATE = "no date"
    PAST_DATE = "past date"
    GAP = "gap"
    NO_NUMBER = "no number"
    OTHER_NUMBER = "other number"
    OTHER_ADDRESS = "other address"
    UNKNOWN_PHONE = "unknown phone"
    TOO_LONG = "too long"
    EMPTY = "empty"


class _Says(NamedTuple):
    rule: str
    what: str
    do: str
    stops: bool


_SAYS: Final = {
    Kind.PRIVATE: _Says(
        "P5",
        "A private number, address or note of one of us.",
        "Take it out. Give the office phone or the work mail instead.",
        True,
    ),
    Kind.MASKED: _Says(
        "P5",
        "Something private stood here and was blotted out.",
        "Take the rest out too. Give the office phone or the work mail instead.",
        True,
    ),
    Kind.INTERNAL: _Says(
        "P18",
        "Words of an internal note.",
        "Take them out, or say in your own words what the customer needs to know.",
        True,
    ),
    Kind.BLAME: _Says(
        "P18",
        "Blames somebody of the house.",
        "Say “we”, or leave it out: how it came about among us is ours to settle.",
        False,
    ),
    Kind.EARLY_APOLOGY: _Says(
        "P12",
        "Apologises for the company, or admits a fault, before the facts are known.",
        "Feel with the customer instead (“I am sorry to hear …”), and get the facts first.",
        False,
    ),
    Kind.IDLE_APOLOGY: _Says(
        "P12",
        "Apologises for the company, though by the record the fault is not ours.",
        "Leave it out, or put the record right first.",
        False,
    ),
    Kind.SECOND_APOLOGY: _Says(
        "P12",
        "One apology too many: a sincere one is made once.",
        "Leave it out, and say what was done or will be done.",
        False,
    ),
    Kind.NO_DATE: _Says(
        "P13",
        "A promise without a date.",
        "Say by when, and only what can be kept; or leave it out.",
        False,
    ),
    Kind.PAST_DATE: _Says(
        "P13",
        "The date has gone by.",
        "Agree on a new date first, and say that one.",
        False,
    ),
    Kind.GAP: _Says(
        "P12", "Something is still to be filled in.", "Fill it in or take it out.", True
    ),
    Kind.NO_NUMBER: _Says(
        "P11",
        "The case number is missing.",
        "Put it in, so that the customer's answer finds its case.",
        False,
    ),
    Kind.OTHER_NUMBER: _Says(
        "P11",
        "A number of another case.",
        "Take it out, unless it is this customer's own.",
        False,
    ),
    Kind.OTHER_ADDRESS: _Says(
        "P18",
        "A mail address that is neither this customer's nor the desk's.",
        "Take it out.",
        True,
    ),
    Kind.UNKNOWN_PHONE: _Says(
        "P5",
        "A phone number that the desk does not know.",
        "Make sure that it is nobody's personal number.",
        False,
    ),
    Kind.TOO_LONG: _Says("P12", "Too long to be checked.", "Shorten it.", True),
    Kind.EMPTY: _Says("P12", "There is nothing in it.", "Write it first.", True),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Characters ``start`` until ``end`` of the text, or of the subject where ``in_subject``;
    0 to 0 means the whole. A draft with a fault that ``stops`` must not leave; of the others a
    person judges. Nothing private is repeated in ``what`` and ``do``."""

    kind: Kind
    start: int = 0
    end: int = 0
    in_subject: bool = False

    @property
    def rule(self) -> str:
        return _SAYS[self.kind].rule

    @property
    def what(self) -> str:
        return _SAYS[self.kind].what

    @property
    def do(self) -> str:
        return _SAYS[self.kind].do

    @property
    def stops(self) -> bool:
        return _SAYS[self.kind].stops
