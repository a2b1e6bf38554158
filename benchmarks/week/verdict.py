"""The promises of the policy, and what became of each in each case."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Promise(StrEnum):
    """Its name is its row in the report; the rows of the policy come first."""

    AT_ONCE = "P1 P2 P3 · Point is told at once of every flag"
    EVERYBODY = "P8 · danger goes to everybody, on every channel, at once"
    LADDER = "P2 P7 P9 · while nobody has it: reminded and escalated, in due time"
    QUIET = "P1 · from the acknowledgement on nobody is pinged for it"
    ANSWER = "P9 · the customer has an answer in time"
    PROGRESS = "P13 · whoever has it shows progress"
    OUTCOME = "P13 · the customer is told the outcome in time"
    CONFIRM = "P13 · the customer's word is awaited, asked for, and read"
    MANAGER = "P4 · the Manager is told in time, by a person or by the clock"
    NEWS = "P4 · told once, and again only when there is news"
    AFTER_HOURS = "P6 · a customer who insists after hours becomes the Manager's task"
    TASK = "P6 · the Manager answers"
    HELP = "P7 · who asks for help gets it"
    KEPT = "P13 · promises are kept"
    HOLD = "P13 · a hold ends by itself"
    HEARD = "P15 · whoever has a case hears when its customer writes"
    HANDOVER = "P15 · a case handed over is told of to one name"
    OWNER = "P9 P15 · one name at the desk has it, also when somebody left"
    OUTCOME_AND_NAME = "P9 P13 · no end without outcome, name and the customer's word"
    NEXT = "no open case without a next event"
    LOST = "no customer's case is lost"
    CHAIN = "every history is whole"


@dataclass(frozen=True, slots=True)
class Miss:
    promise: Promise
    case_id: int
    at: datetime | None
    what: str


@dataclass(slots=True)
class Verdict:
    """For each promise the cases it was given in, those it came late and escalated in, and what
    went by in silence."""

    given: dict[Promise, set[int]] = field(default_factory=lambda: defaultdict(set))
    late: dict[Promise, set[int]] = field(default_factory=lambda: defaultdict(set))
    misses: list[Miss] = field(default_factory=list)
    broken: dict[Promise, set[int]] = field(default_factory=lambda: defaultdict(set))

    def promised(self, promise: Promise, case_id: int) -> None:
        self.given[promise].add(case_id)

    def escalated(self, promise: Promise, case_id: int) -> None:
        self.late[promise].add(case_id)

    def missed(self, promise: Promise, case_id: int, at: datetime | None, what: str) -> None:
        self.given[promise].add(case_id)
        self.broken[promise].add(case_id)
        self.misses.append(Miss(promise, case_id, at, what))

    def hold(
        self, promise: Promise, case_id: int, at: datetime | None, so: bool, what: str
    ) -> None:
        """A promise that is kept, or missed at once."""
        self.promised(promise, case_id)
        if not so:
            self.missed(promise, case_id, at, what)

    def row(self, promise: Promise) -> tuple[int, int, int, int]:
        """Cases, kept, late but escalated, silently missed."""
        given, broken = self.given[promise], self.broken[promise]
        late = self.late[promise] - broken
        return len(given), len(given) - len(late) - len(broken), len(late), len(broken)
