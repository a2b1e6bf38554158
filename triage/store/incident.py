"""What an incident report is put together from."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from psycopg.rows import class_row

from triage.complaints import missing
from triage.complaints.report import CaseFacts, Happening, IncidentReport, Promised
from triage.store import complaints
from triage.store.database import Transaction

MOST_EVENTS = 500
"""The newest; a case has no end."""


def report(
    tx: Transaction,
    case_id: int,
    now: datetime,
    *,
    zone: ZoneInfo,
    needed: tuple[str, ...] = (),
    desk: str = "",
    names: Mapping[str, str] | None = None,
) -> IncidentReport | None:
    """The report as things stand, ``None`` when there is no such case.

    ``needed`` are the fields without which it is not complete (``Book.to_report``), ``desk`` the
    desk's name, ``names`` its people's, by id.
    """
    record = complaints.of_case(tx, case_id)
    if record is None:
        return None
    with tx.cursor(row_factory=class_row(CaseFacts)) as cursor:
        case = cursor.execute(_CASE, [case_id]).fetchone()
    assert case is not None
    with tx.cursor(row_factory=class_row(Promised)) as cursor:
        promises = cursor.execute(
            "select number, what, due, made_by, kept_at from promise where case_id = %s"
            " order by number",
            [case_id],
        ).fetchall()
    with tx.cursor(row_factory=class_row(Happening)) as cursor:
        events = cursor.execute(
            "select at, who, what, data from event where case_id = %s order by id desc limit %s",
            [case_id, MOST_EVENTS],
        ).fetchall()
    counted = tx.execute("select count(*) from event where case_id = %s", [case_id]).fetchone()
    assert counted is not None
    return IncidentReport(
        case=case,
        record=record,
        promises=tuple(promises),
        events=tuple(events[::-1]),
        at=now,
        zone=zone,
        missing=missing(record, needed),
        earlier=int(counted[0]) - len(events),
        desk=desk,
        names=names or {},
    )


_CASE = """
select reference, coalesce(number, '') as number, subject, status, severity, source,
       coalesce(owner, '') as owner, opened_at, acknowledged_at, answered_at, told_at,
       confirmed_at, ended_at, done
from cases where id = %s
"""
