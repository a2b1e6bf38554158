"""Bytes to Email: any bytes give an Email or a ParseError, and every field is what it says."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mails import RULES, TONGUES, fixture_mails, mail, multipart, raw, read
from triage.errors import ParseError
from triage.mail import ReadingRules, attachment, html_body, parse
from triage.types import Email, Person

HEAD = b"From: a@b.example\nSubject: x\n"
TEXT = b"Content-Type: text/plain; charset=utf-8\n\n"


def test_every_field() -> None:
    content = mail(
        "Wo bleibt meine Bestellung? Ich warte seit drei Wochen.\n\n-- \nJane",
        "Date: Tue, 4 Mar 2025 10:00:00 +0100",
        "Reply-To: Office <office@customer.example>",
        'To: "Desk, Help" <support@shop.example>, Team: a@x.example, b@x.example;, c@x.example',
        "Cc: =?utf-8?q?J=C3=B6rg?= <joerg@customer.example>",
        "In-Reply-To: <0@shop.example>",
        "References: <root@shop.example>\n <0@shop.example> <0@shop.example>",
        subject="=?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?B?4oKs?= [Ticket#12345]",
    )
    email = read(content)
    assert email.digest == raw(content).digest
    assert (email.message_id, email.in_reply_to) == ("1@customer.example", "0@shop.example")
    assert email.references == ("root@shop.example", "0@shop.example")
    assert email.sent == datetime(2025, 3, 4, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    assert email.sender == Person("Jane Doe", "jane@customer.example")
    assert email.reply_to == (Person("Office", "office@customer.example"),)
    assert [one.address for one in email.to] == [
        "support@shop.example",
        "a@x.example",
        "b@x.example",
        "c@x.example",
    ]
    assert email.to[0].name == "Desk, Help"
    assert email.cc == (Person("Jörg", "joerg@customer.example"),)
    assert email.subject == "Grüße€ [Ticket#12345]"
    assert email.text == "Wo bleibt meine Bestellung? Ich warte seit drei Wochen."
    assert email.signature == "-- \nJane"
    assert (email.language, email.case_number, email.remarks) == ("de", "12345", ())


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00" * 50, b"just some words\nand more"])
def test_no_mail_is_a_parse_error(content: bytes) -> None:
    with pytest.raises(ParseError, match="no header"):
        read(content)


def test_truncated_mail_says_so() -> None:
    assert "truncated" in parse(raw(mail(), size=9_000_000), RULES).remarks


def test_long_text_is_cut_and_says_so() -> None:
    email = read(mail("word " * 100), ReadingRules(max_text=50))
    assert len(email.text) <= 50
    assert "text cut" in email.remarks


def test_many_references_keep_root_and_recent() -> None:
    ids = " ".join(f"<{number}@x>" for number in range(10_000))
    references = read(mail("Hello", f"References: {ids}")).references
    assert len(references) == 100
    assert references[0] == "0@x"


@pytest.mark.parametrize(
    "line", ["Mon, 99 Foo 9999 25:61 +9999", "Mon, 1 Jan 9998 00:00 +0000", "?"]
)
def test_nonsense_dates_are_none(line: str) -> None:
    assert read(mail("Hello", f"Date: {line}")).sent is None


def test_dates_without_zone_are_utc() -> None:
    sent = read(mail("Hello", "Date: Tue, 4 Mar 2025 10:00:00 -0000")).sent
    assert sent == datetime(2025, 3, 4, 10, tzinfo=UTC)


def _nest(depth: int) -> bytes:
    lines = [HEAD]
    for number in range(depth):
        lines.append(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number))
    return b"".join([*lines, TEXT, b"deep\n"])


def _multipart(part: bytes, times: int) -> bytes:
    return HEAD + b"Content-Type: multipart/mixed; boundary=a\n\n" + (b"--a\n" + part) * times


HOSTILE = {
    "nest of 3 MB": _nest(60_000),
    "mails in mails": HEAD + b"Content-Type: message/rfc822\n\n" * 60_000 + b"x",
    "one boundary at every depth": _multipart(
        b"Content-Type: multipart/mixed; boundary=a\n\n", 50_000
    ),
    "200,000 parts": _multipart(b"\nx\n", 200_000),
    "a line of 30 MB": HEAD + TEXT + b"x" * 30_000_000,
    "a blank line of 30 MB": HEAD + TEXT + b" " * 30_000_000,
    "quotes of 30 MB": HEAD + TEXT + b"> a\n" * 7_500_000,
    "100,000 headers": b"".join(b"X-%d: y\n" % n for n in range(100_000)) + HEAD + TEXT,
    "a header of 20 MB": HEAD + b"X: " + b"a" * 20_000_000 + b"\n\nHello",
    "100,000 people": HEAD + b"To: " + b"a@b.example, " * 100_000 + b"\n\nHello",
    "open comments": b"From: " + b"(" * 100_000 + b"\n\nHello",
    "open quotes": b"From: " + b'"' * 99_999 + b"\n\nHello",
    "open parameters": HEAD + b"Content-Type: text/plain" + b';a="' * 10_000 + b"\n\nHello",
    "encoded words": b"From: a@b.example\nSubject: " + b"=?utf-8?q?a?=" * 50_000 + b"\n\nHello",
    "attribution starts": HEAD + TEXT + b"On \n" * 100_000,
    "attribution ends": HEAD + TEXT + (b"on 1.1.2020 wrote hat " * 10 + b":\n") * 5_000,
    "header blocks": HEAD + TEXT + b"From: x\n" * 60_000,
    "rules": HEAD + TEXT + b"--\n" * 100_000,
    "dashes and blanks": HEAD + TEXT + b"- - " * 100_000 + b"\n" + b" " * 100_000,
    "footers": HEAD + TEXT + b"this email confidential\n\n" * 30_000,
    "case words": HEAD + TEXT + b"case " * 100_000 + b"[a #" * 100_000,
    "deep HTML": HEAD + b"Content-Type: text/html\n\n" + b"<div>" * 1_000_000 + b"x",
    "quotes in HTML": HEAD + b"Content-Type: text/html\n\n" + b"<blockquote>x" * 100_000,
    "much HTML": _multipart(b"Content-Type: text/html\n\n" + b"<p>word" * 50_000 + b"\n", 60),
    "attributes": HEAD + b"Content-Type: text/html\n\n<a style='" + b"display:" * 500_000 + b"'>x",
    "base64 of padding": HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"==A" * 1_000_000,
    "open BER": HEAD + b"Content-Type: application/pkcs7-mime\n\n" + b"\x30\x80" * 100_000,
    "forged winmail": HEAD
    + b"Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22\0\0"
    + b"\x01\x03\x90\x06\0\xff\xff\xff\x7f\xff\xff\xff\xff" * 10_000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_mail_is_read_within_bounds(content: bytes) -> None:
    email = read(content)
    assert len(email.text) <= RULES.max_text
    assert len(email.attachments) <= 500
    assert len(email.to) <= 200


def test_bounds_are_told() -> None:
    assert "nested too deep" in read(HOSTILE["nest of 3 MB"]).remarks
    assert "too many parts" in read(HOSTILE["200,000 parts"]).remarks
    assert "header cut" in read(HOSTILE["100,000 headers"]).remarks
    assert "text cut" in read(HOSTILE["a line of 30 MB"]).remarks
    assert "text cut" in read(HOSTILE["much HTML"]).remarks


def fits_the_database(email: Email) -> None:
    """PostgreSQL takes no NUL, UTF-8 no lone surrogate; a moment must convert to UTC."""
    text = repr(email)
    text.encode("utf-8")
    assert "\\x00" not in text
    if email.sent is not None:
        email.sent.astimezone(UTC)
    json.dumps(email.text)


def reads_or_refuses(content: bytes) -> None:
    try:
        email = read(content)
    except ParseError:
        return
    fits_the_database(email)
    html_body(content)
    for index, listed in enumerate(email.attachments):
        found, data = attachment(content, index)
        assert (found.name, found.content_type) == (listed.name, listed.content_type)
        assert found.size == len(data)


FEW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@FEW
@given(st.binary(max_size=2000))
def test_any_bytes(noise: bytes) -> None:
    reads_or_refuses(noise)
    reads_or_refuses(HEAD + noise)
    reads_or_refuses(HEAD + b"Content-Type: text/html\n\n" + noise)
    reads_or_refuses(HEAD + b"Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22" + noise)
    reads_or_refuses(HEAD + b"Content-Type: application/pkcs7-mime\n\n" + noise)


SAMPLES = [
    mail(f"{tongue.own}\n\n{tongue.wrapped}\n> x\n{tongue.sign_off}") for tongue in TONGUES.values()
] + [
    multipart(
        "mixed",
        "Content-Type: text/html; charset=x-unknown\n\n<p style='display:none'>a<p>b&#0;",
        "Content-Type: text/plain; name*0*=utf-8''%C3; name*1*=%A4\n"
        "Content-Transfer-Encoding: base64\n\naGVsbG8=",
        'Content-Type: message/rfc822\n\nFrom: "x" <y@z.example>\nSubject: =?utf-7?q?+ACE-?=\n\nhi',
    )
]


@FEW
@given(st.sampled_from(SAMPLES), st.data())
def test_mutated_mails(sample: bytes, data: st.DataObject) -> None:
    content = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[at] = data.draw(st.integers(0, 255))
        else:
            piece = data.draw(
                st.sampled_from(
                    [b"\n", b"\0", b"=?", b'"', b";", b"--cut\n", b"<", b"\xed\xa0\x80"]
                )
            )
            content[at:at] = piece
    reads_or_refuses(bytes(content))


@pytest.mark.shared
def test_mails_that_broke_other_programmes() -> None:
    mails = fixture_mails()
    assert len(mails) > 2000
    for content in mails.values():
        reads_or_refuses(content)
