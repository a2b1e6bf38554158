"""Notices as mail: what they say, and that nothing a stranger wrote can bend them."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile import HOSTILE
from tests.notices import FLAG, ORIGINAL, SAFETY, TROUBLE
from triage.errors import ConfigError, DeliveryRefused
from triage.notify import compose, compose_trouble
from triage.types import Evidence, Person, Severity

NOW = datetime(2026, 11, 3, 13, 6, tzinfo=UTC)


def received(message: EmailMessage) -> EmailMessage:
    """The message after a true round trip over bytes."""
    return email.message_from_bytes(message.as_bytes(), policy=default)


def text(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content


HEADERS = {
    "From": "Triage <triage@desk.example>",
    "To": "Pat Point <pat@desk.example>",
    "Reply-To": "Help desk <desk@desk.example>",
    "Subject": "[Triage HIGH] Case 12345: Jane Doe – asks for a manager",
    "Date": "Tue, 03 Nov 2026 13:06:00 +0000",
    "Message-ID": "<583524086767ed698c2cb3722d7031f8.triage@desk.example>",
    "In-Reply-To": "<case-7.triage@desk.example>",
    "References": "<case-7.triage@desk.example>",
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",
    "X-Triage-Notice": "0a1b.0",
    "X-Triage-Kind": "flag",
    "X-Triage-Severity": "high",
    "Importance": "high",
    "X-Priority": "1",
}


def test_the_headers() -> None:
    message = received(compose(FLAG, NOW))
    assert {name: message[name] for name in HEADERS} == HEADERS
    assert set(message.keys()) == set(HEADERS) | {"MIME-Version", "Content-Type"}


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_the_text_says_all_that_the_point_person_needs(kind: str) -> None:
    said = text(received(compose(FLAG, NOW)), kind).replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        "12345",
        "Jane Doe",
        "jane@customer.example",
        "asks for a manager",
        "I want to speak to your manager.",
        "supervisor 93 %, enough from 41 %",
        "https://triage.desk.example/cases/7",
        "Third outage",
        "Tue 3 Nov 2026, 14:05 CET",
        "Tue 3 Nov 2026, 14:03 CET",
        "Mailbox support, folder INBOX, UID 4711",
        "is attached",
        "desk@desk.example, never to the customer",
    ):
        assert words in said


def test_the_original_is_attached_as_it_came() -> None:
    [part] = received(compose(FLAG, NOW)).iter_attachments()
    assert part.get_content_type() == "message/rfc822"
    assert part.get_filename() == "original.eml"
    assert part.get_content()["Subject"] == "Third outage"
    assert ORIGINAL in compose(FLAG, NOW).as_bytes()


NOT_ATTACHED = {
    "too large": (replace(FLAG, original=ORIGINAL * 9, original_size=len(ORIGINAL) * 9), 1000),
    "truncated": (replace(FLAG, original_size=34_000_000), 10**9),
    "gone": (replace(FLAG, original=b""), 10**9),
}


@pytest.mark.parametrize(("notice", "limit"), NOT_ATTACHED.values(), ids=NOT_ATTACHED)
def test_an_original_not_attached_is_said_to_lie_in_the_mailbox(notice, limit) -> None:  # type: ignore[no-untyped-def]
    message = received(compose(notice, NOW, limit))
    assert list(message.iter_attachments()) == []
    assert "is not attached; it lies in the mailbox" in text(message)
    assert "UID 4711" in text(message)


def test_the_message_id_is_the_notices_and_the_thread_the_cases() -> None:
    again = compose(FLAG, datetime(2027, 1, 1, tzinfo=UTC))
    other = compose(replace(FLAG, notice_key="0a1b.1"), NOW)
    other_case = compose(replace(FLAG, case_id=8), NOW)
    first = compose(FLAG, NOW)
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert first["References"] == other["References"] != other_case["References"]


@pytest.mark.parametrize(
    ("reply_to", "expected"),
    [
        (None, "triage@desk.example"),
        (Person("", "desk@desk.example"), "desk@desk.example"),
        (Person("", "Jane@Customer.example"), "triage@desk.example"),
    ],
)
def test_a_reply_never_goes_to_the_customer(reply_to: Person | None, expected: str) -> None:
    message = compose(replace(FLAG, reply_to=reply_to), NOW)
    assert message["Reply-To"].addresses[0].addr_spec == expected


@pytest.mark.parametrize("severity", list(Severity))
def test_only_what_presses_is_marked_important(severity: Severity) -> None:
    message = compose(replace(FLAG, severity=severity), NOW)
    pressing = severity in {Severity.EMERGENCY, Severity.HIGH}
    assert (message["Importance"] == "high") is pressing
    assert f"[Triage {severity.upper()}]" in message["Subject"]


def test_a_notice_without_its_extras_is_still_one() -> None:
    bare = replace(
        FLAG, sent=None, evidence=(), scores=(), link=None, place=None, customer=Person("", "")
    )
    message = received(compose(bare, NOW))
    assert message["Subject"].startswith("[Triage HIGH] Case 12345: a customer – ")
    for kind in ("plain", "html"):
        assert "A customer" in text(message, kind)
        assert "None" not in text(message, kind)
        assert "Sent" not in text(message, kind)


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_an_emergency_shows_numbers_and_steps_first(kind: str) -> None:
    notice = replace(FLAG, severity=Severity.EMERGENCY, safety=SAFETY)
    said = text(received(compose(notice, NOW)), kind)
    case = said.index("Why you are told")
    for words in ("110", "+49 800 1110111", "Do not argue.", "without proof is enough"):
        assert -1 < said.index(words) < said.index("Jane Doe") < case
    assert "Nothing is sent to the customer by itself" in said


def test_numbers_to_call_are_for_emergencies() -> None:
    assert "110" not in text(compose(replace(FLAG, safety=SAFETY), NOW))
    bare = text(compose(replace(FLAG, severity=Severity.EMERGENCY), NOW))
    assert "A judgement call without proof is enough." in bare


def test_a_date_without_zone_is_shown_as_it_is() -> None:
    message = compose(replace(FLAG, sent=datetime(2026, 11, 3, 9, 1)), NOW)  # noqa: DTZ001
    assert "Sent      Tue 3 Nov 2026, 09:01\n" in text(message)


def test_html_of_a_customer_stays_text() -> None:
    attack = '<img src="https://evil.example/x.png"><script>1</script>"&'
    notice = replace(
        FLAG,
        subject=attack,
        customer=Person(attack, 'a"<b>@evil.example'),
        evidence=(Evidence(attack, 0, 1, "angry", 0.1),),
        rule=attack,
        because=attack,
    )
    html = text(compose(notice, NOW), "html")
    assert "<img" not in html
    assert "<script" not in html
    assert html.count("href=") == 1
    assert "src=" not in html.replace("src=&#34;", "")
    assert "url(" not in html


def test_a_customers_link_is_not_a_tap_away() -> None:
    said = Evidence("see https://evil.example/x or www.evil.example now", 0, 1, "angry", 0.1)
    message = compose(replace(FLAG, evidence=(said,), subject="evil.example"), NOW)
    for kind in ("plain", "html"):
        assert "evil.example" not in text(message, kind)
        assert "://evil" not in text(message, kind)


BAD_ADDRESSES = [
    "",
    "pat",
    "@desk.example",
    "pat@",
    "a b@desk.example",
    "a@b\r\nBcc: x@y.z",
    "a,b@c",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
@pytest.mark.parametrize(
    ("role", "error"),
    [("recipient", DeliveryRefused), ("sender", ConfigError), ("reply_to", ConfigError)],
)
def test_an_address_that_is_none_is_named(role: str, error: type[Exception], address: str) -> None:
    with pytest.raises(error, match="no mail address"):
        compose(replace(FLAG, **{role: Person("Pat", address)}), NOW)  # type: ignore[arg-type]


def test_a_domain_beyond_ascii_is_sent_in_its_ascii_form() -> None:
    message = compose(replace(FLAG, recipient=Person("Ö", "pat@müller.example")), NOW)
    assert received(message)["To"] == "Ö <pat@xn--mller-kva.example>"


def test_trouble_tells_the_operator_who_was_not_told_and_why() -> None:
    message = received(compose_trouble(TROUBLE, NOW))
    assert message["Subject"] == "[Triage TROUBLE] Case 12345: the notice was refused"
    assert message["To"] == "Olga <operator@desk.example>"
    assert message["Message-ID"] != compose(FLAG, NOW)["Message-ID"]
    assert message["References"] == compose(FLAG, NOW)["References"]
    assert message["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        said = text(message, kind)
        for words in (
            "pat@desk.example",
            "12345",
            "550 5.1.1 no such user",
            "/cases/7",
            "notice retry",
        ):
            assert words in said


BYTES = st.one_of(
    st.binary(max_size=2000),
    st.binary(max_size=300).map(lambda tail: b"Subject: s\r\n\r\n" + tail),
    st.sampled_from(
        [
            b"A: b\r\n\r\n" + b"x" * 4000,
            b"A: b\r\n\r\n\r.\r\rQUIT\r",
            b"A: b\n\n.\n..\n",
            b"A: \xff\r\n\r\nb",
            b"A: b\r\n\r\n\xff\xfe\x80",
            b"Content-Type: message/rfc822\r\n\r\n" * 500,
            b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n",
            b"A: b",
        ]
    ),
)


@settings(deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, BYTES)
def test_nothing_hostile_breaks_or_bends_a_notice(  # type: ignore[no-untyped-def]
    name, address, subject, sentence, number, content
) -> None:
    notice = replace(
        FLAG,
        notice_key=number,
        customer=Person(name, address),
        subject=subject,
        evidence=(Evidence(sentence, 0, 1, name, 0.1),),
        case_number=number,
        rule=sentence,
        because=subject,
        original=content,
        original_size=len(content),
    )
    message = compose(notice, NOW)
    content_out = message.as_bytes(policy=SMTP)
    assert max(map(len, content_out.split(b"\r\n"))) <= 998
    assert b"\n" not in content_out.replace(b"\r\n", b"")
    back = email.message_from_bytes(content_out, policy=default)
    assert isinstance(back, EmailMessage)
    assert set(back.keys()) == set(HEADERS) | {"MIME-Version", "Content-Type"}
    assert [len(back.get_all(header, [])) for header in HEADERS] == [1] * len(HEADERS)
    assert back["Subject"] == message["Subject"]
    assert back["To"] == HEADERS["To"]
    assert back["Reply-To"] == HEADERS["Reply-To"]
    assert len(list(back.iter_attachments())) == (1 if content else 0)
    for kind in ("plain", "html"):
        assert text(back, kind).replace("\r\n", "\n") == text(message, kind)


NAMES = st.one_of(st.text(max_size=80), st.sampled_from(["Dörr, Jörg, " * 6, '"ä" <a@b.c>, d@e.f']))


@settings(deadline=None)
@given(NAMES, st.text(st.characters(min_codepoint=0x21), min_size=1, max_size=30))
def test_recipients_are_mailed_or_named_as_wrong(name: str, local: str) -> None:
    try:
        message = compose(replace(FLAG, recipient=Person(name, f"{local}@desk.example")), NOW)
    except DeliveryRefused:
        return
    content = message.as_bytes(policy=SMTPUTF8)
    back = email.message_from_string(content.decode(), policy=SMTPUTF8)
    [to] = back["To"].addresses
    assert to.addr_spec == message["To"].addresses[0].addr_spec
