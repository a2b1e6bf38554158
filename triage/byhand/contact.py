"""A call, a chat or a visit as it is written down, and as the mail that is kept of it (P17)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from triage.complaints import How
from triage.errors import ActRefused
from triage.mail.language import language
from triage.types import Email, MailKind, Person, Place, RawMail

LONGEST = 100_000
"""Characters of what was said."""

_NAME, _SUBJECT = 500, 1_000
_ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,255}")
_UNKEPT = re.compile("[\0\ud800-\udfff]")
_LINE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Contact:
    """``case`` is the number that the customer gave, of ours ("T-1001") or the help desk's own;
    ``at`` when it was, with a time zone. Of name, mail and phone one is enough.

    Raises ``ActRefused`` naming the field that cannot be kept.
    """

    how: How
    words: str
    at: datetime
    name: str = ""
    mail: str = ""
    phone: str = ""
    subject: str = ""
    case: str = ""

    def __post_init__(self) -> None:
        if self.how is How.MAIL:
            raise ActRefused(
                "a mail is read from its mailbox: log a call, a chat or a visit", ("how",)
            )
        if not self.words.strip():
            raise ActRefused("say what the customer said", ("words",))
        if len(self.words) > LONGEST or _UNKEPT.search(self.words):
            raise ActRefused(f"words must be a text of at most {LONGEST} characters", ("words",))
        if not (self.name.strip() or self.mail or self.phone.strip()):
            raise ActRefused("say who it was: a name, a mail address or a phone number", ("name",))
        if self.mail and not _ADDRESS.fullmatch(self.mail):
            raise ActRefused("mail must be one mail address, such as jane@example.org", ("mail",))
        for field, most in (("name", _NAME), ("phone", 60), ("subject", _SUBJECT), ("case", 60)):
            value = getattr(self, field)
            if len(value) > most or _LINE.search(value):
                reason = f"{field} must be one line of at most {most} characters"
                raise ActRefused(reason, (field,))
        if self.at.tzinfo is None:
            raise ActRefused("at must have a time zone", ("at",))


def as_mail(contact: Contact, taken_by: str) -> tuple[RawMail, Email]:
    """The contact as the mail that is kept of it: readable bytes, and an ``Email`` without an
    address where none is known. The same contact makes the same bytes."""
    sender = Person(contact.name.strip() or contact.phone.strip() or contact.mail, contact.mail)
    subject = contact.subject.strip() or f"{contact.how.capitalize()} from {sender.name}"
    content = _written(contact, sender, subject, taken_by)
    raw = RawMail(Place("", "", 0, 0), contact.at, content, len(content))
    return raw, Email(
        digest=raw.digest,
        message_id=None,
        in_reply_to=None,
        references=(),
        sent=contact.at,
        sender=sender,
        reply_to=(),
        to=(),
        cc=(),
        subject=subject,
        text=contact.words.strip(),
        quoted="",
        signature=contact.phone.strip(),
        kind=MailKind.CUSTOMER,
        kind_reason=f"{contact.how} taken by {taken_by}"[:200],
        language=language(contact.words),
        case_number=contact.case or None,
    )


def _written(contact: Contact, sender: Person, subject: str, taken_by: str) -> bytes:
    """Headers that cannot be wrong: what a person typed stands in the body, or coded."""
    message = EmailMessage(SMTP)
    message["X-Triage-Contact"] = str(contact.how)
    message["Date"] = format_datetime(contact.at.astimezone(UTC))
    message["Subject"] = subject
    lines = [
        f"{contact.how.capitalize()} at {contact.at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC",
        f"Taken by: {taken_by}",
        f"Customer: {sender.name}",
        f"Mail: {contact.mail or 'not known'}",
        f"Phone: {contact.phone or 'not known'}",
        f"Case: {contact.case or 'none named'}",
        "",
        contact.words.strip(),
        "",
    ]
    message.set_content("\n".join(lines), cte="base64")
    return message.as_bytes()
