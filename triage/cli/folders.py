"""Settings in, the folders to be watched out."""

from triage.byhand import Wish
from triage.config import Mailbox, Settings
from triage.errors import ConfigError
from triage.mailbox import FolderSettings, ImapSettings, Source, make_source


def sources(settings: Settings) -> list[tuple[Mailbox, Source]]:
    """A source for each folder of each mailbox. Raises ``ConfigError``."""
    found = [
        (mailbox, make_source(source_settings(name, mailbox, folder)))
        for name, mailbox in settings.mailboxes.items()
        for folder in mailbox.folders
    ]
    if not found:
        raise ConfigError("no mailbox is configured; `triage init` writes a file to start from")
    return found


def source_settings(name: str, mailbox: Mailbox, folder: str) -> ImapSettings | FolderSettings:
    if mailbox.kind == "imap":
        return _imap_settings(name, mailbox, folder)
    if mailbox.path is None:
        raise ConfigError(f"mailboxes.{name}.path: needed for kind {mailbox.kind}")
    return FolderSettings(
        name=name,
        path=mailbox.path,
        kind=mailbox.kind,
        folder=folder,
        max_bytes=mailbox.max_bytes,
        poll_seconds=mailbox.pace,
        flag_keyword=mailbox.flag_keyword,
        flag_folder=mailbox.flag_folder,
    )


def _imap_settings(name: str, mailbox: Mailbox, folder: str) -> ImapSettings:
    if not mailbox.host:
        raise ConfigError(f"mailboxes.{name}.host: needed for kind imap")
    return ImapSettings(
        name=name,
        host=mailbox.host,
        port=mailbox.port or (993 if mailbox.security == "tls" else 143),
        security=mailbox.security,
        user=mailbox.user,
        secret=mailbox.secret,
        auth=mailbox.auth,
        folder=folder,
        ca_file=mailbox.ca_file,
        max_bytes=mailbox.max_bytes,
        idle=mailbox.idle,
        poll_seconds=mailbox.pace,
        flag_keyword=mailbox.flag_keyword,
        flag_folder=mailbox.flag_folder,
        asking=tuple(filter(None, (mailbox.flag_by_hand_keyword, mailbox.help_keyword))),
    )


def asking_folders(mailbox: Mailbox) -> list[tuple[str, Wish]]:
    """Folders by which people ask for something."""
    asked = ((mailbox.flag_by_hand_folder, Wish.FLAG), (mailbox.help_folder, Wish.HELP))
    return [(folder, wish) for folder, wish in asked if folder]


def asking_settings(name: str, mailbox: Mailbox, folder: str) -> ImapSettings | FolderSettings:
    """Such a folder is only read: nothing in it is marked."""
    unmarked = {"flag_keyword": "", "flag_folder": ""}
    unmarked |= {"flag_by_hand_keyword": "", "help_keyword": ""}
    return source_settings(name, mailbox.model_copy(update=unmarked), folder)
