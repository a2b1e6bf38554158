"""What every source of mail can do, whatever is behind it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from threading import Event
from typing import Protocol

from triage.types import RawMail


class Source(Protocol):
    """One folder of one mailbox, as one reader sees it. For one thread at a time.

    Any method but ``close`` raises MailboxError when the mailbox cannot be reached (the source is
    then closed: open it again) and MailboxRefused when a person has to change something.
    """

    @property
    def name(self) -> str: ...

    @property
    def folder(self) -> str: ...

    @property
    def uidvalidity(self) -> int:
        """What the UIDs of this session belong to; 0 where UIDs are digests of lasting names."""

    def open(self) -> None:
        """Connect, log in and choose the folder, for reading only."""

    def close(self) -> None:
        """Let go of everything; never raises."""

    def uids(self, above: int = 0, since: date | None = None) -> list[int]:
        """Every mail the folder holds with a UID greater than ``above``, ascending.

        ``since`` keeps mail received on that day or later, by the source's own calendar. With
        ``uidvalidity`` 0 the order of UIDs means nothing: ask for all and compare.
        """

    def fetch(self, uids: Sequence[int]) -> Iterator[RawMail]:
        """The mails in batches of bounded memory; one that has vanished is not yielded.

        A mail that is there but whose bytes cannot be read comes with empty ``content``, so
        ``truncated`` is true of it: it is for a person, and does not hold up the others.
        """

    def wait(self, seconds: float, stop: Event) -> bool:
        """Wait until something may have changed (True), ``seconds`` have passed or ``stop`` is
        set (False, within a second)."""

    def asked(self) -> Mapping[str, Sequence[int]]:
        """The mails that bear one of the settings' ``asking`` keywords, by keyword. Nothing where
        the source knows no keywords."""

    def mark(self, uid: int) -> None:
        """Mark a flagged mail as the settings say: a keyword, a move, or nothing."""
