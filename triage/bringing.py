"""Mail brought in by hand: read in the background, as what a mailbox holds is read."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from triage.caseload import Caseload
from triage.errors import TriageError
from triage.mailbox import FolderSettings, make_source
from triage.pipeline import Reader, Saver
from triage.store import Database, imports, ledger
from triage.store.imports import Batch
from triage.types import Outcome, Place, RawMail, Reading

AT_ONCE = 32
LONGEST_LINE = 4 * 2**20
"""Bytes of one mail as a line of JSON."""
_TEXTS = ("from", "to", "subject", "text", "message_id", "in_reply_to", "name")
_SETTLED = 3600.0


class NotAMail(TriageError):
    """One place of what was sent cannot be read as a mail; the others can."""


@dataclass(frozen=True, slots=True)
class Bringing:
    """``reader`` gives the reader, loaded when there is something to read; ``caseload`` opens
    cases where that is asked for."""

    database: Database
    reader: Callable[[], Reader]
    caseload: Caseload

    def bring_in(self, batch_id: int) -> None:
        """Read what is left of a batch. Safe to be done twice: what it did is noted with it."""
        with self.database.transaction() as tx:
            batch = imports.begin(tx, batch_id, self.caseload.clock())
        if batch is None:
            return
        rest = islice(_mails(batch), batch.found, None)
        while some := list(islice(rest, AT_ONCE)):
            self._take(batch, some)
        with self.database.transaction() as tx:
            imports.finish(tx, batch_id, self.caseload.clock())

    def _take(self, batch: Batch, some: list[RawMail | str]) -> None:
        reader = self.reader()
        raws = [one for one in some if isinstance(one, RawMail)]
        wrong = [one for one in some if isinstance(one, str)]
        readings = reader.read([reader.parsed(raw) for raw in raws])
        saver = Saver(self.caseload, quiet=not batch.opens_cases)
        with self.database.transaction() as tx:
            entries = [saver.save_one(tx, reading) for reading in readings]
            ledger.record(tx, entries)
            repeated = sum(entry.outcome == ledger.REPEAT for entry in entries)
            imports.went_on(
                tx,
                batch.id,
                found=len(some),
                kept=len(entries) - repeated,
                repeated=repeated,
                flagged=_flagged(readings, entries),
                wrong=wrong,
                now=self.caseload.clock(),
            )


def _flagged(readings: list[Reading], entries: list[ledger.Entry]) -> int:
    return sum(
        reading.decision.outcome is Outcome.FLAG and entry.outcome != ledger.REPEAT
        for reading, entry in zip(readings, entries, strict=True)
    )


def _mails(batch: Batch) -> Iterator[RawMail | str]:
    """Each mail of a batch in its order, or why one cannot be read."""
    if batch.format == "mbox":
        yield from _of_mbox(batch)
        return
    parts = [batch.content] if batch.format == "eml" else batch.content.split(b"\n")
    for number, part in enumerate(parts, 1):
        if not part.strip():
            continue
        content: bytes = part
        received = batch.made_at
        if batch.format == "jsonl":
            try:
                content, received = _of_line(part, batch.made_at)
            except NotAMail as error:
                yield f"line {number}: {error}"
                continue
        yield RawMail(_place(batch, number), received, content, len(content))


def _of_mbox(batch: Batch) -> Iterator[RawMail | str]:
    with TemporaryDirectory(prefix="triage-import-") as folder:
        path = Path(folder) / "mbox"
        path.write_bytes(batch.content)
        then = batch.made_at.timestamp() - _SETTLED  # nobody writes to it any more
        os.utime(path, (then, then))
        source = make_source(FolderSettings(name="import", path=path, kind="mbox"))
        source.open()
        try:
            for number, raw in enumerate(source.fetch(source.uids()), 1):
                yield RawMail(_place(batch, number), raw.received, raw.content, raw.size)
        finally:
            source.close()


def _place(batch: Batch, number: int) -> Place:
    return Place("import", str(batch.id), 0, number)


def _of_line(line: bytes, otherwise: datetime) -> tuple[bytes, datetime]:
    """A mail's bytes, and when it was received. Raises ``NotAMail``."""
    if len(line) > LONGEST_LINE:
        raise NotAMail(f"longer than {LONGEST_LINE} bytes")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise NotAMail("no JSON") from None
    if not isinstance(row, dict):
        raise NotAMail("must be an object")
    wrong = [n for n in _TEXTS if not isinstance(row.get(n, ""), str)]
    if wrong:
        raise NotAMail(f"{wrong[0]} must be a text")
    if not row.get("from", "").strip() or not (row.get("text") or row.get("subject")):
        raise NotAMail("needs from, and text or subject")
    date = _date(row, otherwise)
    return _written(row, date), date


def _date(row: dict[str, Any], otherwise: datetime) -> datetime:
    given = row.get("date")
    if given is None:
        return otherwise
    try:
        date = datetime.fromisoformat(given)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise NotAMail("date must be as 2026-06-03T09:30:00+02:00") from None


def _written(row: dict[str, Any], date: datetime) -> bytes:
    """Headers that cannot be wrong; the same row makes the same bytes."""
    message = EmailMessage(SMTP)
    try:
        message["From"] = Address(_line(row, "name"), addr_spec=_line(row, "from"))
        if row.get("to"):
            message["To"] = _line(row, "to")
        message["Subject"] = _line(row, "subject")
        message["Date"] = format_datetime(date)
        for name, header in (("message_id", "Message-ID"), ("in_reply_to", "In-Reply-To")):
            if row.get(name):
                message[header] = f"<{_line(row, name).strip('<>')}>"
        message.set_content(row.get("text", "").encode("utf-8", "replace").decode(), cte="base64")
        return message.as_bytes()
    except (ValueError, IndexError, AttributeError, TypeError, MessageError):
        raise NotAMail("has a header that cannot be written") from None


def _line(row: dict[str, Any], name: str) -> str:
    text = "".join(c if c.isprintable() else " " for c in row.get(name, ""))
    return text.encode("utf-8", "replace").decode()[:998].strip()
