"""Where mail comes from. The only place that knows IMAP; files look the same from outside."""

from triage.mailbox.eml import EmlSource
from triage.mailbox.imap import ImapSource
from triage.mailbox.kinds import make_source
from triage.mailbox.maildir import MaildirSource
from triage.mailbox.mbox import MboxSource
from triage.mailbox.paths import read_path
from triage.mailbox.probe import list_folders, probe
from triage.mailbox.settings import MAX_BYTES, FolderSettings, ImapSettings
from triage.mailbox.source import Source

__all__ = [
    "MAX_BYTES",
    "EmlSource",
    "FolderSettings",
    "ImapSettings",
    "ImapSource",
    "MaildirSource",
    "MboxSource",
    "Source",
    "list_folders",
    "make_source",
    "probe",
    "read_path",
]
