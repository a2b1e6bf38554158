"""Mail of simulated customers, read as the model would read it and decided by the policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from random import Random

from tests import readings
from triage import policy
from triage.policy import Policy
from triage.types import SIGNALS, Assessment, Email, MailKind, Person, Place, RawMail, Reading

MOODS: Mapping[str, tuple[float, Mapping[str, float]]] = {
    "threat": (2, {"threat_safety": 0.9, "angry": 0.7, "upset": 0.9}),
    "abusive": (6, {"abusive": 0.9, "irate": 0.8, "angry": 0.9, "upset": 0.95}),
    "boss": (16, {"supervisor": 0.9, "angry": 0.6, "upset": 0.8, "urgent": 0.6}),
    "legal": (6, {"threat_legal": 0.9, "upset": 0.4}),
    "angry": (25, {"angry": 0.85, "upset": 0.9, "complaint": 0.5}),
    "leaving": (10, {"threat_leave": 0.8, "upset": 0.7}),
    "complaint": (20, {"complaint": 0.8, "upset": 0.7}),
    "upset": (15, {"upset": 0.7}),
}
"""How customers feel when they write first: share in percent, and what the model reads."""
CALM: Mapping[str, float] = {}
_THRESHOLDS = dict.fromkeys(SIGNALS, 0.5)
_TEXT = "I have been waiting since Tuesday and nobody answers."


@dataclass(slots=True)
class Post:
    """Makes mails; every one is of a thread, and the customer's alone."""

    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def read(
        self,
        thread: int,
        raised: Mapping[str, float],
        rules: Policy,
        now: datetime,
        *,
        answers: bool = True,
        own: bool = False,
    ) -> Reading:
        number = next(self._numbers)
        content = f"mail {number}".encode()
        raw = RawMail(Place("support", "INBOX", 7, number), now, content, len(content))
        email = self._email(raw, thread, number, answers=answers, own=own)
        scores = readings.scores(**raised)
        assessment = None if own else Assessment(email.text, scores, (), "simulated")
        decision = policy.decide(rules, email, assessment, _THRESHOLDS, "own" if own else "")
        return Reading(raw, email, assessment, decision, "simulated")

    def _email(self, raw: RawMail, thread: int, number: int, *, answers: bool, own: bool) -> Email:
        customer = Person(f"Customer {thread}", f"c{thread}@customer.example")
        phone = f"+49 30 23125 {thread % 900 + 100}" if thread % 2 else ""
        return readings.email(
            raw,
            message_id=f"{number}@mail.example" if answers or own else first_of(thread),
            in_reply_to=first_of(thread) if answers or own else None,
            sender=Person("Desk", "support@desk.example") if own else customer,
            sent=raw.received,
            subject=f"Order {thread}",
            text=_TEXT,
            signature=f"{customer.name}\n{phone}".strip(),
            kind=MailKind.OWN if own else MailKind.CUSTOMER,
        )


def first_of(thread: int) -> str:
    """The Message-ID of a thread's first mail."""
    return f"first-{thread}@customer.example"


def mood(chance: Random) -> Mapping[str, float]:
    weights = [weight for weight, _ in MOODS.values()]
    return chance.choices([raised for _, raised in MOODS.values()], weights)[0]
