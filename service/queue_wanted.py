"""What of the queue somebody wants to see: kept in the address, so that it can be sent and kept."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from service.desk import LARGEST_ID
from triage.life import ENDED, Status
from triage.store.queue import Mark, QueueFilter, QueueRow
from triage.types import Severity

VIEWS = ("open", "mine", "unowned", "overdue", "ended")
LONGEST_QUERY = 300
_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_OPEN = tuple(one for one in Status if one not in ENDED)


class NoSuchPlace(ValueError):
    """The address names a place in the queue that none of our links does."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``after`` is the place that the page begins behind: a ``Mark`` in the address's own form, an
    id where cases stand newest first. What an address says beyond what there is, is ignored."""

    view: str = "open"
    severity: str = ""
    status: str = ""
    q: str = ""
    after: str = ""

    @classmethod
    def read(cls, query: QueryParams) -> Self:
        view, severity = query.get("view", ""), query.get("severity", "")
        status = query.get("status", "")
        return cls(
            view=view if view in VIEWS else "open",
            severity=severity if severity in set(Severity) else "",
            status=status if status in set(_OPEN) else "",
            q=query.get("q", "").strip()[:LONGEST_QUERY],
            after=query.get("after", "")[:60],
        )

    @property
    def first(self) -> bool:
        return not self.after

    @property
    def narrowed(self) -> bool:
        return bool(self.severity or self.status or self.q)

    @property
    def ended(self) -> bool:
        return self.view == "ended"

    def address(self, **changes: str) -> str:
        """The address of this, or of this but for ``changes``; those begin on the first page."""
        other = replace(self, **({"after": ""} | changes))
        said = {"view": "" if other.view == "open" else other.view, "severity": other.severity}
        said |= {"status": other.status, "q": other.q, "after": other.after}
        query = urlencode({name: value for name, value in said.items() if value})
        return f"/?{query}" if query else "/"

    def here(self) -> str:
        return self.address(after=self.after)

    def filter(self, me: str, now: datetime) -> QueueFilter:
        """``me`` is whoever looks, by their id in the duty file."""
        owners = {"mine": (me or "-",), "unowned": ("",)}
        chosen = (self.status,) if self.status and not self.ended else ()
        return QueueFilter(
            status=tuple(ENDED) if self.ended else chosen,
            severity=(self.severity,) if self.severity else (),
            owner=owners.get(self.view, ()),
            text=self.q,
            late=now if self.view == "overdue" else None,
        )

    def mark(self) -> Mark | None:
        """Raises ``NoSuchPlace``."""
        if not self.after:
            return None
        urgent, _, rest = self.after.partition("-")
        ticks, _, id = rest.partition("-")
        if urgent not in {"e", "n"}:
            raise NoSuchPlace(self.after)
        try:
            return urgent == "e", _EPOCH + _number(ticks) * _TICK, _number(id)
        except OverflowError:
            raise NoSuchPlace(self.after) from None

    def before(self) -> int | None:
        """Raises ``NoSuchPlace``."""
        return _number(self.after) if self.after else None

    def following(self, last: QueueRow) -> str:
        """The address of the page after the one that ends with ``last``."""
        if self.ended or last.since is None:
            return self.address(after=str(last.id))
        urgent = "e" if last.severity == Severity.EMERGENCY else "n"
        return self.address(after=f"{urgent}-{(last.since - _EPOCH) // _TICK}-{last.id}")


def statuses() -> Iterable[Status]:
    return _OPEN


def _number(digits: str) -> int:
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        raise NoSuchPlace(digits)
    found = int(digits)
    if found > LARGEST_ID:
        raise NoSuchPlace(digits)
    return found
