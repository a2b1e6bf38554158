"""Signatures, phone lines and legal footers, cut from what the sender wrote.

Careful on purpose: a line that reads as a sentence is never cut, wherever it stands.
"""

import re

from triage.mail import phrases
from triage.mail.html import SIGNED

MAX_LINES = 14
"""Lines a signature may have; what is longer is text."""

_DELIMITER = re.compile(r"--[ \t]?|—")
_PHONE = re.compile(rf"[\s_*-]*+(?:{phrases.FROM_MY_PHONE})[\s.!_*-]*+", re.I)
_SIGN_OFF = re.compile(rf"\s*(?:{phrases.SIGN_OFFS})\s*[,.!;:–-]*\s*", re.I)
_SIGN_OFF_NAMED = re.compile(
    rf"\s*(?i:{phrases.SIGN_OFFS})\s?[,.–-]\s*(?:[^\W\d_a-zà-ÿ][\w.'’-]*\s*){{1,4}}"
)
_LEGAL = re.compile(rf"[\s*_>-]*+(?:{phrases.LEGAL_OPENINGS})", re.I)
_LEGAL_WORDS = re.compile(phrases.LEGAL_WORDS, re.I)
_LIST_RULE = re.compile(r"\s*[-_=]{10,}\s*")
_LIST_WORDS = re.compile(r"https?:|www\.|mailing[ -]?list|unsubscribe|@lists?\.", re.I)
_POSTSCRIPT = re.compile(r"\s*(?:p\s?\.?\s?p?\s?\.?\s?s|nb|n\.b)\s?[.:,-]", re.I)
_BANNER = re.compile(
    r"[\s*\[(⚠!-]*(?:external|caution|warning|attention|achtung|vorsicht|warnung|extern|externe"
    r"|avertissement|precaución|advertencia|atenção|attenzione|let op|uwaga)\b",
    re.I,
)
_OUTSIDE = re.compile(phrases.OUTSIDE, re.I)
_CONTACT = re.compile(r"@\w|https?:|www\.|(?:\d[\s()./+-]{0,2}){6,}")


def cut(block: str) -> tuple[str, str]:
    """``block``, lines the sender wrote together, as (text, signature)."""
    lines = block.split("\n")
    away = [False] * len(lines)
    for rule in (
        _gateway_banner,
        _marked,
        _delimited,
        _list_footer,
        _legal_footer,
        _phone_lines,
        _signed_off,
    ):
        rule(lines, away)
    text = "\n".join(line for line, gone in zip(lines, away, strict=True) if not gone)
    signature = "\n".join(line for line, gone in zip(lines, away, strict=True) if gone)
    return text.replace(SIGNED, "").strip("\n"), signature.replace(SIGNED, "").strip("\n")


def _left(lines: list[str], away: list[bool]) -> list[int]:
    """Numbers of the lines with text that are still there."""
    return [at for at, line in enumerate(lines) if not away[at] and line.strip()]


def _take(away: list[bool], start: int, end: int) -> None:
    away[start:end] = [True] * (end - start)


def _gateway_banner(lines: list[str], away: list[bool]) -> None:
    """A warning that the mail is from outside, which the reader's own gateway put at the top."""
    top = _left(lines, away)[:1]
    if top and _BANNER.match(lines[top[0]][:80]):
        end = next((at for at in range(top[0], len(lines)) if not lines[at].strip()), len(lines))
        if end - top[0] <= 6 and _OUTSIDE.search(" ".join(lines[top[0] : end])[:600]):
            _take(away, top[0], end)


def _marked(lines: list[str], away: list[bool]) -> None:
    """What the sender's programme marks as signature, unless sentences were typed into it."""
    marked = [at for at, line in enumerate(lines) if line.startswith(SIGNED)]
    if not marked or len(marked) > MAX_LINES * 2:
        return
    for at in marked:
        away[at] = not _is_sentence(lines[at].strip(SIGNED))


def _delimited(lines: list[str], away: list[bool]) -> None:
    """From "-- " on; in a block of its own a line of two dashes may also part paragraphs."""
    left = _left(lines, away)[-MAX_LINES - 1 :]
    for position, at in enumerate(left):
        if _DELIMITER.fullmatch(lines[at]):
            sentences = sum(_is_sentence(lines[below]) for below in left[position + 1 :])
            if sentences == 0 or (lines[at] == "-- " and sentences <= 4):
                _take(away, at, len(lines))
                return


def _list_footer(lines: list[str], away: list[bool]) -> None:
    left = _left(lines, away)
    for position in range(max(0, len(left) - 9), len(left)):
        if _LIST_RULE.fullmatch(lines[left[position]]):
            rest = [lines[at] for at in left[position + 1 :]]
            if rest and any(_LIST_WORDS.search(line[:300]) for line in rest):
                _take(away, left[position], len(lines))
                return


def _legal_footer(lines: list[str], away: list[bool]) -> None:
    """Paragraphs near the end that begin as a footer does and hold two of its words."""
    start = 0
    for at in range(len(lines) + 1):
        if at < len(lines) and lines[at].strip():
            continue
        if at > start and _LEGAL.match(lines[start][:300]):
            paragraph = " ".join(lines[start:at])[:3000]
            if len({hit[:6].lower() for hit in _LEGAL_WORDS.findall(paragraph)}) >= 2:
                _take(away, start, at)
        start = at + 1


def _phone_lines(lines: list[str], away: list[bool]) -> None:
    for at in _left(lines, away)[-4:]:
        if _PHONE.fullmatch(lines[at][:200]):
            away[at] = True


def _signed_off(lines: list[str], away: list[bool]) -> None:
    """The sign-off nearest the top of the last lines, and names and addresses below it."""
    left = _left(lines, away)
    for position in range(max(0, len(left) - MAX_LINES), len(left)):
        line = lines[left[position]][:120]
        named = _SIGN_OFF_NAMED.fullmatch(line)
        if not named and not _SIGN_OFF.fullmatch(line):
            continue
        below = left[position + 1 :]
        names = 0
        while names < len(below) and not _is_sentence(lines[below[names]], first=names == 0):
            names += 1
        if names < len(below) and not names and not named:
            continue  # "Thanks." with more text below it is no sign-off
        for at in left[position : position + 1 + names]:
            away[at] = True
        return


def _is_sentence(line: str, first: bool = False) -> bool:
    """Whether a line may be something said, rather than a name, a title or an address."""
    line = line[:200].strip()
    words = line.split()
    if not words:
        return False
    if line[-1] in "!?" or _POSTSCRIPT.match(line) or len(words) > 12:
        return True
    if len(words) == 1 and first:
        return False
    if _CONTACT.search(line) and len(words) <= 8:
        return False
    if line.isupper() and len(words) >= 3 and not any(letter.isdigit() for letter in line):
        return True
    small = sum(word[0].islower() for word in words)
    return small * 5 > len(words) * 2
