"""The audit trail: who did what at the desk, and whether the history of cases is what it was."""

from datetime import UTC, datetime
from threading import Lock
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from service import acts, rota_changes, words
from service.accounts.visitor import Visitor
from service.auth import allowed
from service.desk import Before, Desk, DeskOf
from service.forms import Form
from service.pages import contacts, log, record, report
from service.permissions import Act
from service.plain import one_line
from service.render import page
from service.verdicts import GIVEN, TAKEN_BACK
from triage.complaints.text import clean_line
from triage.store import audit, desk_audit
from triage.store.audit import Broken, Seal, Verdict

router = APIRouter()

ROWS = 100
VERIFIED = "history verified"
MOST_BROKEN = 100
KINDS = (
    *desk_audit.EVENTS,
    *(acts.ACTED, GIVEN, TAKEN_BACK),
    *(record.SAVED, record.FACT, record.REMEDY, record.DECIDED, report.TAKEN, log.EXPORTED),
    *(contacts.LOGGED, rota_changes.ASKED_FOR, rota_changes.SET, rota_changes.ANSWERED),
    *(rota_changes.TAKEN_BACK, rota_changes.IMPORTED, VERIFIED),
)
Auditor = Annotated[Visitor, Depends(allowed(Act.AUDIT_SEE))]
_one_at_a_time = Lock()


@router.get("/audit")
def show(
    desk: DeskOf, visitor: Auditor, who: str = "", what: str = "", before: Before = None
) -> Response:
    return _page(desk, visitor, (clean_line(who[:200]), clean_line(what[:60])), before)


@router.post("/audit/verify")
def verify(desk: DeskOf, visitor: Auditor) -> Response:
    """Walks every case's chain and makes every seal again: as long as there is history."""
    if not _one_at_a_time.acquire(blocking=False):
        return _page(desk, visitor, busy=True, status=409)
    try:
        broken: list[Broken] = []

        def report_it(one: Broken) -> None:
            if len(broken) < MOST_BROKEN:
                broken.append(one)

        found = audit.verify(desk.database, report_it)
        with desk.database.transaction() as tx:
            acts.note(tx, desk, visitor, VERIFIED, cases=found.cases, broken=found.broken)
    finally:
        _one_at_a_time.release()
    return _page(desk, visitor, verdict=(found, broken))


def _page(
    desk: Desk,
    visitor: Visitor,
    asked: tuple[str, str] = ("", ""),
    before: int | None = None,
    *,
    status: int = 200,
    busy: bool = False,
    verdict: tuple[Verdict, list[Broken]] | None = None,
) -> Response:
    now, (who, what) = datetime.now(UTC), asked
    with desk.database.transaction() as tx:
        rows = desk_audit.page(tx, ROWS + 1, before, who=who, what=what)
        seal = audit.last_seal(tx)
    shown = rows[:ROWS]
    query = {name: value for name, value in (("who", who), ("what", what)) if value}
    older = {**query, "before": shown[-1].id} if len(rows) > ROWS else {}
    kinds = dict.fromkeys((*KINDS, *((what,) if what else ())))
    return page(
        desk,
        "audit.html",
        visitor=visitor,
        status=status,
        form=Form({"who": who, "what": what}),
        kinds=[(kind, words.sentence_case(kind)) for kind in kinds],
        narrowed=bool(query),
        entries=[
            {
                "at": words.moment(one.at, now),
                "who": one_line(one.who, 100),
                "what": words.sentence_case(one_line(one.what, 80)),
                "address": one_line(one.address, 60),
                "data": _in_words(one.data),
            }
            for one in shown
        ],
        older=f"/audit?{urlencode(older)}" if older else "",
        first=before is None,
        seal=_sealed(seal, now),
        busy=busy,
        verdict=verdict[0] if verdict else None,
        broken=verdict[1] if verdict else [],
    )


def _sealed(seal: Seal | None, now: datetime) -> dict[str, object] | None:
    if seal is None:
        return None
    return {"at": words.moment(seal.at, now), "events": f"{seal.events:,}", "hash": seal.hash.hex()}


def _in_words(data: dict[str, object]) -> str:
    """``account: pat; roles: point, rep``."""
    told = []
    for name, value in data.items():
        if value in (None, "", [], {}):
            continue
        said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        told.append(f"{name.replace('_', ' ')}: {said}")
    return one_line("; ".join(told), 400)
