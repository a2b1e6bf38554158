"""Case numbers: where they are looked for, and what is none."""

import pytest

from tests.mails import mail, read
from triage.errors import ConfigError
from triage.mail import ReadingRules


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("[example.com #12345] Broken", "12345"),
        ("Re: [Ticket#2024031510000018] Broken", "2024031510000018"),
        ("AW: [Ticket#87123]", "87123"),
        ("(ABC-123) Broken", "ABC-123"),
        ("[JIRA] [HELP-77] Broken", "HELP-77"),
        ("[ABC123-XYZ9] Re: Broken", "ABC123-XYZ9"),
        ("Broken [ ref:_00D50.5003000:ref ]", "ref:_00D50.5003000:ref"),
        ("Broken [ ref:!00D50000000.!5003000000:ref ]", "ref:!00D50000000.!5003000000:ref"),
        ("Case 12345 still broken", "12345"),
        ("case number: 12345", "12345"),
        ("Ticket #123 broken", "123"),
        ("Ihr Vorgang Nr. 4711-2", "4711"),
        ("Fallnummer: 998877", "998877"),
        ("Dossier n° 55123", "55123"),
        ("Caso número 55123", "55123"),
        ("Zaaknummer: 55123", "55123"),
        ("Zgłoszenie numer 55123", "55123"),
        ("Incident INC-00123", "INC-00123"),
        ("In case 2 of 3 parcels are lost", None),
        ("Order 12345 is late", None),
        ("[Important] Invoice 2024", None),
        ("(UTF-8) text (see below)", None),
        ("Showcase 20245", None),
    ],
)
def test_presets(subject: str, number: str | None) -> None:
    assert read(mail(subject=subject)).case_number == number


def test_subject_then_headers_then_own_then_quoted() -> None:
    body = "case 30003\n\nOn 3 Mar 2025, Help <help@shop.example> wrote:\n> case 40004"
    field = "X-Ticket-Number: 20002"
    assert read(mail(body, field, subject="Re: case 10001")).case_number == "10001"
    assert read(mail(body, field, subject="Re: x")).case_number == "20002"
    assert read(mail(body, subject="Re: x")).case_number == "30003"
    assert read(mail(body.partition("\n")[2], subject="Re: x")).case_number == "40004"


@pytest.mark.parametrize(
    ("field", "number"),
    [
        ("RT-Ticket: example.com #991", "991"),
        ("In-Reply-To: <rt-5.0.1-1234-1700000000-900.4455-5-0@example.com>", "4455"),
        ("X-Case-Number: SR/2024/7", "SR/2024/7"),
        ("X-Ticket-Id: no number at all, and long", None),
    ],
)
def test_headers(field: str, number: str | None) -> None:
    assert read(mail("Hello", field)).case_number == number


def test_own_patterns_come_first() -> None:
    rules = ReadingRules(case_patterns=(r"\bSVC(\d{4})\b",), case_presets=("case",))
    assert read(mail("case 99999", subject="SVC1234, case 88888"), rules).case_number == "1234"
    assert read(mail(subject="[x #77777]"), rules).case_number is None


@pytest.mark.parametrize("pattern", ["(", r"(a)\1", "no group", "(?=x)(y)"])
def test_a_bad_pattern_is_named(pattern: str) -> None:
    with pytest.raises(ConfigError) as error:
        ReadingRules(case_patterns=(pattern,))
    assert repr(pattern) in str(error.value)


def test_other_bad_rules() -> None:
    with pytest.raises(ConfigError, match="'remedy' is unknown"):
        ReadingRules(case_presets=("remedy",))
    with pytest.raises(ConfigError, match="lower-case"):
        ReadingRules(own_addresses=frozenset({"Support@shop.example"}))
    with pytest.raises(ConfigError, match="max_text"):
        ReadingRules(max_text=0)
