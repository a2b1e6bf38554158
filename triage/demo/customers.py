"""The demo's customers: a mail every few seconds, put into the mailbox over IMAP."""

from datetime import datetime
from threading import Event

from imapclient import IMAPClient

from triage.cli.roles import Part
from triage.demo.imap_server import ImapAddress
from triage.demo.samples import letter, samples

AT_ONCE = 8
"""Mails in an empty mailbox to begin with."""
PAUSE_SECONDS = 4.0
LONG_PAUSE_SECONDS = 20.0
"""Once every sample has come: a demo left alone is not to fill the disk."""
FOLDER = "INBOX"


def writing(address: ImapAddress) -> Part:
    """A part that writes from where the mailbox ends, so a second start goes on."""

    def part(stop: Event) -> None:
        with IMAPClient(address.host, address.port, ssl=False, timeout=60) as client:
            client.login(address.user, address.password)
            number = int(client.folder_status(FOLDER, ["MESSAGES"])[b"MESSAGES"])
            while not stop.is_set():
                now = datetime.now().astimezone()
                client.append(FOLDER, letter(number, now), msg_time=now)
                number += 1
                stop.wait(_pause(number))

    return part


def _pause(number: int) -> float:
    """Seconds between the mail before ``number`` and that one."""
    if number < AT_ONCE:
        return 0
    return PAUSE_SECONDS if number < len(samples()) else LONG_PAUSE_SECONDS
