"""The mail that somebody forwards: attached whole, or pasted in below a header block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from triage.errors import ParseError
from triage.mail import headers as fields
from triage.mail import phrases, quotes, signature
from triage.mail.body import read_body
from triage.mail.html import QUOTE_BEGINS
from triage.mail.mime import Part, read_tree
from triage.mail.people import person
from triage.mail.reader import parse
from triage.mail.rules import ReadingRules
from triage.types import Email, Person, Place, RawMail

_MOST = 20
"""Attached mails, and header blocks, that are looked at."""
_LINES = 5_000
_NOWHERE = Place("", "", 0, 0)
_MARKS = re.compile(r"^ ?(?:> ?)+")
_FIELD = re.compile(r"\s*\*?\s*([^\W\d_][\w .'’-]{0,22}?)\s*\*?\s?[:：]\s*\*?\s*(.*)")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_AROUND = re.compile(r"[<\[(](?:mailto:)?\s*$", re.I)


@dataclass(frozen=True, slots=True)
class Forwarded:
    """``content`` is empty for a mail that was pasted in; ``whole`` is then all that stood below
    its header block, of which ``text`` is its sender's own. ``sent`` is ``None`` where the date is
    written in a way that cannot be read."""

    content: bytes
    message_id: str | None
    sender: Person
    subject: str
    sent: datetime | None
    text: str
    whole: str


def forwarded(content: bytes, rules: ReadingRules, ours: frozenset[str]) -> Forwarded | None:
    """The newest mail forwarded in ``content`` that none of ``ours`` (lower-case addresses) wrote;
    ``None`` where there is none. Raises ParseError where ``content`` is no mail."""
    root, _ = read_tree(content)
    for found in (*_attached(root, rules), *_pasted(root, rules)):
        if found.sender.address.lower() not in ours:
            return found
    return None


def _attached(root: Part, rules: ReadingRules) -> Iterator[Forwarded]:
    files = read_body(root, 1).files
    for file in files[:_MOST]:
        if not (file.content_type == "message/rfc822" or file.name.lower().endswith(".eml")):
            continue
        inner = file.content()
        try:
            email = parse(RawMail(_NOWHERE, datetime.now(UTC), inner, len(inner)), rules)
        except ParseError:
            continue
        yield _of(inner, email)


def _of(content: bytes, email: Email) -> Forwarded:
    return Forwarded(
        content=content,
        message_id=email.message_id,
        sender=email.sender,
        subject=email.subject,
        sent=email.sent,
        text=email.text,
        whole=email.text,
    )


def _pasted(root: Part, rules: ReadingRules) -> Iterator[Forwarded]:
    text = read_body(root, rules.max_text).text
    lines = [_MARKS.sub("", line) for line in text.split("\n")[:_LINES] if line != QUOTE_BEGINS]
    at, found = 0, 0
    while at < len(lines) and found < _MOST:
        length = quotes.header_block(lines, at)
        if not length:
            at += 1
            continue
        found += 1
        yield _below(lines, at, length)
        at += length


def _below(lines: list[str], at: int, length: int) -> Forwarded:
    said = dict(_named(lines[at : at + length]))
    whole = "\n".join(lines[at + length :]).strip("\n")
    own = quotes.split(whole, answer=True).own
    return Forwarded(
        content=b"",
        message_id=None,
        sender=_sender(said.get("from", "")),
        subject=said.get("subject", ""),
        sent=fields.date(said.get("date")),
        text="\n\n".join(signature.cut(block)[0] for block in own).strip(),
        whole=whole,
    )


def _named(lines: list[str]) -> Iterator[tuple[str, str]]:
    """The block's fields by role, with what was wrapped to the next line."""
    role, value = "", ""
    for line in lines:
        match = _FIELD.match(line)
        known = phrases.HEADER_ROLES.get(match[1].lower()) if match else None
        if match and known:
            if role:
                yield role, value
            role, value = known, match[2].strip()
        else:
            value = f"{value} {line.strip()}".strip()
    if role:
        yield role, value


def _sender(value: str) -> Person:
    """As header fields have it, and as Outlook writes it: ``Jane Doe [mailto:jane@example.org]``.
    Some programmes give a name alone."""
    value = value.strip(" *")
    match = _ADDRESS.search(value)
    if match is None:
        return Person(value[:500], "")
    name = _AROUND.sub("", value[: match.start()]).strip(" \"'*")
    if not name or "@" in name:
        return Person(person(value).name, match[0])
    return Person(name[:500], match[0])
