"""The customer's contact details (P6): what is one, and all that only looks like one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.duty.contact import MOST, Contact, contact_details

BERLIN_OFFICE = "+493023125101"


@pytest.mark.parametrize(
    ("signature", "region", "phones"),
    [
        ("Pat Meyer\nTel.: 030 23125 101", "DE", [BERLIN_OFFICE]),
        ("Pat Meyer | +49 (0)30 23125-101 | Berlin", "DE", [BERLIN_OFFICE]),
        ("Pat Meyer | +49 30 23125101", "US", [BERLIN_OFFICE]),
        ("Tel 030 23125101\nFax 030 23125102", "DE", [BERLIN_OFFICE]),
        ("Fax: 030 23125102, Tel: 030 23125101", "DE", [BERLIN_OFFICE]),
        ("T 030 23125101 · M 0171 5550001", "DE", [BERLIN_OFFICE, "+491715550001"]),
        ("Jane Doe\n(212) 736-5000 x12", "US", ["+12127365000"]),
        ("Jane Doe\n212.736.5000", "us", ["+12127365000"]),
        ("Jane Doe, 020 7946 0958", "GB", ["+442079460958"]),
        ("Jeanne Doe\nTél : 01 42 68 53 00", "FR", ["+33142685300"]),
        ("Tel. 91 411 11 11", "ES", ["+34914111111"]),
        ("Tel. 06 6982 1234", "IT", ["+390669821234"]),
        ("tel. 22 826 54 54", "PL", ["+48228265454"]),
        ("030 23125101 or +49 30 23125 101", "DE", [BERLIN_OFFICE]),
        ("Pat Meyer", "DE", []),
        ("USt-IdNr. DE 123456789\nHRB 12345678\nSteuer-Nr. 29/123/45678", "DE", []),
        ("IBAN DE89 3704 0044 0532 0130 00\nBIC COBADEFFXXX", "DE", []),
        ("Kundennummer 030 23125101", "DE", []),
        ("Hauptstr. 12, 10115 Berlin, 23.11.2026 12:34", "DE", []),
        ("call 911 or 0900 1234567", "DE", []),
        ("030 23125101", "", []),
        ("030 23125101", "nowhere", []),
    ],
)
def test_p6_numbers_in_a_signature(signature: str, region: str, phones: list[str]) -> None:
    assert list(contact_details(signature, "", region).phones) == phones


@pytest.mark.parametrize(
    "text",
    [
        "Please call me on 030 23125101.",
        "You can reach me at 030/23125101 after five",
        "Ruft mich an: 030 23125-101",
        "Meine Handynummer ist unverändert, Telefon 030 23125101",
        "My number: +49 30 23125101",
        "+493023125101",
        "about order 123456: call 030 23125101",
    ],
)
def test_p6_numbers_in_the_text(text: str) -> None:
    assert contact_details("", text, "DE").phones == (BERLIN_OFFICE,)


@pytest.mark.parametrize(
    "text",
    [
        "Order 030 23125101 never came.",
        "order no. 0171 5550001",
        "Bestellnummer: 030 23125101",
        "Rechnung 03023125101 vom 23.11.2026",
        "I called about order 030 23125101",
        "Your case #030 23125101",
        "tracking 00340434161094042557",
        "invoice 2026110045 over 1.234.567,89 EUR",
        "card 4111 1111 1111 1111, valid 12/27",
        "serial 0171-5550001-22",
        "030 23125101",  # nothing says what it is
        "+49 3023 125101",  # grouped as nobody there would
        "ISBN 978-3-16-148410-0, EAN 4006381333931",
        "at 12:34:56 on 2026-11-23",
        "see https://shop.example/orders/03023125101",
        "192.168.100.101",
    ],
)
def test_p6_order_numbers_and_the_like_are_no_phones(text: str) -> None:
    assert contact_details("", text, "DE").phones == ()


def test_p6_mails_the_signature_first_and_none_of_our_own() -> None:
    contact = contact_details(
        "Pat\nPat.Meyer+home@Example.org.",
        "I wrote to help@desk.example twice. Use pat@work.example, or pat.meyer+home@example.org",
        "DE",
        own={"help@desk.example"},
    )
    assert contact == Contact((), ("pat.meyer+home@example.org", "pat@work.example"))


@pytest.mark.parametrize(
    "text", ["a@b", "@example.org", "a@-.c", "a b@", "x@y..z", "https://u:p@host", "a@b.c1"]
)
def test_what_is_no_mail_address(text: str) -> None:
    assert contact_details(text, text, "DE").mails == ()


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "+49 ",
        "(030)-",
        "9",
        "a@",
        "a.",
        "((",
        "call ",
        "+1 415 867 5309 ",
        "☎",
        "0/",
        "x@y.z.",
    ],
)
def test_only_so_much_is_read_and_kept(piece: str) -> None:
    huge = piece * 200_000
    contact = contact_details(huge, huge, "US")
    assert len(contact.phones) <= MOST
    assert len(contact.mails) <= MOST


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["DE", "US", "", "??"]))
def test_no_text_breaks_it(signature: str, text: str, region: str) -> None:
    contact = contact_details(signature, text, region)
    assert all(one.startswith("+") and one[1:].isdigit() for one in contact.phones)
