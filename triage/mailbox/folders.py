"""The folders of an IMAP mailbox, for messages that say which there are."""

from triage.mailbox.connection import Connection, tidy
from triage.mailbox.settings import ImapSettings

_NAMED = 30


def names(client: Connection) -> list[str]:
    """Of the folders that can be opened."""
    return [name for flags, _, name in client.list_folders() if rb"\Noselect" not in flags]


def no_folder(client: Connection, settings: ImapSettings, exc: Exception) -> str:
    """Why a folder cannot be opened, and what else there is."""
    label, folder, there = settings.label, settings.folder, names(client)
    if folder in there:
        return f"{label}: folder {folder!r} cannot be opened: {tidy(exc)}"
    more = f" and {len(there) - _NAMED} more" if len(there) > _NAMED else ""
    return f"{label}: there is no folder {folder!r}; there are: {', '.join(there[:_NAMED])}{more}"
