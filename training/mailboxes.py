"""Mail of the public corpora and of the project, read by the reader that serves customers' mail."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from triage.classifier.text import mail_text
from triage.errors import ParseError
from triage.mail import ReadingRules, parse, quotes, signature
from triage.types import MailKind, Place, RawMail

SHORTEST = 15
"""Characters; corpora hold many mails that only pass an attachment on."""
LANGUAGES = frozenset({"en", "und"})
MOST_BYTES = 400_000
RULES = ReadingRules()
THEN = datetime(2002, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CorpusMail:
    """``text`` is exactly what would be scored; ``sender`` is the address, in lower case.

    ``direct`` says that a person sent it to a person: mail of lists, newsletters and machines
    is told by its headers and never scored in use.
    """

    id: str
    sender: str
    text: str
    direct: bool
    tags: tuple[str, ...] = ()


def as_served(subject: str, body: str) -> str:
    """The text that would be scored for a mail: quoted history and signature cut off."""
    split = quotes.split(body, quotes.is_answer(subject))
    own = [text for text, _ in map(signature.cut, split.own) if text.strip()]
    return mail_text(subject, "\n\n".join(own) or body)


@lru_cache(maxsize=4)
def read_spamassassin(archive: Path) -> tuple[CorpusMail, ...]:
    """Every English mail of the archive whose own text is not empty."""
    return tuple(_spamassassin(archive))


@lru_cache(maxsize=4)
def read_enron(archive: Path) -> tuple[CorpusMail, ...]:
    """Every English mail in a sent-mail folder whose own text is not empty."""
    return tuple(_enron(archive))


def _spamassassin(archive: Path) -> Iterator[CorpusMail]:
    for name, content in _members(archive, ".txt"):
        folder = Path(name).parts[-2]
        mail = _read(content, f"ham-{folder}-{Path(name).name[:5]}", (folder,))
        if mail is not None:
            yield mail


def _enron(archive: Path) -> Iterator[CorpusMail]:
    for name, content in _members(archive, ""):
        parts = Path(name).parts
        if "sent" not in parts[-2]:
            continue
        mail = _read(content, f"enron-{parts[-3]}-{Path(name).name.rstrip('.')}", ())
        if mail is not None:
            yield mail


def _members(archive: Path, suffix: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            if file is not None and member.name.endswith(suffix):
                yield member.name, file.read(MOST_BYTES)


def _read(content: bytes, name: str, tags: tuple[str, ...]) -> CorpusMail | None:
    raw = RawMail(Place("corpus", "", 0, 0), THEN, content, len(content))
    try:
        mail = parse(raw, RULES)
    except ParseError:
        return None
    if len(mail.text) < SHORTEST or mail.language not in LANGUAGES:
        return None
    text, direct = mail_text(mail.subject, mail.text), mail.kind is MailKind.CUSTOMER
    return CorpusMail(name, mail.sender.address.lower(), text, direct, tags)
