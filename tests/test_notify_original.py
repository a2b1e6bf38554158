"""The customer's mail as an attachment: exact, whatever its bytes, through a real server."""

import email
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.servers.smtp import SmtpServer
from triage.notify import Smtp, SmtpSettings
from triage.notify.original import as_seven_bit, attach, is_embeddable

HEAD = b"From: a@b.example\r\nSubject: s\r\n"
UTF8 = HEAD + "Content-Type: text/plain; charset=utf-8\r\n\r\nÄrger\r\n".encode()

EMBEDDED = {
    "plain": HEAD + b"\r\nhello\r\n",
    "no last line end": HEAD + b"\r\nhello",
    "headers alone": HEAD,
    "8-bit text": UTF8,
    "bare line feeds": (HEAD + b"\r\nhello\r\n").replace(b"\r\n", b"\n"),
    "dots": HEAD + b"\r\n.\r\n..\r\n.x\r\n",
    "From lines": HEAD + b"\r\nFrom here on\r\n",
    "as long as allowed": HEAD + b"\r\n" + b"x" * 998 + b"\r\n",
    "broken multipart": b"Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n\r\nx\r\n",
    "folded oddly": b"Subject: a\r\n \r\n\tb\r\nX:\r\n\r\nbody\r\n",
    "odd charset": HEAD + b"Content-Type: text/plain; charset=x-none\r\n\r\n\xff\r\n",
}
CODED = {
    "line of 999": HEAD + b"\r\n" + b"x" * 999 + b"\r\n",
    "line of 4000": HEAD + b"\r\n" + b"x" * 4000,
    "8-bit header": b"Subject: \xc3\x84rger\r\n\r\nhello\r\n",
    "nul": HEAD + b"\r\na\0b\r\n",
    "stray carriage return": HEAD + b"\r\na\rb\r\n",
    "carriage returns alone": HEAD.replace(b"\r\n", b"\r") + b"\r.\r",
    "no header": b"\r\nhello\r\n",
    "no mail": b"\x89PNG\r\n\x1a\n",
    "mbox line": b"From a@b.example Mon Jan  1\r\n" + HEAD,
    "deep nest": b"Content-Type: message/rfc822\r\n\r\n" * 200,
}


def holding(content: bytes) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "triage@desk.example"
    message["To"] = "point@desk.example"
    message.set_content("text")
    attach(message, content)
    return message


def raw_attachment(content: bytes) -> bytes:
    """What lies between the boundaries of the second part, and no parser in between."""
    boundary = email.message_from_bytes(content, policy=default).get_boundary()
    assert boundary is not None
    part = content.split(f"--{boundary}".encode())[2]
    return part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")


def sent(server: SmtpServer, content: bytes) -> bytes:
    server.clear()
    Smtp(SmtpSettings(server.host, server.port, "plain")).send(holding(content))
    return server.received[0].content


@pytest.mark.parametrize("content", EMBEDDED.values(), ids=EMBEDDED)
def test_ordinary_mail_arrives_as_message_rfc822(content: bytes) -> None:
    assert is_embeddable(content)
    with SmtpServer() as server:
        arrived = sent(server, content)
        options = server.received[0].options
    canonical = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert raw_attachment(arrived).removesuffix(b"\r\n") == canonical.removesuffix(b"\r\n")
    [part] = email.message_from_bytes(arrived, policy=default).iter_attachments()
    assert part.get_content_type() == "message/rfc822"
    assert part["Content-Transfer-Encoding"] == ("7bit" if content.isascii() else "8bit")
    assert ("BODY=8BITMIME" in options) is not content.isascii()


@pytest.mark.parametrize("content", CODED.values(), ids=CODED)
def test_mail_that_smtp_would_spoil_arrives_coded(content: bytes) -> None:
    assert not is_embeddable(content)
    with SmtpServer() as server:
        arrived = sent(server, content)
    [part] = email.message_from_bytes(arrived, policy=default).iter_attachments()
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_filename() == "original.eml"
    assert part.get_content() == content
    assert arrived.isascii()


def test_eight_bit_mail_is_coded_for_a_server_without_8bitmime() -> None:
    with SmtpServer(eight_bit=False) as server:
        arrived = sent(server, UTF8)
        plain = sent(server, EMBEDDED["plain"])
    [part] = email.message_from_bytes(arrived, policy=default).iter_attachments()
    assert arrived.isascii()
    assert part.get_content() == UTF8
    assert b"message/rfc822" in plain


def test_recoding_leaves_the_message_itself_alone() -> None:
    message = holding(UTF8)
    assert as_seven_bit(message).as_bytes().isascii()
    assert UTF8 in message.as_bytes()


@hypothesis_settings(deadline=None)
@given(st.one_of(st.binary(max_size=400), st.binary(max_size=400).map(lambda b: HEAD + b)))
def test_any_bytes_can_be_attached_and_read_again(content: bytes) -> None:
    out = holding(content).as_bytes()
    assert max(map(len, out.split(b"\r\n"))) <= 998
    [part] = email.message_from_bytes(out, policy=default).iter_attachments()
    if part.get_content_type() == "application/octet-stream":
        assert part.get_content() == content
    else:
        canonical = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        assert raw_attachment(out).removesuffix(b"\r\n") == canonical.removesuffix(b"\r\n")
