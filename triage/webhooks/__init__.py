"""Telling programs outside what happens to cases: signed, guarded, tried again for days.

What is sent names events and ids and holds no word of a customer: who wants to know more asks the
API, which knows whether they may.
"""

from triage.webhooks.guard import NotThere, Refused, Target, resolved
from triage.webhooks.messenger import Messenger
from triage.webhooks.send import Answer, Unreachable, post
from triage.webhooks.sign import new_secret, signature, signed

__all__ = [
    "Answer",
    "Messenger",
    "NotThere",
    "Refused",
    "Target",
    "Unreachable",
    "new_secret",
    "post",
    "resolved",
    "signature",
    "signed",
]
