"""An IMAP folder as a source of mail: read-only, resumable, awake to changes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from threading import Event
from time import monotonic
from typing import Any

import structlog
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from triage.errors import MailboxError, MailboxRefused
from triage.mailbox.connection import Connection, connect, explain, hang_up, is_passing, tidy
from triage.mailbox.fetching import fetch_batch, pack, survey
from triage.mailbox.folders import names, no_folder
from triage.mailbox.keywords import bearing, keeps
from triage.mailbox.settings import ImapSettings
from triage.types import Place, RawMail

log = structlog.get_logger()

REIDLE_SECONDS = 28 * 60
"""RFC 2177: a server may hang up on a client that idles for 29 minutes."""

IDLE_POLL_FACTOR = 4
"""During IDLE we look for ourselves this many times less often: IDLE can fall silent."""

LARGEST_UID = 2**32 - 1

_FALSE_ALARM_SECONDS = 0.1
_LAST_WORD_SECONDS = 5.0  # for a server to end IDLE when we are to stop
_SURVEY = 500  # UIDs in one command: servers need not take lines over 8 KB


class ImapSource:
    """See ``Source``. One connection, opened with EXAMINE so that nothing is ever marked read."""

    def __init__(self, settings: ImapSettings) -> None:
        self.settings = settings
        self._client: Connection | None = None
        self._uidvalidity = 0
        self._state: tuple[int, int] = (0, 0)
        self._looked = 0.0

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def folder(self) -> str:
        return self.settings.folder

    @property
    def uidvalidity(self) -> int:
        if self._client is None:
            raise MailboxError(f"{self.settings.label}: not open")
        return self._uidvalidity

    @property
    def idles(self) -> bool:
        """Whether news comes by IDLE (settings and server both willing) rather than by asking."""
        with self._talking("capabilities") as client:
            return self.settings.idle and bool(client.has_capability("IDLE"))

    @property
    def count(self) -> int:
        """Mails in the folder when it was last looked at."""
        return self._state[0]

    def open(self) -> None:
        self.close()
        self._client = connect(self.settings)
        with self._talking("cannot open the folder") as client:
            answer = self._examine(client)
            self._uidvalidity = int(answer.get(b"UIDVALIDITY", 0))
            if self._uidvalidity <= 0:
                # Without it a UID means nothing, and mail would be lost or told twice.
                raise MailboxRefused(f"{self.settings.label}: the server gives no UIDVALIDITY")

    def close(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        try:
            client.socket().settimeout(2)
            client.logout()
        except Exception:  # on the way out; the server may be gone
            hang_up(client)

    def uids(self, above: int = 0, since: date | None = None) -> list[int]:
        if above >= LARGEST_UID:
            return []
        criteria: list[Any] = ["UID", f"{above + 1}:*"]
        if since is not None:
            criteria += ["SINCE", since]
        with self._talking("cannot list mail") as client:
            client.heard_of_mail()  # what we were told of before is in this answer
            found = client.search(criteria)
        # "n:*" names the newest mail even when its UID is below n.
        return sorted({uid for uid in found if above < uid <= LARGEST_UID})

    def fetch(self, uids: Sequence[int]) -> Iterator[RawMail]:
        uidvalidity = self.uidvalidity
        limit = self.settings.max_bytes
        for start in range(0, len(uids), _SURVEY):
            with self._talking("cannot fetch mail") as client:
                mails = survey(client, uids[start : start + _SURVEY])
            for batch in pack(mails, limit):
                with self._talking("cannot fetch mail") as client:
                    fetched = fetch_batch(client, batch, limit)
                for mail in fetched:
                    if not mail.content:
                        log.warning("mail unreadable", mailbox=self.name, uid=mail.uid)
                    place = Place(self.name, self.folder, uidvalidity, mail.uid)
                    yield RawMail(place, mail.received, mail.content, mail.size)

    def wait(self, seconds: float, stop: Event) -> bool:
        end = monotonic() + seconds
        idles = self.idles
        every = self.settings.poll_seconds * (IDLE_POLL_FACTOR if idles else 1)
        while not stop.is_set():
            with self._talking("cannot wait for mail") as client:
                if self._heard(client):
                    return True
                look = self._looked + every
                rest = max(0.0, min(end, look) - monotonic())
                if idles:
                    self._idle(client, min(rest, REIDLE_SECONDS), stop)
                else:
                    stop.wait(rest)
                if self._heard(client):
                    return True
                if monotonic() >= look and self._look(client):
                    return True
            if monotonic() >= end:
                return False
        return False

    def asked(self) -> dict[str, list[int]]:
        with self._talking("cannot look for keywords") as client:
            return {word: bearing(client, word) for word in self.settings.asking}

    def keeps_keywords(self) -> bool:
        """Whether mail of the folder can be given the ``asking`` keywords at all."""
        with self._talking("cannot open the folder") as client:
            answer = client.select_folder(self.folder)
            self._examine(client)
        return all(keeps(answer, word) for word in self.settings.asking)

    def mark(self, uid: int) -> None:
        keyword, target = self.settings.flag_keyword, self.settings.flag_folder
        if not keyword and not target:
            return
        with self._talking("cannot mark mail") as client:
            answer = client.select_folder(self.folder)
            self._check_uidvalidity(answer)
            if keyword:
                self._set_keyword(client, uid, keyword, answer)
            if target:
                self._move(client, uid, target)
            self._examine(client)

    def list_folders(self) -> list[str]:
        """Names of the folders that can be opened."""
        with self._talking("cannot list folders") as client:
            return names(client)

    def _idle(self, client: Connection, seconds: float, stop: Event) -> None:
        """IDLE until the server speaks. What it says is kept for ``heard_of_mail``; a connection
        that died ends in an error here, because ending IDLE needs its answer."""
        client.start_idle()
        woken = client.wire.wait_readable(seconds, stop)
        if stop.is_set():
            client.socket().settimeout(_LAST_WORD_SECONDS)
        client.idle_done()
        told = client.wire.untagged_responses
        if woken and not told.get("EXISTS") and not (self.settings.asking and told.get("FETCH")):
            stop.wait(_FALSE_ALARM_SECONDS)

    def _heard(self, client: Connection) -> bool:
        """Whether there is news: of mail, or of flags where people may ask by them."""
        flags = client.heard_of_flags() and bool(self.settings.asking)
        return client.heard_of_mail() or flags

    def _look(self, client: Connection) -> bool:
        """Ask the server afresh; whether the folder differs from the last look."""
        before = self._state
        self._check_uidvalidity(self._examine(client))
        client.heard_of_mail()
        return self._state != before

    def _examine(self, client: Connection) -> dict[bytes, Any]:
        try:
            answer: dict[bytes, Any] = client.select_folder(self.folder, readonly=True)
        except (IMAPClientAbortError, ProtocolError):
            raise
        except IMAPClientError as exc:
            if is_passing(exc):
                raise
            raise MailboxRefused(no_folder(client, self.settings, exc)) from exc
        self._state = (int(answer.get(b"EXISTS", 0)), int(answer.get(b"UIDNEXT", 0)))
        self._looked = monotonic()
        return answer

    def _check_uidvalidity(self, answer: dict[bytes, Any]) -> None:
        now = int(answer.get(b"UIDVALIDITY", 0))
        if now != self._uidvalidity:
            raise MailboxError(
                f"{self.settings.label}: UIDVALIDITY changed from {self._uidvalidity} to {now}"
            )

    def _set_keyword(
        self, client: Connection, uid: int, keyword: str, answer: dict[bytes, Any]
    ) -> None:
        if not keeps(answer, keyword):
            raise MailboxRefused(
                f"{self.settings.label}: the server keeps no new keywords; unset flag_keyword"
            )
        client.add_flags([uid], [keyword], silent=True)

    def _move(self, client: Connection, uid: int, target: str) -> None:
        try:
            client.leave_folder(uid, target)
        except (IMAPClientAbortError, ProtocolError):
            raise
        except IMAPClientError as exc:
            if is_passing(exc):
                raise
            raise MailboxRefused(
                f"{self.settings.label}: cannot move mail to flag_folder {target!r}: {tidy(exc)}"
            ) from exc

    @contextmanager
    def _talking(self, doing: str) -> Iterator[Connection]:
        """One exchange with the server. After any failure the connection is thrown away: half an
        answer may still be under way, and would be taken for the next one's."""
        client = self._client
        if client is None:
            raise MailboxError(f"{self.settings.label}: not open")
        try:
            yield client
        except BaseException as exc:
            self._client = None
            hang_up(client)
            if isinstance(exc, MailboxError) or not isinstance(exc, Exception):
                raise
            raise explain(exc, self.settings, doing) from exc
