"""One line about a mailbox, for whoever sets it up."""

from triage.errors import MailboxRefused
from triage.mailbox.imap import ImapSource
from triage.mailbox.kinds import make_source
from triage.mailbox.settings import FolderSettings, ImapSettings


def probe(settings: ImapSettings | FolderSettings) -> str:
    """What is there, in one line: where, folder, mails, how news arrives, UIDVALIDITY.

    Raises MailboxError, or MailboxRefused saying what to do.
    """
    source = make_source(settings)
    try:
        source.open()
        if isinstance(source, ImapSource):
            return _describe(source)
        count = len(source.uids())
        return f"{settings.label}: {source.folder}, {_mails(count)}, looked at every few seconds"
    finally:
        source.close()


def list_folders(settings: ImapSettings) -> list[str]:
    """The folders of an IMAP mailbox that can be opened. Raises as ``probe`` does."""
    source = ImapSource(settings)
    try:
        source.open()
        return source.list_folders()
    finally:
        source.close()


def _describe(source: ImapSource) -> str:
    settings = source.settings
    target = settings.flag_folder
    if target and target not in (names := source.list_folders()):
        listed = ", ".join(names[:30])
        raise MailboxRefused(
            f"{settings.label}: flag_folder {target!r} does not exist; there are: {listed}"
        )
    news = "IDLE" if source.idles else f"no IDLE, asked every {settings.poll_seconds:g} s"
    return (
        f"{settings.label}: {source.folder}, {_mails(source.count)}, {settings.security}, {news}, "
        f"UIDVALIDITY {source.uidvalidity}{_keywords(source)}"
    )


def _keywords(source: ImapSource) -> str:
    """A remark where people cannot ask by keyword, though the settings say so."""
    asking = source.settings.asking
    if not asking or source.keeps_keywords():
        return ""
    named = " and ".join(asking)
    return f"; the server keeps no keywords, so {named} cannot be set: ask by folder instead"


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count:,} mails"
