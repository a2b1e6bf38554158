"""Reading a mail: bytes in, an Email out. Pure; knows nothing of where mails come from or go."""

from triage.mail.forwards import Forwarded, forwarded
from triage.mail.parts import attachment, html_body
from triage.mail.reader import parse
from triage.mail.rules import HEADERS, PRESETS, ReadingRules

__all__ = [
    "HEADERS",
    "PRESETS",
    "Forwarded",
    "ReadingRules",
    "attachment",
    "forwarded",
    "html_body",
    "parse",
]
