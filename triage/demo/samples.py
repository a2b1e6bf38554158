"""Customers' mails to an invented help desk, made into what a mail server would hand over.

``samples.jsonl`` has one mail a line: ``id``, ``from``, ``subject``, ``text``, and where they
apply ``html`` (``true``: also as HTML; a text: this HTML, and the plain text only when ``text``
has any), ``answers`` (the ``id`` of the mail it replies to), ``headers`` to add, ``attach``
(names of small files that come along) and ``kind`` ``bounce`` (a delivery report).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from html import escape
from importlib.resources import files

DESK = "Harbour Help Desk <help@harbour.example>"


@dataclass(frozen=True, slots=True)
class Sample:
    """One line of ``samples.jsonl``."""

    id: str
    sender: str
    subject: str
    text: str
    html: str | bool = False
    answers: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    attach: tuple[str, ...] = ()
    kind: str = "letter"


@cache
def samples() -> tuple[Sample, ...]:
    """All of them, in the order in which they are sent."""
    lines = (files("triage.demo") / "samples.jsonl").read_text("utf-8").splitlines()
    return tuple(_sample(json.loads(line)) for line in lines)


def _sample(row: dict[str, object]) -> Sample:
    return Sample(sender=row.pop("from"), **row)  # type: ignore[arg-type]  # our own file


def letter(number: int, now: datetime) -> bytes:
    """The mail that comes as number ``number`` (from 0), whichever round it falls in.

    Each round has Message-IDs of its own, and a reply names the mail of its own round.
    """
    turn, place = divmod(number, len(samples()))
    sample = samples()[place]
    message = EmailMessage(policy=SMTP)
    message["From"] = sample.sender
    message["To"] = DESK
    message["Subject"] = sample.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _message_id(sample, turn)
    for name, value in sample.headers.items():
        message[name] = value
    _thread(message, sample, turn)
    _fill(message, sample)
    return message.as_bytes()


def _thread(message: EmailMessage, sample: Sample, turn: int) -> None:
    known = {each.id: each for each in samples()}
    chain: list[str] = []
    earlier = sample.answers
    while earlier is not None:
        chain.insert(0, _message_id(known[earlier], turn))
        earlier = known[earlier].answers
    if chain:
        message["In-Reply-To"] = chain[-1]
        message["References"] = " ".join(chain)


def _message_id(sample: Sample, turn: int) -> str:
    domain = parseaddr(sample.sender)[1].rpartition("@")[2]
    return f"<{sample.id}.{turn}@{domain}>"


def _fill(message: EmailMessage, sample: Sample) -> None:
    if sample.kind == "bounce":
        _fill_report(message, sample)
        return
    if sample.text:
        message.set_content(sample.text)
    if isinstance(sample.html, str):
        fill = message.add_alternative if sample.text else message.set_content
        fill(sample.html, subtype="html")
    elif sample.html:
        message.add_alternative(_as_html(sample.text), subtype="html")
    for name in sample.attach:
        content = f"{name}, as sent by {parseaddr(sample.sender)[0]}\n".encode()
        message.add_attachment(content, "application", "octet-stream", filename=name)


def _as_html(text: str) -> str:
    """The way mail programs write it: a ``div`` a line."""
    lines = (f"<div>{escape(line) or '<br>'}</div>" for line in text.splitlines())
    body = "\n".join(lines)
    return f'<html><body style="font-family: sans-serif">\n{body}\n</body></html>\n'


def _fill_report(message: EmailMessage, sample: Sample) -> None:
    """A delivery report as RFC 3464 has it: for people, and for machines."""
    message.set_content(sample.text)
    message.make_mixed()
    status = EmailMessage(policy=SMTP)
    status["Content-Type"] = "message/delivery-status"
    status.set_payload([message_from_string(block) for block in _STATUS])
    message.attach(status)
    message.set_type("multipart/report")
    message.set_param("report-type", "delivery-status")


_STATUS = (
    "Reporting-MTA: dns; mail.example.net\n",
    "Final-Recipient: rfc822; old.customer@example.net\nAction: failed\nStatus: 5.1.1\n",
)
