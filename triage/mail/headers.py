"""A header block as data, and the decoding of what its fields hold (RFC 2047, 2231)."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from triage.mail.charset import clean_line, codec, decode

MAX_BLOCK = 512 * 1024
"""Bytes of one header block that are read."""
MAX_FIELDS = 2000
MAX_VALUE = 32 * 1024
"""Characters of one field that are read."""
MAX_REFERENCES = 100

_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_NAME = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?\r\n]*)\?=")
_PARAMETER = re.compile(
    r';\s*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*+)(?:"|\Z)|([^;]*))', re.S
)
_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Headers:
    """Fields in their order: lower-case name and raw value, unfolded but not decoded."""

    fields: tuple[tuple[str, str], ...]
    first: dict[str, str]
    cut: bool = False

    def get(self, name: str) -> str | None:
        """The first value of ``name`` (lower-case), or None."""
        return self.first.get(name)

    def all(self, name: str) -> Iterator[str]:
        return (value for key, value in self.fields if key == name)

    def text(self, name: str) -> str:
        """The first value decoded and on one line, or an empty string."""
        value = self.get(name)
        return decode_words(value) if value else ""


def read_headers(source: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The header block of ``source[start:end]`` and the offset at which the body begins.

    A line that is neither a field nor its continuation ends the block, as if the blank line
    had been lost.
    """
    block_end, body = _block(source, start, end)
    block = source[start : min(block_end, start + MAX_BLOCK)]
    lines = _FOLD.sub(b"", block).split(b"\n")
    fields: list[tuple[str, str]] = []
    for number, line in enumerate(lines[:MAX_FIELDS]):
        if not _NAME.match(line):
            if not line.strip() or (number == 0 and line.startswith((b"From ", b">From "))):
                continue
            body = max(start, source.find(line, start, end))
            break
        name, _, value = line.partition(b":")
        fields.append((name.decode("ascii").strip().lower(), _raw(value)))
    cut = len(lines) > MAX_FIELDS or block_end - start > MAX_BLOCK
    return Headers(tuple(fields), dict(reversed(fields)), cut), body


def _block(source: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the header block ends and where the body begins."""
    for empty in (b"\n", b"\r\n"):
        if source.startswith(empty, start, end):
            return start, start + len(empty)
    ends = [
        (at, at + len(mark))
        for mark in (b"\n\n", b"\n\r\n")
        if (at := source.find(mark, start, end)) >= 0
    ]
    return min(ends, default=(end, end))


def _raw(value: bytes) -> str:
    value = value[:MAX_VALUE].strip()
    if value.isascii():
        return value.decode("ascii")
    return decode(value, None)


def decode_words(value: str) -> str:
    """``value`` with its RFC 2047 words decoded, cleaned, on one line.

    Bytes of neighbouring words in one charset are joined before decoding, since senders split
    characters across words.
    """
    if "=?" not in value:
        return clean_line(value)
    out: list[str] = []
    pending, charset, at = b"", "", 0
    for match in _WORD.finditer(value):
        between = value[at : match.start()]
        at = match.end()
        name = match[1].partition("*")[0].lower()
        if pending and (between.strip() or name != charset):
            out.append(decode(pending, charset))
            pending = b""
        if between.strip() or not charset:
            out.append(between)
        charset = name
        pending += _word_bytes(match[2], match[3])
    out += [decode(pending, charset), value[at:]]
    return clean_line("".join(out))


def _word_bytes(encoding: str, payload: str) -> bytes:
    data = payload.encode("utf-8", "replace")
    if encoding in "qQ":
        return _HEX.sub(lambda hit: bytes([int(hit[1], 16)]), data.replace(b"_", b" "))
    return base64_bytes(data)


def base64_bytes(data: bytes) -> bytes:
    """``data`` out of base64, passing over what does not belong and a lost ending."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        kept = kept[: len(kept) - (len(kept) % 4 == 1)]
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """A value such as Content-Type's as its lower-case head and its parameters.

    Continued and charset-marked parameters (RFC 2231) are joined and decoded, and so are the
    RFC 2047 words that many senders put there instead.
    """
    head, sign, rest = value[:MAX_VALUE].partition(";")
    found: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in _PARAMETER.finditer(sign + rest):
        name = match[1].lower()
        text = match[3].strip() if match[2] is None else re.sub(r"\\(.)", r"\1", match[2])
        base, star, number = name.partition("*")
        if not star:
            found.setdefault(name, decode_words(text))
            continue
        index = number.rstrip("*")
        place = int(index) if index.isascii() and index.isdigit() and len(index) < 4 else 0
        pieces.setdefault(base, {})[place] = (name.endswith("*"), text)
    for base, parts in pieces.items():
        found[base] = _joined(parts)
    return head.strip().lower(), found


def _joined(parts: dict[int, tuple[bool, str]]) -> str:
    charset, data = "utf-8", b""
    for place, (encoded, text) in sorted(parts.items()):
        if encoded and place == 0 and text.count("'") >= 2:
            declared, _, text = text.split("'", 2)  # noqa: PLW2901 - the language tag is dropped
            charset = declared if codec(declared or "utf-8") else "utf-8"
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return clean_line(decode(data, charset or "utf-8"))


def date(value: str | None) -> datetime | None:
    """The moment a Date field names, aware; None where it names none worth keeping."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value[:200])
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        inside = 1980 <= moment.astimezone(UTC).year < 2100
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
    return moment if inside else None


def message_ids(value: str | None) -> tuple[str, ...]:
    """Message-IDs in a field, without their angle brackets, each once, in order.

    Of more than 100 the first and the last 99 are kept: the thread's root and its recent part.
    """
    if not value:
        return ()
    found = _ID.findall(value) or value.replace("<", " ").replace(">", " ").split()
    ids = tuple(dict.fromkeys(clean_line(one)[:900] for one in found))
    ids = tuple(one for one in ids if one)
    return ids if len(ids) <= MAX_REFERENCES else (ids[0], *ids[1 - MAX_REFERENCES :])
