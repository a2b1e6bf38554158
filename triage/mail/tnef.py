"""winmail.dat: what Outlook and Exchange wrap mails in (MS-OXTNEF).

An own reader of the few fields a mail needs: tnefparse trusts counts in the file and loops four
thousand million times when one is forged.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from triage.mail.charset import clean, clean_line, decode

MAX_OBJECTS = 2000

_SIGNATURE = b"\x78\x9f\x3e\x22"
_OBJECT = struct.Struct("<BHHI")
_BODY, _CODEPAGE, _MAPI = 0x800C, 0x9007, 0x9003
_RENDER, _TITLE, _DATA, _ATTACHMENT = 0x9002, 0x8010, 0x800F, 0x9005
_P_BODY, _P_HTML, _P_DATA, _P_LONG_NAME, _P_CODEPAGE = 0x1000, 0x1013, 0x3701, 0x3707, 0x3FDE
_P_RTF = 0x1009
_SIZES = {0x0: 0, 0x1: 0, 0x2: 4, 0x3: 4, 0x4: 4, 0xA: 4, 0xB: 4} | dict.fromkeys(
    (0x5, 0x6, 0x7, 0x14, 0x40), 8
)
_CLSID, _MANY, _UNICODE = 0x48, 0x1000, 0x1F
_LONG = (0x1E, _UNICODE, 0x0D, 0x102)


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What lay inside: text, HTML (either may be empty) and files as (name, content).

    ``rich_only`` where the text is in compressed RTF alone, which is not read.
    """

    text: str
    html: str
    files: tuple[tuple[str, bytes], ...]
    rich_only: bool


def is_tnef(content_type: str, name: str) -> bool:
    return content_type in ("application/ms-tnef", "application/vnd.ms-tnef") or (
        name.lower() == "winmail.dat"
    )


def unwrap(data: bytes) -> Unwrapped | None:
    """What a winmail.dat holds, as far as it can be read; None where it is none. Never raises."""
    if not data.startswith(_SIGNATURE):
        return None
    charset = "cp1252"
    text = html = ""
    rich = False
    files: list[tuple[str, bytes]] = []
    for level, name, value in _objects(data):
        if name == _CODEPAGE and len(value) >= 4:
            charset = _charset(value)
        elif level == 1 and name == _BODY:
            text = text or decode(value, charset)
        elif level == 1 and name == _MAPI:
            properties = dict(_properties(value))
            inner = _charset(properties.get(_P_CODEPAGE, b""))
            rich = rich or _P_RTF in properties
            text = text or _string(properties.get(_P_BODY, b""), inner)
            html = html or _string(properties.get(_P_HTML, b""), inner)
        elif name == _RENDER:
            files.append(("", b""))
        elif level == 2 and files:
            files[-1] = _file(files[-1], name, value, charset)
    return Unwrapped(clean(text), clean(html), tuple(files), rich and not text and not html)


def _objects(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = len(_SIGNATURE) + 2
    for _ in range(MAX_OBJECTS):
        if at + _OBJECT.size > len(data):
            return
        level, name, _, length = _OBJECT.unpack_from(data, at)
        at += _OBJECT.size
        yield level, name, data[at : at + length]
        at += length + 2


def _file(file: tuple[str, bytes], name: int, value: bytes, charset: str) -> tuple[str, bytes]:
    title, content = file
    if name == _TITLE:
        title = title or clean_line(decode(value, charset))
    elif name == _DATA:
        content = value
    elif name == _ATTACHMENT:
        properties = dict(_properties(value))
        title = clean_line(_string(properties.get(_P_LONG_NAME, b""), charset)) or title
        content = content or properties.get(_P_DATA, b"")
    return title, content


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each MAPI property's id and first value; ends where the data is broken."""
    try:
        count, at = struct.unpack_from("<I", data)[0], 4
        for _ in range(min(count, MAX_OBJECTS)):
            kind, name = struct.unpack_from("<HH", data, at)
            at = _past_name(data, at + 4) if name >= 0x8000 else at + 4
            value, at = _value(data, at, kind)
            yield name, value
    except (struct.error, ValueError):
        return


def _past_name(data: bytes, at: int) -> int:
    at += 16
    if struct.unpack_from("<I", data, at)[0] == 0:
        return at + 8
    length = struct.unpack_from("<I", data, at + 4)[0]
    return at + 8 + _padded(length)


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    many, kind = kind & _MANY, kind & ~_MANY
    long = kind in _LONG
    size = 16 if kind == _CLSID else _SIZES.get(kind, 0)
    count = 1
    if many or long:
        count = struct.unpack_from("<I", data, at)[0]
        at += 4
    if not long:
        return data[at : at + size], at + size * count
    value = b""
    for number in range(min(count, MAX_OBJECTS)):
        length = struct.unpack_from("<I", data, at)[0]
        if number == 0:
            value = data[at + 4 : at + 4 + length]
            value = decode(value, "utf-16-le").encode() if kind == _UNICODE else value
        at += 4 + _padded(length)
    return value, at


def _padded(length: int) -> int:
    return length + -length % 4


def _charset(value: bytes) -> str:
    page = int.from_bytes(value[:4], "little") if len(value) >= 4 else 1252
    return {65001: "utf-8", 20127: "cp1252", 28591: "cp1252"}.get(page, f"cp{page}")


def _string(value: bytes, charset: str) -> str:
    return decode(value, charset).rstrip("\0")
