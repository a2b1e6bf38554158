"""An incident report as a document for one of two readers.

The customer's copy is made of what the customer may see and nothing else: it is not the internal
one with parts taken out, so that whatever is added to that stays inside (P18).
"""

from collections.abc import Sequence

from triage.complaints import sections
from triage.complaints.document import Document, Row, Section
from triage.complaints.record import WORDS
from triage.complaints.report import IncidentReport
from triage.duty import Person, gives_away
from triage.errors import ActRefused


def for_the_house(report: IncidentReport) -> Document:
    """All that is known, internal matters marked as such."""
    case = report.case
    lacking = ", ".join(WORDS.get(name, name) for name in report.missing)
    return Document(
        title=f"Incident report {case.reference}",
        subtitle=sections.subtitle(report),
        mark=f"{case.reference} · Internal: not for the customer",
        notice=f"Not complete. Still missing: {lacking}." if lacking else "",
        sections=(
            sections.complaint(report),
            sections.facts(report.record.facts, report),
            sections.judgement(report),
            sections.remedy(report),
            sections.resolution(report),
            sections.promises(report),
            sections.progress(report),
            sections.history(report),
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
        Row("Outcome", sections.capital(record.ending or "")),
        Row("What was done", record.resolution),
        Row("You were told on", sections.moment(case.told_at, report)),
    ]
    document = Document(
        title=f"Your complaint {case.reference}",
        subtitle=sections.subtitle(report),
        mark=case.reference,
        notice="",
        sections=(
            sections.complaint(report),
            sections.facts(
                tuple(fact for fact in record.facts if not fact.internal), report, inside=False
            ),
            Section("Resolution", sections.said(done), empty="We are still at work on it."),
            sections.promises(report, inside=False),
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
