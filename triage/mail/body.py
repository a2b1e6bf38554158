"""What of a mail's parts is its text, what is a file, and what could not be read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.errors import ParseError
from triage.mail import cms, tnef
from triage.mail.calendar import calendar_text, is_reply
from triage.mail.flowed import unflow
from triage.mail.html import MAX_HTML, html_to_text
from triage.mail.mime import Part, read_tree
from triage.types import Attachment

ENCRYPTED = "encrypted"
TEXT_CUT = "text cut"
TNEF_UNREAD = "winmail.dat not read"
CALENDAR = "calendar"

_MAX_WRAPPED = 3
"""Signed mails inside signed mails that are opened."""
_TEXT = ("text/plain", "text/html", "text/markdown", "text/enriched", "text/x-amp-html")
_PKCS7 = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_PGP = "-----BEGIN PGP MESSAGE-----"
_STUB = re.compile(
    r"(?:html|web|browser|navigat|przegląd).{0,160}(?:mail|view|client|display|support|anzeig|unterstüt"
    r"|affich|lire|visualiz|compat|weergeven|ondersteun|wyświetl|obsług|program)"
    r"|(?:mail|view|client|display|support|anzeig|unterstüt|affich|visualiz|compat|weergeven"
    r"|ondersteun|wyświetl|obsług).{0,160}html",
    re.I | re.S,
)
_STUB_LENGTH = 600


@dataclass(frozen=True, slots=True)
class File:
    """An attachment and where its content lies: a part, or bytes already unwrapped."""

    name: str
    content_type: str
    part: Part | None = None
    data: bytes = b""

    def content(self) -> bytes:
        return self.part.content() if self.part is not None else self.data

    def record(self) -> Attachment:
        """The file as data; the size of base64 is reckoned, not decoded."""
        part = self.part
        if part is None:
            return Attachment(self.name, self.content_type, len(self.data))
        if part.encoding != "base64":
            return Attachment(self.name, self.content_type, len(part.content()))
        raw = part.source[part.start : part.end]
        letters = len(raw) - sum(raw.count(byte) for byte in (b"\n", b"\r", b" ", b"="))
        return Attachment(self.name, self.content_type, letters * 3 // 4)


@dataclass(slots=True)
class _Segment:
    """Text parts that say the same, as plain text and as HTML."""

    plain: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class Body:
    """Text of a mail with the marks of ``html_to_text``, the text of mails it encloses, files."""

    text: str = ""
    html: str = ""
    enclosed: str = ""
    files: list[File] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)
    calendar_reply: bool = False


def read_body(root: Part, limit: int) -> Body:
    """The body of the mail ``root``, each text at most ``limit`` characters."""
    reader = _BodyReader(limit)
    segments = list(reader.segments(root, 0))
    body = reader.body
    texts = [reader.render(one) for one in segments]
    body.text = "\n\n".join(text for text in texts if text) or reader.spare()
    if len(body.text) > limit:
        body.text = body.text[:limit]
        body.remarks[TEXT_CUT] = None
    if _PGP in body.text:
        body.remarks[ENCRYPTED] = None
    body.html = "\n".join(part.text(MAX_HTML) for one in segments for part in one.html[:20])
    body.html = body.html or reader.unwrapped_html
    return body


class _BodyReader:
    """Walks the parts once, filling a Body."""

    def __init__(self, limit: int) -> None:
        self.body = Body()
        self.unwrapped_text = ""
        self.unwrapped_html = ""
        self._limit = limit
        self._left = MAX_HTML
        self._calendar: list[Part] = []
        self._named: list[Part] = []
        self._rich: list[Part] = []

    def segments(self, part: Part, wrapped: int) -> Iterator[_Segment]:
        kind = part.content_type
        if kind == "multipart/encrypted":
            self.body.remarks[ENCRYPTED] = None
        if kind in ("message/rfc822", "message/global"):
            self._enclose(part)
        elif kind == "multipart/alternative" and part.children:
            merged = _Segment()
            for child in part.children:
                for one in self.segments(child, wrapped):
                    merged.plain += one.plain
                    merged.html += one.html
            yield merged
        elif part.children:
            for child in part.children:
                yield from self.segments(child, wrapped)
        else:
            yield from self._leaf(part, wrapped)

    def _leaf(self, part: Part, wrapped: int) -> Iterator[_Segment]:
        kind = part.content_type
        is_file = part.disposition == "attachment" or bool(part.name)
        if kind == "text/calendar":
            self._calendar.append(part)
        if kind in _PKCS7 and wrapped < _MAX_WRAPPED:
            yield from self._signed(part, wrapped)
        elif tnef.is_tnef(kind, part.name):
            self._tnef(part)
        elif kind.startswith("multipart/") and not is_file:
            yield _Segment(plain=[part])
        elif kind not in _TEXT or is_file:
            self._file(part)
        elif kind == "text/html":
            yield _Segment(html=[part])
        elif kind != "text/x-amp-html":
            yield _Segment(plain=[part])

    def _file(self, part: Part) -> None:
        if part.content_type == "application/pgp-encrypted":
            self.body.remarks[ENCRYPTED] = None
        if part.content_type in _TEXT and part.disposition != "attachment":
            self._named.append(part)
        self.body.files.append(File(part.name, part.content_type, part))

    def _signed(self, part: Part, wrapped: int) -> Iterator[_Segment]:
        """The mail inside an opaque signature; where there is none, it is encrypted."""
        content = cms.signed_content(part.content())
        try:
            inner, remarks = read_tree(content or b"")
        except ParseError:
            self.body.remarks[ENCRYPTED] = None
            self._file(part)
            return
        self.body.remarks.update(dict.fromkeys(remarks))
        yield from self.segments(inner, wrapped + 1)

    def _tnef(self, part: Part) -> None:
        inside = tnef.unwrap(part.content())
        if inside is None:
            self._not_read(part)
            return
        if inside.rich_only:
            self._rich.append(part)
        self.unwrapped_text = self.unwrapped_text or inside.text
        self.unwrapped_html = self.unwrapped_html or inside.html
        kind = "application/octet-stream"
        self.body.files += [File(name, kind, data=data) for name, data in inside.files]

    def _not_read(self, part: Part) -> None:
        self.body.remarks[TNEF_UNREAD] = None
        self._file(part)

    def _enclose(self, part: Part) -> None:
        """A mail attached to the mail is a file, and its text is kept as quoted text."""
        inner = part.children[0] if part.children else part
        name = part.name or f"{inner.headers.text('subject')[:100] or 'mail'}.eml"
        self.body.files.append(File(name, part.content_type, part))
        if part.children and len(self.body.enclosed) < self._limit:
            texts = [one for one in inner.walk() if one.content_type in _TEXT and not one.children]
            text = self.plain(texts[0]) if texts else ""
            self.body.enclosed = f"{self.body.enclosed}\n\n{text}".strip()[: self._limit]

    def render(self, segment: _Segment) -> str:
        """The better of two ways to say the same: plain text, unless it is a mere stub."""
        plain = "\n".join(self.plain(part) for part in segment.plain).strip("\n")
        if plain.strip() and not (segment.html and len(plain) < _STUB_LENGTH):
            return plain
        html = "\n".join(self.plain(part) for part in segment.html).strip("\n")
        if not plain.strip() or (html.strip() and _is_stub(plain, html)):
            return html
        return plain

    def plain(self, part: Part) -> str:
        """A text part as plain text; of all parts together only so much is read."""
        is_html = part.content_type == "text/html"
        text = part.text(min(self._left, MAX_HTML if is_html else self._limit + 1))
        self._left -= len(text)
        if self._left <= 0:
            self.body.remarks[TEXT_CUT] = None
        if is_html or text[:200].lstrip().lower().startswith(("<html", "<!doctype html")):
            return html_to_text(text, self._limit + 1)
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflow(text, part.parameters.get("delsp", "").lower() == "yes")
        return _without_armour(text)

    def spare(self) -> str:
        """Text from elsewhere for a mail that has none of its own."""
        if self._calendar:
            self.body.remarks[CALENDAR] = None
            source = self._calendar[0].text(self._limit)
            self.body.calendar_reply = is_reply(source)
        if self.unwrapped_text.strip():
            return self.unwrapped_text
        if self.unwrapped_html:
            return html_to_text(self.unwrapped_html, self._limit + 1)
        for part in self._rich:
            self._not_read(part)
        if self._calendar:
            return calendar_text(source)
        if self._named:
            part = self._named[0]
            self.body.files = [file for file in self.body.files if file.part is not part]
            return self.plain(part)
        return ""


def _without_armour(text: str) -> str:
    """Text that was clear-signed with PGP, without what the signing put around it."""
    begin = text.find("-----BEGIN PGP SIGNED MESSAGE-----")
    blank = text.find("\n\n", begin)
    end = text.find("-----BEGIN PGP SIGNATURE-----", blank)
    if min(begin, blank, end) < 0:
        return text
    close = text.find("-----END PGP SIGNATURE-----", end)
    rest = text[close + 27 :] if close >= 0 else ""
    return text[:begin] + text[blank + 2 : end] + rest


def _is_stub(plain: str, html: str) -> bool:
    """Whether the plain text only tells to look at the HTML, or is a fraction of it."""
    words = len(plain.split())
    if _STUB.search(plain) and len(html.split()) > words:
        return True
    return words * 5 < len(html.split())
