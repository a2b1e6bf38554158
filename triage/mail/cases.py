"""The case number that a mail carries."""

import re

from triage.mail.headers import Headers, decode_words
from triage.mail.rules import Compiled, ReadingRules, compiled

MAX_LENGTH = 80
_SEARCHED = 20_000
"""Characters of a text that are searched."""
_PLAIN = re.compile(r"#?([\w:.!/-]{1,80})")
_RT_ID = re.compile(r"<rt-[\w.]+-\d+-\d+-\d+\.(\d+)-\d+-\d+@")


_NORM = re.compile(r"(?:UTF|ISO|SHA|MD|AES|RSA|CP|RFC|CVE|DIN|EN|IEC|IEEE|COVID|USB|MP)[_-]")
"""Names that look like an issue key."""


def case_number(
    headers: Headers, subject: str, text: str, quoted: str, rules: ReadingRules
) -> str | None:
    """The first case number found: in the subject, the headers, the own text, then the quoted."""
    ready = compiled(rules)
    return (
        _search(subject, ready)
        or _in_headers(headers, ready, rules)
        or _search(text, ready)
        or _search(quoted, ready)
    )


def _search(text: str, ready: Compiled) -> str | None:
    text = text[:_SEARCHED]
    for pattern in ready.cases:
        match = pattern.search(text)
        if match:
            found = next((group for group in match.groups() if group), "").strip()
            if found and not _NORM.match(found):
                return str(found)[:MAX_LENGTH]
    return None


def _in_headers(headers: Headers, ready: Compiled, rules: ReadingRules) -> str | None:
    """A header made for the purpose, whose value may be the bare number; or RT's Message-IDs."""
    for name in rules.case_headers:
        value = headers.get(name)
        if value:
            value = decode_words(value)[:500]
            plain = _PLAIN.fullmatch(value) or re.search(r" #(\d+)$", value)
            found = _search(value, ready) or (plain[1] if plain else None)
            if found:
                return found
    for name in ("in-reply-to", "references"):
        match = _RT_ID.search(headers.get(name) or "")
        if match:
            return match[1]
    return None
