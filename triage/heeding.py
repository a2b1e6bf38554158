"""What the desk's people ask for in their mail programme: by a keyword, or by a folder (P7).

IMAP does not say who set a keyword or moved a mail, only where it was.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from triage.byhand import ByHand, Wish
from triage.errors import ActRefused, MailboxError, StoreError
from triage.mailbox import Source
from triage.pipeline import Parsed, Reader, Saver
from triage.store import Database, Transaction, ledger
from triage.store import byhand as store
from triage.types import Place, Reading

log = structlog.get_logger()

Read = Callable[[Sequence[Parsed]], list[Reading]]

_BATCH = 64


@dataclass(frozen=True, slots=True)
class Heeding:
    """Saves mail as ``saver`` does, known or not, and does what was asked for with each. ``by``
    says how it was asked: "by keyword in support/INBOX"."""

    saver: Saver
    by_hand: ByHand
    wish: Wish
    by: str

    def save(self, tx: Transaction, readings: Iterable[Reading]) -> None:
        ledger.record(tx, [self._save_one(tx, reading) for reading in readings])

    def heed(self, tx: Transaction, mail_id: int) -> None:
        """Once a mail, however often it is asked for."""
        try:
            done = self.by_hand.heed(tx, mail_id, self.wish, self.by)
        except ActRefused as error:
            log.warning("what was asked for was refused", mail=mail_id, reason=str(error))
            return
        if done.new:
            log.info("done as asked", wish=self.wish, by=self.by, mail=mail_id, case=done.case_id)

    def _save_one(self, tx: Transaction, reading: Reading) -> ledger.Entry:
        entry = self.saver.save_one(tx, reading)
        if entry.mail_id is not None:
            store.keep_bytes(tx, entry.mail_id, reading.raw.content)
            self.heed(tx, entry.mail_id)
        return entry


@dataclass(slots=True)
class Keywords:
    """Looks for mail of a watched folder that people set a keyword on. ``heeds`` says what is to
    be done by keyword."""

    source: Source
    database: Database
    reader: Reader
    heeds: Mapping[str, Heeding]
    _done: set[tuple[str, int]] = field(default_factory=set)

    def forget(self) -> None:
        """UIDs of another session may mean other mail."""
        self._done.clear()

    def look(self, read: Read) -> list[Place]:
        """Heed what is new; where the mails lie. Raises ``MailboxError`` and ``StoreError``.

        Looks again until nothing is: what the server told us while we were at it is lost.
        """
        heeded: list[Place] = []
        while news := self._news():
            for keyword, uids in news.items():
                heeded += self._heed_all(self.heeds[keyword], uids, read)
                self._done |= {(keyword, uid) for uid in uids}
        return heeded

    def _news(self) -> dict[str, list[int]]:
        fresh = {
            keyword: [uid for uid in uids if (keyword, uid) not in self._done]
            for keyword, uids in self.source.asked().items()
        }
        return {keyword: uids for keyword, uids in fresh.items() if uids}

    def _heed_all(self, heeding: Heeding, uids: Sequence[int], read: Read) -> list[Place]:
        with self.database.transaction() as tx:
            before = store.granted_places(tx, *self._folder, heeding.wish)
        batches = _batches([uid for uid in uids if uid not in before])
        return [place for batch in batches for place in self._heed(heeding, batch, read)]

    @property
    def _folder(self) -> tuple[str, str, int]:
        return self.source.name, self.source.folder, self.source.uidvalidity

    def _heed(self, heeding: Heeding, uids: Sequence[int], read: Read) -> list[Place]:
        readings = read([self.reader.parsed(raw) for raw in self.source.fetch(uids)])
        for reading in readings:
            self._safely(lambda tx, one=reading: heeding.save(tx, [one]))  # type: ignore[misc]
        gone = set(uids) - {reading.raw.place.uid for reading in readings}
        if gone:
            self._heed_gone(heeding, gone)
        return [reading.raw.place for reading in readings]

    def _heed_gone(self, heeding: Heeding, uids: set[int]) -> None:
        """Mail that was moved on at once: what was read of it before is enough."""
        with self.database.transaction() as tx:
            known = store.mails_at(tx, *self._folder, uids)
        for mail_id in known:
            self._safely(lambda tx, one=mail_id: heeding.heed(tx, one))  # type: ignore[misc]
        if len(known) < len(uids):
            log.warning("asked for mail that is gone", by=heeding.by, count=len(uids) - len(known))

    def _safely(self, does: Callable[[Transaction], None]) -> None:
        """One mail's trouble holds up no other."""
        try:
            with self.database.transaction() as tx:
                does(tx)
        except (MailboxError, StoreError):
            raise
        except Exception as error:
            log.error("what was asked for could not be done", exc_info=error)


def _batches(uids: Sequence[int]) -> list[Sequence[int]]:
    return [uids[start : start + _BATCH] for start in range(0, len(uids), _BATCH)]
