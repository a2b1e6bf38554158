"""The incident report: everything in it, in print; and nothing internal for the customer."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html
from pypdf import PdfReader

from tests.complaints import BOOK, FILLED, NOW, POINT, SUPERVISOR, a_case, a_promise, an_event
from triage import duty
from triage.complaints.compose import for_the_customer, for_the_house
from triage.complaints.document import Document, Row, Section
from triage.complaints.html import report_html
from triage.complaints.pdf import report_pdf
from triage.complaints.report import Happening, IncidentReport
from triage.errors import ActRefused
from triage.store import Database, incident
from triage.store import complaints as records

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
INSIDE = (
    "INSIDE-fact",
    "INSIDE-lesson",
    "INSIDE-note",
    "INSIDE-rude",
    "INSIDE-done",
    "Late delivery",
    "Shipping",
    "Ours",
    "High",
    "Pat Lindqvist",
    "Sue Ferrari",
    "supervisor",
    "angry",
)
NAMES = {"pat": "Pat Lindqvist", "sue": "Sue Ferrari"}


@pytest.fixture
def report(database: Database) -> IncidentReport:
    with database.transaction() as tx:
        case_id = a_case(tx, number="SO-5512", owner="pat", done="INSIDE-done", told_at=NOW)
        filled = FILLED | {"lesson": "INSIDE-lesson"}
        records.edit(tx, case_id, filled, BOOK, seen=0, who="pat", now=NOW)
        for side, text, inside in (
            ("customer", "Nobody rang.\nTwice.", False),
            ("ours", "INSIDE-fact", True),
            ("papers", "<b>#panic() *x* $y$ @z", False),
        ):
            records.add_fact(tx, case_id, side, text, who="pat", now=NOW, internal=inside)
        records.propose(
            tx, case_id, "refund", Decimal(120), BOOK, seen=9, who="pat", roles=POINT, now=NOW
        )
        records.decide(
            tx, case_id, BOOK, approve=True, seen=9, who="sue", roles=SUPERVISOR, now=NOW
        )
        an_event(tx, case_id, "pat", "note", NOW, text="INSIDE-note")
        an_event(tx, case_id, "pat", "rude", NOW, text="INSIDE-rude")
        an_event(tx, case_id, "triage", "flagged", NOW, rule="angry")
        a_promise(tx, case_id, NOW + DAY, what="Ring with a date")
        a_promise(tx, case_id, NOW - DAY, number=2, what="Send the form", kept_at=NOW)
        made = incident.report(
            tx, case_id, NOW, zone=BERLIN, needed=BOOK.to_close, desk="Acme", names=NAMES
        )
    assert made is not None
    return made


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_p10_the_report_holds_every_field(report: IncidentReport) -> None:
    document = for_the_house(report)
    page = flat(html.fromstring(report_html(document)).text_content())
    printed = flat(pdf_text(report_pdf(document).content))
    for text in (
        *INSIDE,
        "T-1001 (SO-5512)",
        "Dana Reyes",
        "dana@customer.example",
        "4 March 2026, 10:00 CET, by phone",
        "Where is my sofa?",
        "The sofa came three weeks late",
        "Goods",
        "Nobody rang. Twice.",
        "<b>#panic() *x* $y$ @z",
        "Refund 120.00 EUR, approved",
        "Resolved",
        "half the price given back",
        "Ring with a date",
        "4 Mar 2026, 11:30 (late)",
    ):
        assert text in page, text
        assert text in printed, text
    assert "Not complete" not in page


def test_p18_nothing_internal_is_in_the_customers_copy(report: IncidentReport) -> None:
    document = for_the_customer(report)
    page, printed = report_html(document), pdf_text(report_pdf(document).content)
    for text in INSIDE:
        assert text not in page, text
        assert text not in printed, text
    assert "internal" not in html.fromstring(page).find("body").text_content().lower()
    assert "internal" not in printed.lower()
    for text in ("Dana Reyes", "Nobody rang.", "Refund 120.00 EUR", "Ring with a date"):
        assert text in page
        assert text in printed


def test_a_remedy_that_is_not_decided_is_not_promised_to_the_customer(
    report: IncidentReport,
) -> None:
    assert report.record.remedy is not None
    waiting = replace(report.record.remedy, state="deferred upward")
    page = report_html(
        for_the_customer(replace(report, record=replace(report.record, remedy=waiting)))
    )
    assert "Refund" not in page


def test_p5_a_private_number_keeps_the_customers_copy_in_the_house(report: IncidentReport) -> None:
    pat = replace(duty.load(None).people[0], personal_phone=duty.Private("+49 171 555 0001"))
    record = replace(report.record, resolution="Ring Pat on 0171-5550001 any time.")
    with pytest.raises(ActRefused, match="personal phone of pat") as refusal:
        for_the_customer(replace(report, record=record), [pat])
    assert "5550001" not in str(refusal.value)


def test_what_is_missing_stands_on_the_first_page(report: IncidentReport) -> None:
    document = for_the_house(replace(report, missing=("cause", "our_facts")))
    assert "Not complete. Still missing: cause, our side." in report_html(document)


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_the_pdf_is_tagged_numbered_and_black(
    report: IncidentReport, paper: str, size: tuple[int, int]
) -> None:
    many = replace(report, events=report.events * 20)
    pdf = report_pdf(for_the_house(many), paper)  # type: ignore[arg-type]
    assert pdf.whole
    reader = PdfReader(BytesIO(pdf.content))
    assert reader.metadata is not None
    assert reader.metadata.title == "Incident report T-1001"
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "pdfuaid" in reader.xmp_metadata.stream.get_data().decode()  # type: ignore[union-attr]
    headings = [item.title for item in reader.outline[1] if not isinstance(item, list)]  # type: ignore[union-attr]
    assert headings[:2] == ["The complaint", "The facts"]
    assert len(reader.pages) >= 3
    for number, page in enumerate(reader.pages, 1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == size
        assert f"{number} / {len(reader.pages)}" in page.extract_text()


def test_the_page_has_headings_a_language_and_nothing_from_elsewhere(
    report: IncidentReport,
) -> None:
    page = html.fromstring(report_html(for_the_house(report)))
    assert page.get("lang") == "en"
    assert len(page.findall(".//h1")) == 1
    assert len(page.findall(".//h2")) == 8
    assert all(cell.get("scope") == "col" for cell in page.iter("th"))
    assert not list(page.iter("script", "img", "link", "iframe", "b"))
    assert b"http" not in etree.tostring(page)


def named(report: IncidentReport, name: str) -> Document:
    return for_the_house(replace(report, record=replace(report.record, customer_name=name)))


@pytest.mark.parametrize("name", ["Łukasz Müller-Ñandú", "Дмитрий", "Ελένη", "שלום כהן", "محمد"])
def test_names_in_many_scripts_are_printed(report: IncidentReport, name: str) -> None:
    assert report_pdf(named(report, name)).whole


def test_where_a_font_is_missing_the_page_says_so(report: IncidentReport) -> None:
    pdf = report_pdf(named(report, "\U00013000\U00013001 Dana"))  # hieroglyphs
    assert not pdf.whole
    assert "no font for them" in flat(pdf_text(pdf.content))
    assert "Dana" in pdf_text(pdf.content)


_SMALL = Document("Report", "", "", "", (Section("One", (Row("Name", ""),)),))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_written_can_be_printed(name: str, text: str) -> None:
    part = replace(_SMALL.sections[0], rows=(Row(text, name),))
    table = replace(part, rows=(), heads=("a", "b"), cells=((name, text), (text, name)))
    odd = replace(_SMALL, title=text or "x", notice=name, sections=(part, table))
    assert report_pdf(odd).content.startswith(b"%PDF")
    assert report_html(odd)


def test_particulars_are_written_for_people(report: IncidentReport) -> None:
    """Names, a time by the desk's clock, yes and no; what only looks like a time stays."""
    told = {
        "to": ["sue", "nobody-known"],
        "owner": "pat",
        "due": "2026-01-02T23:30:00.402992+00:00",
        "resolved": False,
        "mail": 76,
        "text": "2026-13-45T99:99:99Z",
        "what": "9999-12-31T23:59:59Z",
    }
    event = Happening(NOW, "pat", "overdue", told)
    history = for_the_house(replace(report, events=(event,))).sections[-1]
    assert history.cells[0][1:] == (
        "Pat Lindqvist",
        "Overdue",
        "to: Sue Ferrari, nobody-known; owner: Pat Lindqvist; due: 3 Jan 2026, 00:30; "
        "resolved: no; 2026-13-45T99:99:99Z; what: 9999-12-31T23:59:59Z",
    )


def test_there_is_no_report_of_no_case(database: Database) -> None:
    with database.transaction() as tx:
        assert incident.report(tx, 7, NOW, zone=BERLIN) is None


def test_a_long_history_is_cut_at_its_old_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident, "MOST_EVENTS", 3)
    with database.transaction() as tx:
        case_id = a_case(tx)
        for n in range(5):
            an_event(tx, case_id, "pat", "note", NOW, text=f"n{n}")
        made = incident.report(tx, case_id, NOW, zone=BERLIN)
    assert made is not None
    assert [event.data["text"] for event in made.events] == ["n2", "n3", "n4"]
    assert "2 earlier events" in report_html(for_the_house(made))
