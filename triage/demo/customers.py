"""The demo's customers: a mail every few seconds, put into the mailbox over IMAP."""

from datetime import datetime
from threading import Event

from imapclient import IMAPClient

from triage.cli.roles import Part
from triage.demo.imap_server import ImapAddress
from triage.demo.samples import letter

AT_ONCE = 8
"""Mails in an empty mailbox to begin with."""
PAUSE_SECONDS = 4.0
FOLDER = "INBOX"


def writing(address: ImapAddress, pause: float = PAUSE_SECONDS) -> Part:
    """A part that writes from where the mailbox ends, so a second start goes on."""

    def part(stop: Event) -> None:
        with IMAPClient(address.host, address.port, ssl=False, timeout=60) as client:
            client.login(address.user, address.password)
            number = int(client.folder_status(FOLDER, ["MESSAGES"])[b"MESSAGES"])
            while not stop.is_set():
                now = datetime.now().astimezone()
                client.append(FOLDER, letter(number, now), msg_time=now)
                number += 1
                if number >= AT_ONCE:
                    stop.wait(pause)

    return part
