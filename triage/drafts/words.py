"""Names, texts and moments as they may stand in a letter."""

import re
import unicodedata
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

LONGEST_TEXT: Final = 4_000
LONGEST_LINE: Final = 200
LONGEST_NAME: Final = 60

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_JOINERS = "\u200c\u200d"  # Persian and emoji need them
_NO_NAME = re.compile(r"[^\w\s.,'’\-&()/]|://|\d{3}|_|\bwww\.")
_VIA = re.compile(r"['\"]?(.+?)['\"]?\s+via\s+.+", re.I)
_SUFFIX = re.compile(r"(?:ph\.?d|m\.?d|jr|sr|ii|iii|inc|ltd|llc|gmbh|ag|esq|mba)\.?", re.I)
_NOBODY = re.compile(
    r"(?:no-?reply|info|mail|support|office|sales|admin|postmaster|contact|service|unknown"
    r"|customer|none|null|n/a|me|user|anonymous)",
    re.I,
)


def in_words(moment: datetime, zone: ZoneInfo) -> str:
    """``Thursday 5 March 2026 at 14:05 (CET)``, whatever the locale."""
    local = moment.astimezone(zone)
    name = local.tzname() or ""
    name = name if name.isalpha() else f"UTC{name}"
    day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"
    return f"{day} at {local:%H:%M} ({name})"


def one_line(text: str, longest: int = LONGEST_LINE) -> str:
    """On one line: fit for a header, and without anything that is not seen."""
    line = " ".join(_seen(text[: 8 * longest]).split()).replace("=?", "= ?")
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def paragraphs(text: str, longest: int = LONGEST_TEXT) -> str:
    """Plain text of several lines, at most one of them empty at a time. A line that mail programs
    take for the beginning of a signature or of a quotation is one no longer."""
    lines = [_line(line) for line in _seen(text[: 2 * longest]).split("\n")]
    kept = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return kept if len(kept) <= longest else kept[: longest - 1].rstrip() + "…"


def name_in_letter(name: str) -> str:
    """The name to greet by, or nothing where what is given is hardly one: a mail address, a link,
    marks of a template or a header, or a mailbox that belongs to nobody."""
    if len(name) > 4 * LONGEST_NAME or _has_control(name):
        return ""
    line = one_line(name, 4 * LONGEST_NAME).strip("'\" ")
    via = _VIA.fullmatch(line)
    line = _turned(via[1] if via else line)
    hardly = _NO_NAME.search(line) or _NOBODY.fullmatch(line)
    if hardly or len(line) > LONGEST_NAME or sum(map(str.isalpha, line)) < 2:
        return ""
    return line


def _turned(name: str) -> str:
    """``Reyes, Dana`` as ``Dana Reyes``; ``Dana Reyes, PhD`` without what comes after."""
    last, comma, first = (part.strip() for part in name.partition(","))
    if not comma or "," in first:
        return name
    return last if _SUFFIX.fullmatch(first) else f"{first} {last}".strip()


def _line(line: str) -> str:
    line = " ".join(line.split())
    return "—" if line in {"--", "---"} else line.lstrip("> ")


def _has_control(text: str) -> bool:
    return any(unicodedata.category(one) in {"Cc", "Zl", "Zp"} for one in text)


def _seen(text: str) -> str:
    """Without control and invisible characters and broken surrogates; line ends are ``\\n``."""
    text = re.sub(r"\r\n?|[\v\f\x85\u2028\u2029]", "\n", text)
    return "".join(map(_shown, unicodedata.normalize("NFC", text)))


def _shown(one: str) -> str:
    category = unicodedata.category(one)
    if one == "\n" or one in _JOINERS or category[0] != "C":
        return " " if category[0] == "Z" else one
    return " " if one == "\t" else "\ufffd" if category == "Cs" else ""
