"""An incident report as headings, lines and tables, for one of two readers.

The customer's copy is made of what the customer may see and nothing else: it is not the internal
one with parts taken out, so that whatever is added to that stays inside (P18).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.complaints.record import WORDS, Fact, Side, remedy_in_words
from triage.complaints.report import Happening, IncidentReport, Promised
from triage.complaints.text import clean
from triage.duty import Person, gives_away
from triage.errors import ActRefused

LONGEST = 600
"""Characters of one particular of an event, and of either side of a change."""
_SAYS_ITSELF = frozenset({"text", "note", "said", "done", "why", "reason", "because"})
"""Particulars that need no name before them."""

SIDES = {
    Side.CUSTOMER: "The customer says",
    Side.OURS: "We say",
    Side.THIRD_PARTY: "A third party says",
    Side.PAPERS: "The papers say",
}
HOW = {"mail": "by mail", "call": "by phone", "chat": "by chat", "visit": "in person"}


@dataclass(frozen=True, slots=True)
class Row:
    """``internal`` is marked so in print."""

    label: str
    text: str
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with rows below it, or a table where ``heads`` are given; ``empty`` is said where
    there is neither."""

    heading: str
    rows: tuple[Row, ...] = ()
    heads: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    internal: bool = False
    empty: str = "Nothing was recorded."


@dataclass(frozen=True, slots=True)
class Document:
    """``mark`` stands in the foot of every page; ``notice`` below the title."""

    title: str
    subtitle: str
    mark: str
    notice: str
    sections: tuple[Section, ...]


def for_the_house(report: IncidentReport) -> Document:
    """All that is known, internal matters marked as such."""
    case = report.case
    lacking = ", ".join(WORDS.get(name, name) for name in report.missing)
    return Document(
        title=f"Incident report {case.reference}",
        subtitle=_subtitle(report),
        mark=f"{case.reference} · Internal: not for the customer",
        notice=f"Not complete. Still missing: {lacking}." if lacking else "",
        sections=(
            _complaint(report, own_number=True),
            _facts(report.record.facts, report),
            _judgement(report),
            _remedy(report),
            _resolution(report),
            _promises(report),
            _progress(report),
            _history(report),
        ),
    )


def for_the_customer(report: IncidentReport, people: Sequence[Person] = ()) -> Document:
    """What the customer told us, what was found and done, and what was promised.

    Raises ``ActRefused`` where a text holds a private number or address of one of ``people``.
    """
    record, case = report.record, report.case
    remedy = record.remedy
    settled = remedy is not None and remedy.state in {"within authority", "approved"}
    money = f" {remedy.amount} {remedy.currency}" if remedy and remedy.amount is not None else ""
    done = [
        Row("Remedy", f"{remedy.kind.name}{money}" if remedy and settled else ""),
        Row("Outcome", _capital(record.ending or "")),
        Row("What was done", record.resolution),
        Row("You were told on", _moment(case.told_at, report)),
    ]
    document = Document(
        title=f"Your complaint {case.reference}",
        subtitle=_subtitle(report),
        mark=case.reference,
        notice="",
        sections=(
            _complaint(report),
            _facts(tuple(fact for fact in record.facts if not fact.internal), report, inside=False),
            Section("Resolution", _said(done), empty="We are still at work on it."),
            _promises(report, inside=False),
        ),
    )
    _keeps_private(document, people)
    return document


def _keeps_private(document: Document, people: Sequence[Person]) -> None:
    texts = [row.text for part in document.sections for row in part.rows]
    texts += [cell for part in document.sections for cells in part.cells for cell in cells]
    found = {given for text in texts for given in gives_away(text, tuple(people))}
    if found:
        said = ", ".join(f"{kind.replace('_', ' ')} of {id}" for id, kind in sorted(found))
        raise ActRefused(f"the customer's copy would give away the {said}")


def _subtitle(report: IncidentReport) -> str:
    parts = (report.desk, f"as of {_moment(report.at, report)}", f"times of {report.zone.key}")
    return " · ".join(part for part in parts if part)


def _complaint(report: IncidentReport, *, own_number: bool = False) -> Section:
    record, case = report.record, report.case
    reported = f"{_moment(record.reported_at, report)}, {HOW[record.how]}".removeprefix(", ")
    rows = [
        Row("Case", f"{case.reference} ({case.number})" if case.number else case.reference),
        Row("Customer", record.customer_name),
        Row("Contact", record.contact),
        Row("Reported", reported),
        Row("Subject", case.subject),
        Row("Product", record.product.name if record.product else ""),
        Row("What happened", record.happened),
    ]
    return Section("The complaint", _said(rows))


def _facts(facts: tuple[Fact, ...], report: IncidentReport, *, inside: bool = True) -> Section:
    rows = []
    for fact in facts:
        by = f" ({report.name(fact.told_by)}, {_moment(fact.at, report)})" if inside else ""
        rows.append(Row(SIDES[fact.side], clean(fact.text) + by, fact.internal))
    return Section("The facts", tuple(rows))


def _judgement(report: IncidentReport) -> Section:
    record = report.record
    cause = f"{record.cause.group}: {record.cause.name}" if record.cause else ""
    rows = [
        Row("Cause", cause),
        Row("Team", record.team.name if record.team else ""),
        Row("Whose fault", _capital(record.fault)),
        Row("Lesson", record.lesson),
    ]
    return Section("Cause and lesson", _said(rows), internal=True)


def _remedy(report: IncidentReport) -> Section:
    remedy = report.record.remedy
    if remedy is None:
        return Section("Remedy")
    decided = ""
    if remedy.decided_by:
        decided = f"{report.name(remedy.decided_by)}, {_moment(remedy.decided_at, report)}"
    rows = [
        Row("Remedy", remedy_in_words(remedy)),
        Row("Proposed by", report.name(remedy.proposed_by), internal=True),
        Row("Must be approved by", f"a {remedy.needs}" if remedy.needs else "", internal=True),
        Row(f"{_capital(remedy.state)} by", decided, internal=True),
    ]
    return Section("Remedy", _said(rows))


def _resolution(report: IncidentReport) -> Section:
    record, case = report.record, report.case
    rows = [
        Row("Outcome", _capital(record.ending or "")),
        Row("Resolution", record.resolution),
        Row("What was done", case.done, internal=True),
    ]
    return Section("Resolution", _said(rows), empty="Not resolved yet.")


def _promises(report: IncidentReport, *, inside: bool = True) -> Section:
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


def _progress(report: IncidentReport) -> Section:
    case = report.case
    rows = [
        Row("Severity", _capital(case.severity)),
        Row("Status", _capital(case.status)),
        Row("Owner", report.name(case.owner)),
        Row("Opened", _moment(case.opened_at, report)),
        Row("Acknowledged", _moment(case.acknowledged_at, report)),
        Row("Answered", _moment(case.answered_at, report)),
        Row("Customer told", _moment(case.told_at, report)),
        Row("Customer confirmed", _moment(case.confirmed_at, report)),
        Row("Ended", _moment(case.ended_at, report)),
    ]
    return Section("Progress", _said(rows), internal=True)


def _history(report: IncidentReport) -> Section:
    cells = [
        (_short(event.at, report), report.name(event.who), _capital(event.what), _told(event))
        for event in report.events
    ]
    if report.earlier:
        cells.insert(0, ("", "", f"{report.earlier} earlier events", ""))
    heads = ("When", "Who", "What", "Particulars")
    return Section("History", heads=heads, cells=tuple(cells), internal=True)


def _told(event: Happening) -> str:
    return "; ".join(_particulars(event.data))


def _particulars(data: Mapping[str, object]) -> Iterator[str]:
    """``owner: pat``; a change as ``cause: Late delivery → Lost``."""
    for key, value in data.items():
        name = "" if key in _SAYS_ITSELF else f"{str(key).replace('_', ' ')}: "
        if isinstance(value, Mapping) and set(value) == {"from", "to"}:
            yield f"{name}{_plain(value['from'])} → {_plain(value['to'])}"
        elif isinstance(value, Mapping):
            yield from _particulars(value)
        elif value not in (None, "", [], ()):
            yield f"{name}{_plain(value)}"


def _plain(value: object) -> str:
    said = clean(str(value)) or "nothing"
    return said if len(said) <= LONGEST else f"{said[:LONGEST]} [cut]"


def _said(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Those that say something, fit to be printed."""
    cleaned = (Row(row.label, clean(row.text), row.internal) for row in rows)
    return tuple(row for row in cleaned if row.text)


def _moment(moment: datetime | None, report: IncidentReport) -> str:
    """``4 March 2026, 11:30 CET``, whatever language the machine is set to."""
    if moment is None:
        return ""
    local = moment.astimezone(report.zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%Y, %H:%M %Z}"


def _short(moment: datetime, report: IncidentReport) -> str:
    """For tables: ``4 Mar 2026, 11:30``; the zone stands below the title."""
    local = moment.astimezone(report.zone)
    return f"{local.day} {_MONTHS[local.month - 1][:3]} {local:%Y, %H:%M}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
