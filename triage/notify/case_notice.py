"""A notice of a case, and the Manager's."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from triage.errors import DeliveryRefused
from triage.notify.brief import CaseBrief, Envelope, Safety, Told
from triage.notify.matter import Matter, NoticeKind
from triage.notify.words import one_line


@dataclass(frozen=True, slots=True)
class CaseNotice:
    """Tells one person of one matter of a case: what to do, ``until`` when, and who else knows.

    ``safety`` is shown with an emergency alone.
    """

    envelope: Envelope
    case: CaseBrief
    matter: Matter
    until: datetime | None = None
    told: tuple[Told, ...] = ()
    safety: Safety | None = None

    @property
    def kind(self) -> NoticeKind:
        return self.matter.kind


@dataclass(frozen=True, slots=True)
class Done:
    """What was done for the customer, by whom (name), when."""

    what: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class NotYet:
    """Not resolved yet; ``next`` says what runs next, and when. Who has it is the case's owner."""

    next: str
    next_at: datetime | None = None


Standing: TypeAlias = Done | NotYet


@dataclass(frozen=True, slots=True)
class ManagerNotice:
    """Tells a Manager of a complaint or an upset customer (P4). ``change`` says why they are told
    again, where they were told before."""

    envelope: Envelope
    case: CaseBrief
    standing: Standing
    change: str = ""


class NoticeIncomplete(DeliveryRefused):
    """A Manager's notice with fields missing; ``missing`` names them."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(f"cannot go out: {_and(missing)} {_is(missing)} missing")
        self.missing = missing


def missing_fields(notice: ManagerNotice) -> tuple[str, ...]:
    """The fields that P4 asks for and the notice has not, in words; empty when it may go out.

    A customer without a name goes by their address. What "not resolved yet" cannot have, it need
    not have; nobody in charge is an answer too.
    """
    customer, standing = notice.case.customer, notice.standing
    asked = [
        ("the customer's name", customer.name + customer.address),
        ("the case number", notice.case.case_number),
    ]
    if isinstance(standing, Done):
        asked += [
            ("what was done", standing.what),
            ("by whom", standing.by),
            ("when", standing.at.isoformat() if standing.at else ""),
        ]
    else:
        asked += [("what runs next", standing.next)]
    return tuple(name for name, text in asked if not one_line(text, 100))


def _and(names: tuple[str, ...]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _is(names: tuple[str, ...]) -> str:
    return "are" if len(names) > 1 else "is"
