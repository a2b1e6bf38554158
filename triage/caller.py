"""How a customer who insists can be reached: from their mail's own words (P6)."""

from triage.duty import Duty
from triage.types import Reading

LIKELY = 0.5
"""From this probability on a signal is taken to be there where no rule of the policy says."""


def reach(reading: Reading, duty: Duty) -> dict[str, object]:
    """``phone`` and ``mail``, the likeliest each or empty, and whether the matter is ``urgent``."""
    from triage.duty.contact import contact_details  # noqa: PLC0415 - large, and rarely needed

    email = reading.email
    assert email is not None
    own = {one.mail.lower() for one in duty.people}
    found = contact_details(email.signature, email.text, duty.hours.calendar.country, own)
    scores = reading.assessment.scores if reading.assessment else None
    answer_to = email.reply_to[0].address if email.reply_to else email.sender.address
    return {
        "phone": found.phones[0] if found.phones else "",
        "mail": answer_to,
        "urgent": scores is not None and scores.urgent >= LIKELY,
    }
