"""The complaint record as visitors change it, for pages and programs alike.

Everything raises ``NotAllowed``, ``NoCase`` and ``Refused``; changes also ``ChangedMeanwhile``.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from service.accounts.visitor import Visitor
from service.acts import NoCase, Refused, acting_as, refused, require, sentence
from service.desk import Desk
from service.permissions import Act
from triage.complaints import FIELDS, Record, amount_of
from triage.complaints.report import IncidentReport
from triage.errors import ActRefused
from triage.store import Transaction, complaints, incident
from triage.store.complaints import ChangedMeanwhile

_NAMES = (*FIELDS, "side", "text", "amount", "remedy")
_ALIASES = {"facts": "text", "remedy": "kind"}


def of_case(tx: Transaction, case_id: int) -> Record:
    found = complaints.of_case(tx, case_id)
    if found is None:
        raise NoCase(f"There is no case {case_id}.")
    return found


def edit(
    tx: Transaction,
    desk: Desk,
    visitor: Visitor,
    case_id: int,
    changes: Mapping[str, str],
    *,
    seen: int,
) -> Record:
    """``changes`` are field -> text, as of ``complaints.edited``."""
    require(visitor, Act.COMPLAINT_WRITE)
    who, now = acting_as(visitor), desk.works.caseload.clock()
    book = desk.works.book()
    return _said(
        tx,
        case_id,
        lambda: complaints.edit(tx, case_id, changes, book, seen=seen, who=who, now=now),
    )


def add_fact(
    tx: Transaction,
    desk: Desk,
    visitor: Visitor,
    case_id: int,
    side: str,
    *,
    text: str,
    internal: bool,
) -> Record:
    require(visitor, Act.COMPLAINT_WRITE)
    who, now = acting_as(visitor), desk.works.caseload.clock()
    return _said(
        tx,
        case_id,
        lambda: complaints.add_fact(tx, case_id, side, text, who=who, now=now, internal=internal),
    )


def propose(
    tx: Transaction,
    desk: Desk,
    visitor: Visitor,
    case_id: int,
    kind: str,
    *,
    amount: str,
    seen: int,
) -> Record:
    """Granted at once within the visitor's authority, else deferred upward. ``amount`` is as a
    person writes it, empty for a remedy that is no sum."""
    require(visitor, Act.COMPLAINT_WRITE)
    who, now = acting_as(visitor), desk.works.caseload.clock()

    def do() -> Record:
        money: Decimal | None = amount_of(amount.strip()) if amount.strip() else None
        return complaints.propose(
            tx,
            case_id,
            kind,
            money,
            desk.works.book(),
            seen=seen,
            who=who,
            roles=visitor.duties,
            now=now,
        )

    return _said(tx, case_id, do)


def decide(
    tx: Transaction, desk: Desk, visitor: Visitor, case_id: int, *, approve: bool, seen: int
) -> Record:
    require(visitor, Act.COMPLAINT_APPROVE)
    who, now = acting_as(visitor), desk.works.caseload.clock()
    return _said(
        tx,
        case_id,
        lambda: complaints.decide(
            tx,
            case_id,
            desk.works.book(),
            approve=approve,
            seen=seen,
            who=who,
            roles=visitor.duties,
            now=now,
        ),
    )


def report(tx: Transaction, desk: Desk, case_id: int) -> IncidentReport:
    duty = desk.works.caseload.duty()
    found = incident.report(
        tx,
        case_id,
        desk.works.caseload.clock(),
        zone=duty.hours.zone,
        needed=desk.works.book().to_report,
        desk=desk.works.settings.desk.name,
        names={one.id: one.name for one in duty.people},
    )
    if found is None:
        raise NoCase(f"There is no case {case_id}.")
    return found


def _said(tx: Transaction, case_id: int, do: Callable[[], Record]) -> Record:
    """Every refusal of the house with the field that it is about."""
    of_case(tx, case_id)
    try:
        return do()
    except ChangedMeanwhile:
        raise
    except ActRefused as error:
        about = {_ALIASES.get(name, name): sentence(str(error)) for name in error.missing}
        if about:
            raise Refused(sentence(str(error)), about) from None
        raise refused(error, _NAMES) from None
