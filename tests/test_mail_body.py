"""Which parts are text, which are files, and what could not be read."""

import base64
import struct
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from trustme import CA

from tests.mails import mail, multipart, read
from triage.errors import ParseError
from triage.mail import attachment, html_body

PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"
HTML = "Content-Type: text/html; charset=utf-8\n\n"


def html_text(html: str) -> str:
    return read(mail(html, "Content-Type: text/html; charset=utf-8")).text


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">secret</div>',
        '<div style="color:red; DISPLAY : none !important">secret</div>',
        '<span style="visibility:hidden">secret</span>',
        '<span style="font-size:0px">secret</span>',
        '<span style="font-size:0;color:#fff">secret</span>',
        '<p style="mso-hide:all">secret</p>',
        '<div style="max-height:0">secret</div>',
        "<div hidden>secret</div>",
        "<!-- secret -->",
        "<style>secret</style>",
        "<script>secret</script>",
        "<title>secret</title>",
        '<div style="display:none"><p>secret</p><b>secret</b></div>',
    ],
)
def test_hidden_text_is_not_read(hidden: str) -> None:
    assert html_text(f"<p>seen{hidden}</p><p>too</p>").split() == ["seen", "too"]


@pytest.mark.parametrize("style", ["font-size:0.9em", "opacity:0.5", "max-height:0.5em;"])
def test_small_is_not_hidden(style: str) -> None:
    assert html_text(f'<p style="{style}">seen</p>') == "seen"


def test_html_lines_are_as_a_reader_sees_them() -> None:
    html = (
        "<p>One <b>bold</b>\n<i>word</i>.</p><div>two<br>three</div><ul><li>a<li>b</ul>"
        "<table><tr><td>x</td><td>y</td></tr></table><a href='https://shop.example'>our shop</a>"
        "<pre>p\n  q</pre>&nbsp;&euro;&#0;"
    )
    assert html_text(html).replace("\ufffd", "") == (
        "One bold word.\n\ntwo\nthree\n\n- a\n- b\n\nx y\n\nour shop\n\np\n  q\n\n€"
    )


def test_an_xml_declaration_does_not_choose_the_charset() -> None:
    assert html_text("<?xml version='1.0' encoding='utf-16'?><p>grün</p>") == "grün"


@pytest.mark.parametrize(
    "stub",
    [
        "Your mail client does not support HTML.",
        "Ihr E-Mail-Programm kann diese HTML-Nachricht nicht anzeigen.",
        "Votre messagerie ne peut pas afficher ce message HTML",
        "",
        "See",
    ],
)
def test_html_is_read_where_plain_text_is_a_stub(stub: str) -> None:
    html = "<p>The parcel never came and nobody has answered one of my mails since.</p>"
    email = read(multipart("alternative", PLAIN + stub, HTML + html))
    assert email.text.startswith("The parcel never came")


def test_plain_text_is_preferred() -> None:
    content = multipart(
        "alternative", PLAIN + "Plain, and short.", HTML + "<b>Rich, and short.</b>"
    )
    assert read(content).text == "Plain, and short."
    assert html_body(content) == "<b>Rich, and short.</b>"


def test_text_around_a_picture_is_all_read() -> None:
    picture = "Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\niVBORw0K"
    email = read(multipart("mixed", PLAIN + "Before.", picture, PLAIN + "After."))
    assert email.text == "Before.\n\nAfter."
    assert [(one.name, one.size) for one in email.attachments] == [("a.png", 6)]


def test_attachments_and_their_content() -> None:
    named = (
        "Content-Type: application/pdf\nContent-Disposition: attachment;\n"
        " filename*0*=utf-8''Beschwerde%20%C3%BC; filename*1=ber.pdf\n"
        "Content-Transfer-Encoding: base64\n\n" + base64.b64encode(b"%PDF" * 100).decode()
    )
    log = 'Content-Type: text/plain; name="=?utf-8?q?b=C3=BCg.log?="\n\nkill -9 now'
    content = multipart("mixed", PLAIN + "See the files.", named, log)
    email = read(content)
    assert email.text == "See the files."
    assert [(one.name, one.size) for one in email.attachments] == [
        ("Beschwerde über.pdf", 400),
        ("büg.log", 11),
    ]
    assert attachment(content, 0) == (email.attachments[0], b"%PDF" * 100)
    assert attachment(content, 1)[1] == b"kill -9 now"
    for wrong in (2, -1):
        with pytest.raises(ParseError, match="no attachment"):
            attachment(content, wrong)
    assert html_body(content) is None


def test_attachments_only() -> None:
    email = read(mail("AAAA", "Content-Type: application/pdf", "Content-Transfer-Encoding: base64"))
    assert (email.text, email.remarks, len(email.attachments)) == ("", ("no text",), 1)


def test_a_named_text_part_is_the_text_where_there_is_no_other() -> None:
    email = read(multipart("mixed", "Content-Type: text/plain; name=body.txt\n\nI complain."))
    assert (email.text, email.attachments) == ("I complain.", ())


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("iso-8859-1", b"\x93gr\xfcn\x94", "“grün”"),
        ("us-ascii", "grün".encode(), "grün"),
        ("x-unknown", b"gr\xfcn", "grün"),
        ("utf-8", b"gr\xfcn", "gr\ufffdn"),
        ("gb2312", "投诉".encode("gb18030"), "投诉"),
        ("ks_c_5601-1987", "불만".encode("cp949"), "불만"),
        ("iso-2022-jp", "苦情".encode("iso-2022-jp"), "苦情"),
        ("utf-16", "grün".encode("utf-16"), "grün"),
        ("punycode", b"abc-xyz", "abc-xyz"),
        ("base64", b"abc", "abc"),
        ('"\x00"', b"abc", "abc"),
        ("utf-8", b"a\x00b\xed\xa0\x80\xe2\x80\x8bc\x1b", "ab\ufffd\ufffd\ufffdc"),
    ],
)
def test_charsets(charset: str, data: bytes, text: str) -> None:
    content = mail("", f"Content-Type: text/plain; charset={charset}") + data
    assert read(content).text == text


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_line_ends(newline: bytes) -> None:
    content = multipart("mixed", PLAIN + "One\ntwo", HTML + "<p>three").replace(b"\n", newline)
    assert read(content).text == "One\ntwo\n\nthree"


def test_broken_mime() -> None:
    unclosed = multipart("mixed", PLAIN + "One", PLAIN + "two").removesuffix(b"--cut--\n")
    assert read(unclosed).text == "One\n\ntwo"
    no_boundary = mail("I am text.", "Content-Type: multipart/mixed; boundary=nowhere")
    assert read(no_boundary).text == "I am text."
    no_blank_line = b"From: a@b.example\nSubject: x\nThis is the text already.\n\nMore."
    assert read(no_blank_line).text == "This is the text already.\n\nMore."
    assert read(mail("=ZZ=\nok=", "Content-Transfer-Encoding: quoted-printable")).text == "=ZZok"
    assert read(b"From nobody Mon Jan 1\n" + mail("Out of an mbox")).text == "Out of an mbox"


def test_addresses_as_they_come() -> None:
    email = read(mail("Hello", "From: =?utf-8?q?a=0D=0ABcc=3A_x?= <jane@\r\n customer.example>"))
    assert (email.sender.name, email.sender.address) == ("a Bcc: x", "jane@customer.example")
    assert read(mail("Hi", "From: jane@customer.example (Jane)")).sender.name == "Jane"
    assert read(mail("Hi", "From: Jane <>", "Sender: j@x.example")).sender.address == "j@x.example"
    assert read(mail("Hi", "To: undisclosed-recipients:;")).to == ()


@pytest.mark.parametrize(
    ("field", "body"),
    [
        (
            "multipart/encrypted; protocol=application/pgp-encrypted; boundary=x",
            "--x\n\nVersion: 1",
        ),
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "MIAG"),
        ("text/plain", "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"),
    ],
)
def test_encrypted_mail_says_so(field: str, body: str) -> None:
    assert "encrypted" in read(mail(body, f"Content-Type: {field}")).remarks


def test_clear_signed_mail() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nI am cross.\n"
        "-----BEGIN PGP SIGNATURE-----\nx"
    )
    assert read(mail(text)).text == "I am cross."
    signature = "Content-Type: application/pgp-signature; name=s.asc\n\nx"
    email = read(multipart("signed", PLAIN + "I am cross.", signature))
    assert (email.text, len(email.attachments)) == ("I am cross.", 1)


def _signed(content: bytes) -> bytes:
    issued = CA().issue_cert("desk.example")
    certificate = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    key = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(certificate, key, hashes.SHA256())  # type: ignore[arg-type]
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def _open_ended(content: bytes) -> bytes:
    """The same as BER with open lengths and octets in pieces, as Outlook writes it."""
    data, signed = bytes.fromhex("06092a864886f70d010701"), bytes.fromhex("06092a864886f70d010702")
    end = b"\0\0"
    pieces = b"".join(b"\x04" + bytes([len(one)]) + one for one in (content[:100], content[100:]))
    inside = b"\x30\x80" + data + b"\xa0\x80\x24\x80" + pieces + end * 3
    return b"\x30\x80" + signed + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00" + inside + end * 3


@pytest.mark.parametrize("wrap", [_signed, _open_ended])
def test_opaque_signature_is_opened(wrap: Callable[[bytes], bytes]) -> None:
    inner = b"Content-Type: text/plain\n\nI am cross." + b" " * 80
    kind = "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"
    body = base64.encodebytes(wrap(inner)).decode()
    email = read(mail(body, kind, "Content-Transfer-Encoding: base64"))
    assert email.text == "I am cross."
    assert email.remarks == ()


def _tnef(body: bytes) -> bytes:
    def item(level: int, name: int, value: bytes) -> bytes:
        return struct.pack("<BHHI", level, name, 0, len(value)) + value + b"\0\0"

    def text_property(name: int, kind: int, value: bytes) -> bytes:
        padded = value + b"\0" * (-len(value) % 4)
        return struct.pack("<HHII", kind, name, 1, len(value)) + padded

    long_name = text_property(0x3707, 0x1F, "Größe.txt\0".encode("utf-16-le"))
    return (
        b"\x78\x9f\x3e\x22\0\0"
        + item(1, 0x9007, struct.pack("<II", 1252, 0))
        + item(1, 0x800C, body)
        + item(2, 0x9002, b"\0" * 14)
        + item(2, 0x8010, b"GROESS~1.TXT\0")
        + item(2, 0x800F, b"content")
        + item(2, 0x9005, struct.pack("<I", 1) + long_name)
    )


def test_winmail_is_unwrapped() -> None:
    data = base64.encodebytes(_tnef("Nur grün hier\0".encode("cp1252"))).decode()
    part = (
        "Content-Type: application/ms-tnef; name=winmail.dat\n"
        f"Content-Transfer-Encoding: base64\n\n{data}"
    )
    alone = multipart("mixed", part)
    assert read(alone).text == "Nur grün hier"
    assert read(multipart("mixed", PLAIN + "Beside it.", part)).text == "Beside it."
    listed = read(alone).attachments
    assert [(one.name, one.size) for one in listed] == [("Größe.txt", 7)]
    assert attachment(alone, 0)[1] == b"content"


def test_winmail_that_cannot_be_read_is_kept_as_a_file() -> None:
    part = "Content-Type: application/ms-tnef; name=winmail.dat\n\nnot one"
    email = read(multipart("mixed", PLAIN + "Hello", part))
    assert email.remarks == ("winmail.dat not read",)
    assert [one.name for one in email.attachments] == ["winmail.dat"]
