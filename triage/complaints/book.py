"""What a complaint may be said to be, and how much each role may grant: data of complaints.toml."""

from dataclasses import dataclass
from decimal import Decimal

from triage.complaints.record import Choice
from triage.duty import Role


@dataclass(frozen=True, slots=True)
class RemedyKind:
    choice: Choice
    has_amount: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """What a role may grant by itself; ``None`` is without limit."""

    role: Role
    up_to: Decimal | None

    def covers(self, amount: Decimal) -> bool:
        return self.up_to is None or amount <= self.up_to


@dataclass(frozen=True, slots=True)
class Book:
    """``limits`` are sorted upward, the last is without limit. ``to_report`` and ``to_close`` are
    fields of the record (keys of ``record.WORDS``)."""

    source: str
    digest: str
    currency: str
    causes: tuple[Choice, ...]
    products: tuple[Choice, ...]
    teams: tuple[Choice, ...]
    remedies: tuple[RemedyKind, ...]
    limits: tuple[Limit, ...]
    to_report: tuple[str, ...]
    to_close: tuple[str, ...]

    def remedy(self, id: str) -> RemedyKind | None:
        return next((kind for kind in self.remedies if kind.choice.id == id), None)

    def limit(self, roles: tuple[Role, ...]) -> Limit | None:
        """The highest limit of somebody with ``roles``; ``None`` for who may grant nothing."""
        return next((limit for limit in reversed(self.limits) if limit.role in roles), None)

    def covering(self, amount: Decimal) -> Limit:
        """The lowest limit that covers ``amount``."""
        return next(limit for limit in self.limits if limit.covers(amount))
