"""A complaint record as a row of its table, and back."""

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from triage.complaints import (
    Choice,
    Ending,
    Fact,
    Fault,
    How,
    Record,
    Remedy,
    RemedyState,
    Side,
)
from triage.duty import Role


def as_row(record: Record) -> dict[str, Any]:
    return {
        "case_id": record.case_id,
        "customer_name": record.customer_name,
        "contact": record.contact,
        "reported_at": record.reported_at,
        "how": record.how,
        "happened": record.happened,
        "cause_group": record.cause.group if record.cause else "",
        **_choice_row("cause", record.cause),
        **_choice_row("product", record.product),
        **_choice_row("team", record.team),
        "fault": record.fault,
        "facts": Jsonb([_fact_row(fact) for fact in record.facts]),
        **_remedy_row(record.remedy),
        "ending": record.ending,
        "resolution": record.resolution,
        "lesson": record.lesson,
    }


def as_record(row: dict[str, Any]) -> Record:
    """Of a row of ``RECORD``, whose columns are null where nothing was ever written."""
    return Record(
        case_id=row["case_id"],
        customer_name=row["customer_name"],
        contact=row["contact"],
        reported_at=row["reported_at"],
        how=How(row["how"]),
        happened=row["happened"] or "",
        cause=_choice(row, "cause", row["cause_group"] or ""),
        product=_choice(row, "product"),
        team=_choice(row, "team"),
        fault=Fault(row["fault"] or Fault.UNKNOWN),
        facts=tuple(_fact(one) for one in row["facts"] or ()),
        remedy=_remedy(row),
        ending=Ending(row["ending"]) if row["ending"] else None,
        resolution=row["resolution"] or "",
        lesson=row["lesson"] or "",
    )


def _choice_row(name: str, choice: Choice | None) -> dict[str, Any]:
    return {f"{name}_id": choice.id if choice else None, name: choice.name if choice else ""}


def _choice(row: dict[str, Any], name: str, group: str = "") -> Choice | None:
    id = row[f"{name}_id"]
    return None if id is None else Choice(id, row[name], group)


def _remedy_row(remedy: Remedy | None) -> dict[str, Any]:
    return {
        **_choice_row("remedy", remedy.kind if remedy else None),
        "amount": remedy.amount if remedy else None,
        "currency": remedy.currency if remedy else "",
        "remedy_state": remedy.state if remedy else "",
        "proposed_by": remedy.proposed_by if remedy else "",
        "needs": (remedy.needs or "") if remedy else "",
        "decided_by": remedy.decided_by if remedy else "",
        "decided_at": remedy.decided_at if remedy else None,
    }


def _remedy(row: dict[str, Any]) -> Remedy | None:
    kind = _choice(row, "remedy")
    if kind is None:
        return None
    return Remedy(
        kind=kind,
        amount=row["amount"],
        currency=row["currency"],
        state=RemedyState(row["remedy_state"]),
        proposed_by=row["proposed_by"],
        needs=Role(row["needs"]) if row["needs"] else None,
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )


def _fact_row(fact: Fact) -> dict[str, Any]:
    return {
        "side": fact.side,
        "text": fact.text,
        "told_by": fact.told_by,
        "at": fact.at.isoformat(),
        "internal": fact.internal,
    }


def _fact(row: dict[str, Any]) -> Fact:
    at = datetime.fromisoformat(row["at"])
    return Fact(Side(row["side"]), row["text"], row["told_by"], at, row["internal"])


COLUMNS = (
    *("customer_name", "contact", "reported_at", "how", "happened"),
    *("cause_id", "cause", "cause_group", "product_id", "product", "team_id", "team"),
    *("fault", "facts", "remedy_id", "remedy", "amount", "currency", "remedy_state"),
    *("proposed_by", "needs", "decided_by", "decided_at", "ending", "resolution", "lesson"),
)

_FROM_CASE = {
    "customer_name": "coalesce(complaint.customer_name, cases.customer_name)",
    "contact": """coalesce(complaint.contact,
        concat_ws(', ', nullif(customer_address, ''), nullif(phone, '')))""",
    "reported_at": """case when complaint.case_id is not null then complaint.reported_at
        else coalesce((select received from mail where mail.case_id = cases.id
                       and mail.kind <> 'own' order by received limit 1), opened_at) end""",
    "how": "coalesce(complaint.how, cases.source)",
}
"""What the case itself says as long as nobody wrote into the record."""

_SELECTED = ", ".join(f"{_FROM_CASE.get(name, f'complaint.{name}')} as {name}" for name in COLUMNS)
RECORD = (
    f"select cases.id as case_id, {_SELECTED} from cases"  # noqa: S608 - columns of ours
    " left join complaint on complaint.case_id = cases.id"
)

_NAMES = ", ".join(("case_id", *COLUMNS, "changed_at"))
_VALUES = ", ".join(f"%({name})s" for name in ("case_id", *COLUMNS, "changed_at"))
_UPDATES = ", ".join(f"{name} = excluded.{name}" for name in (*COLUMNS, "changed_at"))
KEEP = (
    f"insert into complaint ({_NAMES}) values ({_VALUES})"  # noqa: S608 - columns of ours
    f" on conflict (case_id) do update set {_UPDATES}"
)
