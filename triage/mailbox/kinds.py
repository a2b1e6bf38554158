"""From settings to the source they describe."""

from collections.abc import Callable

from triage.mailbox.eml import EmlSource
from triage.mailbox.imap import ImapSource
from triage.mailbox.maildir import MaildirSource
from triage.mailbox.mbox import MboxSource
from triage.mailbox.settings import FolderSettings, ImapSettings, Kind
from triage.mailbox.source import Source

_PATH_KINDS: dict[Kind, Callable[[FolderSettings], Source]] = {
    "maildir": MaildirSource,
    "mbox": MboxSource,
    "eml": EmlSource,
}


def make_source(settings: ImapSettings | FolderSettings) -> Source:
    """The source that settings describe, not yet open."""
    if isinstance(settings, ImapSettings):
        return ImapSource(settings)
    return _PATH_KINDS[settings.kind](settings)
