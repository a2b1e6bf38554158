"""What it takes to reach a mailbox, checked when it is written down."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from triage.errors import ConfigError

MAX_BYTES = 10 * 2**20
"""A mail larger than this is read as a prefix of this many bytes."""

_KEYWORD = re.compile(r"[A-Za-z0-9$_.-]{1,60}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Security = Literal["tls", "starttls", "plain"]
Auth = Literal["password", "xoauth2"]
Kind = Literal["maildir", "mbox", "eml"]


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """One folder on an IMAP server.

    ``secret`` is asked at every connect, so a rotated password or a renewed OAuth token is
    picked up; what it raises comes out as MailboxError. ``flag_keyword`` and ``flag_folder`` are
    what ``Source.mark`` does with a flagged mail: nothing unless set. ``asking`` are keywords that
    people set on a mail to ask for something: see ``Source.asked``. ``timeout`` and
    ``poll_seconds`` are in seconds. Raises ConfigError naming the setting that cannot be.
    """

    name: str
    host: str
    user: str
    secret: Callable[[], str] = field(repr=False)
    port: int = 993
    security: Security = "tls"
    auth: Auth = "password"
    folder: str = "INBOX"
    ca_file: Path | None = None
    max_bytes: int = MAX_BYTES
    timeout: float = 60.0
    idle: bool = True
    poll_seconds: float = 30.0
    flag_keyword: str = ""
    flag_folder: str = ""
    asking: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for setting in ("name", "host", "user", "folder", "flag_folder"):
            value = getattr(self, setting)
            if (not value and setting != "flag_folder") or _CONTROL.search(value):
                raise ConfigError(f"mailbox {self.name!r}: {setting} is empty or not printable")
        for setting in ("port", "max_bytes", "timeout", "poll_seconds"):
            _require_positive(self.name, setting, getattr(self, setting))
        words = [("flag_keyword", self.flag_keyword), *(("keyword", one) for one in self.asking)]
        for setting, word in words:
            if word and not _KEYWORD.fullmatch(word):
                raise ConfigError(
                    f"mailbox {self.name!r}: {setting} {word!r} is no IMAP keyword: "
                    "use letters, digits and $ _ . -"
                )
        named = [word.lower() for word in filter(None, (self.flag_keyword, *self.asking))]
        if len(set(named)) < len(named):
            raise ConfigError(
                f"mailbox {self.name!r}: flag_keyword, flag_by_hand_keyword and help_keyword must "
                "differ: else what we set would read as what a person asked for"
            )
        if self.flag_folder == self.folder:
            raise ConfigError(f"mailbox {self.name!r}: flag_folder is the watched folder itself")

    @property
    def label(self) -> str:
        """How messages to a person name it."""
        return f"mailbox {self.name!r} ({self.user} at {self.host}:{self.port})"


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """A Maildir, an mbox file or a folder of ``.eml`` files.

    ``folder`` names a Maildir++ subfolder ("Support" is ``.Support``) or INBOX, the Maildir
    itself. Only a Maildir can mark flagged mail, and only by ``flag_folder``.
    Raises ConfigError for what such a source cannot do.
    """

    name: str
    path: Path
    kind: Kind
    folder: str = "INBOX"
    max_bytes: int = MAX_BYTES
    poll_seconds: float = 2.0
    flag_keyword: str = ""
    flag_folder: str = ""

    def __post_init__(self) -> None:
        for setting in ("max_bytes", "poll_seconds"):
            _require_positive(self.name, setting, getattr(self, setting))
        if self.flag_keyword:
            raise ConfigError(f"mailbox {self.name!r}: flag_keyword works with IMAP only")
        if self.flag_folder and self.kind != "maildir":
            raise ConfigError(
                f'mailbox {self.name!r}: flag_folder works with IMAP and kind = "maildir" only'
            )
        for setting in ("folder", "flag_folder"):
            value = getattr(self, setting)
            if (not value and setting == "folder") or "/" in value or _CONTROL.search(value):
                raise ConfigError(f"mailbox {self.name!r}: {setting} {value!r} cannot be a folder")
        if self.folder != "INBOX" and self.kind != "maildir":
            raise ConfigError(f'mailbox {self.name!r}: folder works with kind = "maildir" only')
        if self.flag_folder == self.folder:
            raise ConfigError(f"mailbox {self.name!r}: flag_folder is the watched folder itself")

    @property
    def label(self) -> str:
        """How messages to a person name it."""
        return f"mailbox {self.name!r} ({self.path})"


def _require_positive(name: str, setting: str, value: float) -> None:
    if value <= 0:
        raise ConfigError(f"mailbox {name!r}: {setting} must be more than 0, not {value}")
