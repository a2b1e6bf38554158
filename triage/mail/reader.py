"""Bytes to Email: the one way in."""

import re

from triage.errors import ParseError
from triage.mail import headers as fields
from triage.mail import quotes, signature
from triage.mail.body import Body, read_body
from triage.mail.cases import case_number
from triage.mail.headers import Headers
from triage.mail.kind import Look, first_sender, kind_of
from triage.mail.language import language
from triage.mail.mime import Part, read_tree
from triage.mail.people import MAX_PEOPLE, people
from triage.mail.rules import ReadingRules
from triage.types import Email, MailKind, Person, RawMail

MAX_SUBJECT = 1000
TRUNCATED = "truncated"
NO_TEXT = "no text"

_ANSWER_PREFIX = re.compile(r"^(?:\s*[\w.]{1,12}(?:\[\d+\])?:)+\s*")


def parse(raw: RawMail, rules: ReadingRules) -> Email:
    """The mail as a person would read it.

    Pure: no input or output, no logging. Raises ParseError, and nothing else, where the bytes
    cannot be read as mail; trouble of the machine (memory, a missing model file) passes through.
    """
    try:
        return _parse(raw, rules)
    except (ParseError, MemoryError, OSError, ImportError):
        raise
    except Exception as error:
        raise ParseError(f"cannot be read as mail ({type(error).__name__})") from error


def _parse(raw: RawMail, rules: ReadingRules) -> Email:
    root, remarks = read_tree(raw.content)
    headers = root.headers
    body = read_body(root, rules.max_text)
    subject = headers.text("subject")[:MAX_SUBJECT]
    text, signed, quoted = _parts_of(body, subject, headers)
    look = _look(root, subject, rules)
    kind, reason = _kind(look, body, text)
    return Email(
        digest=raw.digest,
        message_id=next(iter(fields.message_ids(headers.get("message-id"))), None),
        in_reply_to=next(iter(fields.message_ids(headers.get("in-reply-to"))), None),
        references=fields.message_ids(headers.get("references")),
        sent=fields.date(headers.get("date")),
        sender=look.sender,
        reply_to=look.reply_to,
        to=_all_people(headers, "to"),
        cc=_all_people(headers, "cc"),
        subject=subject,
        text=text,
        quoted=quoted[: rules.max_text],
        signature=signed[: rules.max_text],
        kind=kind,
        kind_reason=reason,
        language=_language(text, subject),
        case_number=case_number(headers, subject, text, quoted, rules),
        attachments=tuple(file.record() for file in body.files),
        remarks=_remarks(raw, remarks, body, text),
    )


def _parts_of(body: Body, subject: str, headers: Headers) -> tuple[str, str, str]:
    """The body as (text, signature, quoted)."""
    answer = quotes.is_answer(subject) or headers.get("in-reply-to") is not None
    split = quotes.split(body.text, answer)
    pieces = [signature.cut(block) for block in split.own]
    text = "\n\n".join(own for own, _ in pieces if own.strip()).strip()
    signed = "\n\n".join(cut for _, cut in pieces if cut)
    quoted = "\n\n".join(part for part in (split.quoted, body.enclosed) if part)
    return text, signed, quoted


def _look(root: Part, subject: str, rules: ReadingRules) -> Look:
    headers = root.headers
    return Look(
        root=root,
        sender=first_sender(headers),
        reply_to=_all_people(headers, "reply-to"),
        recipients=_all_people(headers, "to") + _all_people(headers, "cc"),
        subject=subject,
        rules=rules,
    )


def _kind(look: Look, body: Body, text: str) -> tuple[MailKind, str]:
    kind, reason = kind_of(look)
    if kind is MailKind.CUSTOMER and body.calendar_reply:
        return MailKind.AUTO_REPLY, "Content-Type: text/calendar; method=REPLY"
    return kind, reason


def _all_people(headers: Headers, name: str) -> tuple[Person, ...]:
    found = (one for value in headers.all(name) for one in people(value))
    return tuple(dict.fromkeys(found))[:MAX_PEOPLE]


def _language(text: str, subject: str) -> str:
    """Of the text; a short one is judged together with the subject."""
    found = language(text)
    if found == "und":
        found = language(f"{_ANSWER_PREFIX.sub('', subject)}\n{text}")
    return found


def _remarks(raw: RawMail, remarks: tuple[str, ...], body: Body, text: str) -> tuple[str, ...]:
    found = dict.fromkeys(remarks) | body.remarks
    if raw.truncated:
        found[TRUNCATED] = None
    if not text:
        found[NO_TEXT] = None
    return tuple(found)
