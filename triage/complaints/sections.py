"""The parts of an incident report. Those with ``inside`` have a form for the customer too."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from triage.complaints.document import Row, Section
from triage.complaints.record import Fact, Side, remedy_in_words
from triage.complaints.report import Happening, IncidentReport, Promised
from triage.complaints.text import clean

LONGEST = 600
"""Characters of one particular of an event, and of either side of a change."""
_SAYS_ITSELF = frozenset({"text", "note", "said", "done", "why", "reason", "because"})
"""Particulars that need no name before them."""
_PEOPLE = frozenset({"to", "by", "owner"})
_NUMBERS_OF_OURS = frozenset({"mail", "promise"})
"""Particulars that only the store can look up."""

SIDES = {
    Side.CUSTOMER: "The customer says",
    Side.OURS: "We say",
    Side.THIRD_PARTY: "A third party says",
    Side.PAPERS: "The papers say",
}
HOW = {"mail": "by mail", "call": "by phone", "chat": "by chat", "visit": "in person"}


def subtitle(report: IncidentReport) -> str:
    parts = (report.desk, f"as of {moment(report.at, report)}", f"times of {report.zone.key}")
    return " · ".join(part for part in parts if part)


def complaint(report: IncidentReport) -> Section:
    record, case = report.record, report.case
    reported = f"{moment(record.reported_at, report)}, {HOW[record.how]}".removeprefix(", ")
    rows = [
        Row("Case", f"{case.reference} ({case.number})" if case.number else case.reference),
        Row("Customer", record.customer_name),
        Row("Contact", record.contact),
        Row("Reported", reported),
        Row("Subject", case.subject),
        Row("Product", record.product.name if record.product else ""),
        Row("What happened", record.happened),
    ]
    return Section("The complaint", said(rows))


def facts(facts: tuple[Fact, ...], report: IncidentReport, *, inside: bool = True) -> Section:
    rows = []
    for fact in facts:
        by = f" ({report.name(fact.told_by)}, {moment(fact.at, report)})" if inside else ""
        rows.append(Row(SIDES[fact.side], clean(fact.text) + by, fact.internal))
    return Section("The facts", tuple(rows))


def judgement(report: IncidentReport) -> Section:
    record = report.record
    cause = f"{record.cause.group}: {record.cause.name}" if record.cause else ""
    rows = [
        Row("Cause", cause),
        Row("Team", record.team.name if record.team else ""),
        Row("Whose fault", capital(record.fault)),
        Row("Lesson", record.lesson),
    ]
    return Section("Cause and lesson", said(rows), internal=True)


def remedy(report: IncidentReport) -> Section:
    remedy = report.record.remedy
    if remedy is None:
        return Section("Remedy")
    decided = ""
    if remedy.decided_by:
        decided = f"{report.name(remedy.decided_by)}, {moment(remedy.decided_at, report)}"
    rows = [
        Row("Remedy", remedy_in_words(remedy)),
        Row("Proposed by", report.name(remedy.proposed_by), internal=True),
        Row("Approval", f"needs a {remedy.needs}" if remedy.needs else "", internal=True),
        Row(f"{capital(remedy.state)} by", decided, internal=True),
    ]
    return Section("Remedy", said(rows))


def resolution(report: IncidentReport) -> Section:
    record, case = report.record, report.case
    rows = [
        Row("Outcome", capital(record.ending or "")),
        Row("Resolution", record.resolution),
        Row("What was done", case.done, internal=True),
    ]
    return Section("Resolution", said(rows), empty="Not resolved yet.")


def promises(report: IncidentReport, *, inside: bool = True) -> Section:
    heads = ("Promise", "Until", "Kept", "Made by") if inside else ("Promise", "Until", "Kept")
    cells = []
    for promise in report.promises:
        line = (clean(promise.what), _short(promise.due, report), _kept(promise, report))
        cells.append((*line, report.name(promise.made_by)) if inside else line)
    return Section("Promises", heads=heads, cells=tuple(cells), empty="None were made.")


def _kept(promise: Promised, report: IncidentReport) -> str:
    if promise.kept_at is None:
        return "overdue" if promise.due < report.at else "not yet"
    late = " (late)" if promise.kept_at > promise.due else ""
    return _short(promise.kept_at, report) + late


def progress(report: IncidentReport) -> Section:
    case = report.case
    rows = [
        Row("Severity", capital(case.severity)),
        Row("Status", capital(case.status)),
        Row("Owner", report.name(case.owner)),
        Row("Opened", moment(case.opened_at, report)),
        Row("Acknowledged", moment(case.acknowledged_at, report)),
        Row("Answered", moment(case.answered_at, report)),
        Row("Customer told", moment(case.told_at, report)),
        Row("Customer confirmed", moment(case.confirmed_at, report)),
        Row("Ended", moment(case.ended_at, report)),
    ]
    return Section("Progress", said(rows), internal=True)


def history(report: IncidentReport) -> Section:
    cells = [
        (
            _short(event.at, report),
            report.name(event.who),
            capital(event.what),
            _told(event, report),
        )
        for event in report.events
    ]
    if report.earlier:
        cells.insert(0, ("", "", f"{report.earlier} earlier events", ""))
    heads = ("When", "Who", "What", "Particulars")
    return Section("History", heads=heads, cells=tuple(cells), internal=True)


def _told(event: Happening, report: IncidentReport) -> str:
    return "; ".join(_particulars(event.data, report))


def _particulars(data: Mapping[str, object], report: IncidentReport) -> Iterator[str]:
    """``owner: Pat Lind``; a change as ``cause: Late delivery → Lost``."""
    for key, value in data.items():
        name = "" if key in _SAYS_ITSELF else f"{str(key).replace('_', ' ')}: "
        if key in _NUMBERS_OF_OURS and isinstance(value, int):
            continue
        if isinstance(value, Mapping) and set(value) == {"from", "to"}:
            yield f"{name}{_plain(value['from'], report)} → {_plain(value['to'], report)}"
        elif isinstance(value, Mapping):
            yield from _particulars(value, report)
        elif value not in (None, "", [], ()):
            yield f"{name}{_named(value, report) if key in _PEOPLE else _plain(value, report)}"


def _named(value: object, report: IncidentReport) -> str:
    """People by their names, whether one or several."""
    ids = value if isinstance(value, list | tuple) else [value]
    return ", ".join(_plain(report.name(str(id)), report) for id in ids)


def _plain(value: object, report: IncidentReport) -> str:
    """As people write it: a time by the desk's clock, yes and no, a list with commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_plain(one, report) for one in value)
    said = clean(str(value)) or "nothing"
    try:
        at = datetime.fromisoformat(said)
        return _short(at, report) if at.tzinfo else said
    except (ValueError, OverflowError):  # no time, or none of this calendar
        return said if len(said) <= LONGEST else f"{said[:LONGEST]} [cut]"


def said(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Those that say something, fit to be printed."""
    cleaned = (Row(row.label, clean(row.text), row.internal) for row in rows)
    return tuple(row for row in cleaned if row.text)


def moment(moment: datetime | None, report: IncidentReport) -> str:
    """``4 March 2026, 11:30 CET``, whatever language the machine is set to."""
    if moment is None:
        return ""
    local = moment.astimezone(report.zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%Y, %H:%M %Z}"


def _short(moment: datetime, report: IncidentReport) -> str:
    """For tables: ``4 Mar 2026, 11:30``; the zone stands below the title."""
    local = moment.astimezone(report.zone)
    return f"{local.day} {_MONTHS[local.month - 1][:3]} {local:%Y, %H:%M}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
