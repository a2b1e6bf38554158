"""Bytes to text that PostgreSQL can hold, whatever charset they claim to be in."""

import codecs
import re
from functools import lru_cache

_ALIASES = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-874": "cp874",
    "windows-31j": "cp932",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "unicode-1-1-utf-7": "utf-7",
    "utf-8mb4": "utf-8",
    "unicode": "utf-16",
}
"""Names that mean a wider charset than they say (WHATWG Encoding), or that Python lacks."""

_UNFIT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\u00ad\u034f\u200b\u2060\ufeff\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


@lru_cache(maxsize=256)
def codec(name: str) -> str | None:
    """Python's name for a mail's charset, or None where it names nothing usable."""
    name = name.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    known = getattr(info, "_is_text_encoding", True) and info.name not in _UNFIT
    return info.name if known else None


def decode(data: bytes, charset: str | None) -> str:
    """Text of ``data``; never raises.

    Undeclared and Western text is tried as UTF-8 first: text mislabelled so is common, and
    Western text is next to never valid UTF-8 by chance. Anything else is what it says,
    then UTF-8, then what it says with U+FFFD for what does not fit.
    """
    name = (codec(charset) if charset else None) or "cp1252"
    for attempt in ("utf-8", name) if name == "cp1252" else (name, "utf-8"):
        try:
            return data.decode(attempt)
        except (UnicodeDecodeError, ValueError):
            continue
    return data.decode(name, errors="replace")


def clean(text: str) -> str:
    r"""``text`` without what no reader sees or no database takes.

    Newlines become ``\n``; NUL and other controls and zero-width fillers go; lone surrogates
    become U+FFFD; no-break spaces become spaces.
    """
    if "\r" in text or not text.isascii():
        text = _NEWLINES.sub("\n", text)
        text = text.replace("\xa0", " ").replace("\u202f", " ")
        text = _SURROGATES.sub("\ufffd", text)
    return _CONTROLS.sub("", text)


def clean_line(text: str) -> str:
    """``text`` cleaned and on one line, runs of white space made one."""
    return " ".join(clean(text).split())
