"""What the desk's people ask for by hand: that a mail be flagged, help with it, and that a call, a
chat or a visit be treated as a mail is (P7, P17).

They ask on page and command line, by an IMAP keyword or folder, or by forwarding the mail.
"""

from triage.byhand.contact import Contact, as_mail
from triage.byhand.forwarding import NOTHING_FORWARDED, Forwarding
from triage.byhand.hand import FLAGGED_BY_HAND, ByHand, Flagged, Logged, Wish

__all__ = [
    "FLAGGED_BY_HAND",
    "NOTHING_FORWARDED",
    "ByHand",
    "Contact",
    "Flagged",
    "Forwarding",
    "Logged",
    "Wish",
    "as_mail",
]
