"""Bytes to a tree of parts, within bounds of depth, number and time.

The standard library's parser is not used for the tree: it works line by line (a 20 MB attachment
costs it a second), has no bound on nesting, and recurses. This one finds boundaries with a
compiled search over the one buffer and copies nothing until a part's content is asked for.
Reading is as lenient as there: RFC 2046 as mails really are.
"""

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.errors import ParseError
from triage.mail.charset import clean, decode
from triage.mail.headers import Headers, base64_bytes, parameters, read_headers

MAX_DEPTH = 24
MAX_PARTS = 500

NESTED = "nested too deep"
PARTS = "too many parts"
FIELDS = "header cut"

_CR = 13
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


Span = tuple[bytes, int, int]
"""Bytes, and where in them something begins and ends."""


@dataclass(frozen=True, slots=True)
class Part:
    """One entity: its header fields, where its body lies in ``source``, and what is inside."""

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    disposition: str
    name: str
    source: bytes = field(repr=False)
    start: int
    end: int
    children: tuple["Part", ...] = ()

    @property
    def encoding(self) -> str:
        return (self.headers.get("content-transfer-encoding") or "").strip().lower()

    def content(self, limit: int | None = None) -> bytes:
        """The body decoded; with ``limit``, at most so many bytes of it, for text parts."""
        end = self.end if limit is None else min(self.end, self.start + limit * 2)
        data = _decoded(self.source[self.start : end], self.encoding)
        return data if limit is None else data[:limit]

    def text(self, limit: int) -> str:
        """The body as clean text of at most ``limit`` characters."""
        data = self.content(limit * 4)
        return clean(decode(data, self.parameters.get("charset")))[:limit]

    def walk(self) -> Iterator["Part"]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class _Budget:
    parts: int = MAX_PARTS
    remarks: dict[str, None] = field(default_factory=dict)


def read_tree(content: bytes) -> tuple[Part, tuple[str, ...]]:
    """The mail as its root part, and remarks on what was left out.

    Raises ParseError where ``content`` has no header field at all.
    """
    content = _newlines(content)
    budget = _Budget()
    root = _read((content, 0, len(content)), 0, budget, "text/plain")
    if not root.headers.fields:
        raise ParseError("not a mail: it has no header")
    return root, tuple(budget.remarks)


def _newlines(content: bytes) -> bytes:
    """Mails kept with bare CR as line end get LF; all others stay as they are."""
    cr = content.find(b"\r")
    lf = content.find(b"\n")
    if cr >= 0 and (lf < 0 or cr < lf - 1):
        return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content


def _read(span: Span, depth: int, budget: _Budget, default: str) -> Part:
    budget.parts -= 1
    source, start, end = span
    headers, body = read_headers(source, start, end)
    if headers.cut:
        budget.remarks[FIELDS] = None
    content_type, params = parameters(headers.get("content-type") or default)
    if not _TYPE.fullmatch(content_type):
        content_type = default
    disposition, extra = parameters(headers.get("content-disposition") or "")
    name = extra.get("filename") or params.get("name") or ""
    part = Part(headers, content_type, params, disposition, name, source, body, end)
    children = tuple(_children(part, depth, budget))
    if not children:
        return part
    return Part(
        headers, content_type, params, disposition, name, source, body, end, children=children
    )


def _children(part: Part, depth: int, budget: _Budget) -> Iterator[Part]:
    multipart = part.content_type.startswith("multipart/")
    if not multipart and part.content_type not in ("message/rfc822", "message/global"):
        return
    if depth >= MAX_DEPTH:
        budget.remarks[NESTED] = None
        return
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    for span in _pieces(part) if multipart else [_enclosed(part)]:
        if budget.parts <= 0:
            budget.remarks[PARTS] = None
            return
        yield _read(span, depth + 1, budget, default)


def _pieces(part: Part) -> Iterator[Span]:
    """The entities between a multipart's boundaries; a lost last boundary loses nothing."""
    boundary = part.parameters.get("boundary", "").rstrip()[:200].encode("utf-8", "replace")
    if not boundary:
        return
    # A literal first byte keeps the search fast. It begins one before the body, so that a
    # boundary on the body's first line has its newline too.
    line = re.compile(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    source, begun = part.source, None
    for match in line.finditer(source, max(0, part.start - 1), part.end):
        if begun is not None:
            stop = match.start() - (source[match.start() - 1] == _CR)
            yield source, begun, max(begun, stop)
        if match[1]:
            return
        begun = _after_newline(source, match.end(), part.end)
    if begun is not None and begun < part.end:
        yield source, begun, part.end


def _after_newline(source: bytes, at: int, end: int) -> int:
    newline = source.find(b"\n", at, end)
    return end if newline < 0 else newline + 1


def _enclosed(part: Part) -> Span:
    if part.encoding in ("base64", "quoted-printable"):
        data = part.content()
        return data, 0, len(data)
    return part.source, part.start, part.end


def _decoded(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64_bytes(data)
    if encoding == "quoted-printable":
        return quopri.decodestring(data)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return b"".join(_uu_lines(data))
    return data


def _uu_lines(data: bytes) -> Iterator[bytes]:
    for line in data.splitlines():
        if line.startswith((b"begin ", b"end")):
            continue
        try:
            yield binascii.a2b_uu(line)
        except binascii.Error:
            continue
