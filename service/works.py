"""What the desk works with beside its database: how cases live, what may be said, the model."""

from collections.abc import Callable
from dataclasses import dataclass

from service.scoring import Scorer
from triage.caseload import Caseload
from triage.complaints import Book
from triage.config import Settings
from triage.drafts import Drafts, Guide
from triage.store import Transaction


@dataclass(frozen=True, slots=True)
class Works:
    """``book``, ``drafts`` and ``guide`` give what is in force. ``bring_in`` defers, inside the
    transaction, the reading of the batch of mail with that id."""

    caseload: Caseload
    settings: Settings
    scorer: Scorer
    book: Callable[[], Book]
    drafts: Callable[[], Drafts]
    guide: Callable[[], Guide]
    bring_in: Callable[[Transaction, int], None]
