"""The incident report: all that is known of one complaint, put together to be read and filed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from triage.complaints.record import Record


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the case itself says. ``owner`` is a person's id."""

    reference: str
    number: str
    subject: str
    status: str
    severity: str
    source: str
    owner: str
    opened_at: datetime
    acknowledged_at: datetime | None
    answered_at: datetime | None
    told_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    done: str


@dataclass(frozen=True, slots=True)
class Promised:
    number: int
    what: str
    due: datetime
    made_by: str
    kept_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the case's history. ``who`` is a person's id, or ``triage``."""

    at: datetime
    who: str
    what: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """As things stood at ``at``. ``missing`` are the fields (keys of ``record.WORDS``) without
    which it is not complete; ``names`` the desk's people, id -> name; ``earlier`` counts events
    that were too many to be shown."""

    case: CaseFacts
    record: Record
    promises: tuple[Promised, ...]
    events: tuple[Happening, ...]
    at: datetime
    zone: ZoneInfo
    missing: tuple[str, ...] = ()
    earlier: int = 0
    desk: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, id: str) -> str:
        return self.names.get(id, id)
