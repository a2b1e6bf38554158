"""All that a draft may know of a case: there is no field by which anything internal could enter."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from triage.duty import ContactSheet
from triage.duty.answer import Means


class Step(StrEnum):
    """What a draft is for; each has its template."""

    FIRST_ANSWER = "first-answer"
    HOLDING = "holding"
    PROGRESS = "progress"
    OUTCOME = "outcome"
    ASK = "ask"  # whether it satisfies, or works
    ASK_AGAIN = "ask-again"
    AGREED = "agreed"  # what was agreed, in writing
    AFTER_HOURS = "after-hours"
    MANAGER_CONTACT = "manager-contact"
    REFERENCE = "reference"
    ABUSE = "abuse"
    PROMISE = "promise"
    CLOSING = "closing"


class AtFault(StrEnum):
    """Whose fault it is; the words are those of the complaint record."""

    OURS = "ours"
    CUSTOMER = "customer"
    THIRD_PARTY = "third party"
    NOBODY = "nobody"
    UNKNOWN = "not known yet"


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise to the customer that is still open. ``due`` is aware."""

    what: str
    due: datetime


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """What may be said to this customer. Texts are data, whoever wrote them, never templates.

    ``matter`` is what happened, restated; ``offer`` what can be done, ``agreed`` what was agreed
    and ``done`` what was done. ``by`` is when the customer hears again. ``means``, ``phone`` and
    ``mail`` say how the customer is reached. ``content`` is the customer's word on the offer,
    ``None`` as long as there is none; ``written`` whether the agreement was confirmed in writing.
    ``own_numbers`` are further numbers of the same case, ``desk_mails`` addresses of the house.
    ``now`` is when the draft is made; times are aware and said by the clock of ``zone``.
    """

    customer: str
    case_number: str
    subject: str
    signer: ContactSheet
    zone: ZoneInfo
    now: datetime
    matter: str = ""
    offer: str = ""
    agreed: str = ""
    done: str = ""
    promises: tuple[Commitment, ...] = ()
    by: datetime | None = None
    means: Means | None = None
    phone: str = ""
    mail: str = ""
    manager: ContactSheet | None = None
    facts_known: bool = False
    fault: AtFault = AtFault.UNKNOWN
    apologised: bool = False
    content: bool | None = None
    written: bool = False
    own_numbers: tuple[str, ...] = ()
    desk_mails: tuple[str, ...] = ()

    @property
    def apology_due(self) -> bool:
        """One, when the facts are known and the fault is ours (P12)."""
        return self.facts_known and self.fault is AtFault.OURS and not self.apologised
