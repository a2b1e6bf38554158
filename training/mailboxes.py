"""Raw mail of the public corpora, read as a customer's mail would be."""

import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from triage.classifier.text import mail_text
from triage.mail import quotes


@dataclass(frozen=True, slots=True)
class CorpusMail:
    """``text`` is exactly what would be scored; ``sender`` is the address, in lower case."""

    id: str
    sender: str
    text: str
    tags: tuple[str, ...] = ()


def as_served(text: str) -> str:
    """``text`` as it would reach the classifier: quoted history cut off by the mail reader.

    Trainings see the history, which makes them harder; figures are of what is served.
    """
    return "\n\n".join(quotes.split(text, answer=True).own) or text


def read_spamassassin(archive: Path) -> Iterator[CorpusMail]:
    """Every mail of the archive whose own text is not empty."""
    for name, content in _members(archive, ".txt"):
        folder = Path(name).parts[-2]
        mail = _read(content, f"ham-{folder}-{Path(name).name[:5]}", (folder,))
        if mail is not None:
            yield mail


def read_enron(archive: Path) -> Iterator[CorpusMail]:
    """Every mail in a sent-mail folder whose own text is not empty."""
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
                yield member.name, file.read(400_000)


def _read(content: bytes, name: str, tags: tuple[str, ...]) -> CorpusMail | None:
    try:
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        part = message.get_body(("plain", "html"))
        body = str(part.get_content()) if part is not None else ""
        subject, sender = str(message["Subject"] or ""), str(message["From"] or "")
    except Exception:
        return None
    if part is not None and part.get_content_subtype() == "html":
        body = re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", body, flags=re.S | re.I)
    body = "\n".join(line for line in body.splitlines() if not line.startswith((">", "|")))
    body = re.split(r"\n-- ?\n|\n-{4,}.*\n|\n_{5,}\n", body)[0].strip()
    found = re.search(r"[\w.+-]+@[\w.-]+", sender)
    if len(body) < 15:
        return None
    return CorpusMail(
        name, (found.group() if found else sender).lower(), mail_text(subject, body), tags
    )
