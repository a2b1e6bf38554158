"""The mail around every notice: its headers, so that nothing a stranger wrote can bend them."""

from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from triage.errors import ConfigError, DeliveryRefused
from triage.notify.brief import Envelope
from triage.notify.words import header_words, one_line
from triage.types import Person, Severity

PRESSING = frozenset({Severity.EMERGENCY, Severity.HIGH})


def blank(
    envelope: Envelope, kind: str, now: datetime | None, case_id: int | None = None
) -> EmailMessage:
    """A mail with the headers that every notice bears; those of one case are one thread.

    No ``Precedence: bulk``, which files urgent mail away; and of the automatic answers Exchange
    can suppress, not the bounce (NDR), which is how one learns that nobody was told.
    """
    message = EmailMessage(policy=SMTP)
    sender = address(envelope.sender)
    domain = sender.domain if sender.domain.isascii() and sender.domain else "triage.invalid"
    message["From"] = sender
    message["To"] = _recipient(envelope.recipient)
    message["Date"] = format_datetime(now or datetime.now(UTC))
    message["Message-ID"] = f"<{_digest(envelope.notice_key)}.triage@{domain}>"
    if case_id is not None:
        thread = f"<case-{case_id}.triage@{domain}>"
        message["In-Reply-To"] = thread
        message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "DR, RN, NRN, OOF, AutoReply"
    message["X-Triage-Notice"] = header_words(envelope.notice_key, 120)
    message["X-Triage-Kind"] = kind
    return message


def answers_go_to(message: EmailMessage, envelope: Envelope, customer: Person | None = None) -> str:
    """Sets Reply-To and gives its address. Never the customer: who replies writes to colleagues,
    and quotes what is internal."""
    wanted = envelope.reply_to or envelope.sender
    if customer and wanted.address.casefold() == customer.address.casefold():
        wanted = envelope.sender
    message["Reply-To"] = address(wanted)
    answer_to: str = message["Reply-To"].addresses[0].addr_spec
    return answer_to


def mark_important(message: EmailMessage) -> None:
    message["Importance"] = "high"
    message["X-Priority"] = "1"


def fill(message: EmailMessage, text: str, html: str) -> None:
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")


def set_subject(message: EmailMessage, ours: str, theirs: str) -> None:
    """Coded and folded by ``Header``: the new interface's own folding drops blanks between coded
    words. Our part stays legible in the source, for filters that do not decode."""
    subject = Header(header_name="Subject")
    for words in (ours, theirs):
        subject.append(words, "us-ascii" if words.isascii() else "utf-8")
    message.set_raw("Subject", subject.encode(linesep="\n"))


def address(person: Person) -> Address:
    """Raises ``ConfigError`` where there is none."""
    local, at, domain = person.address.strip().rpartition("@")
    whole = local + at + domain
    if not local or not domain or one_line(whole, 320) != whole or set(whole) & set("<> ,"):
        raise ConfigError(f"{one_line(person.address, 100)!r} is no mail address")
    return Address(header_words(person.name, 60), local, _ascii_domain(domain))


def _recipient(person: Person) -> Address:
    """The address is kept with the notice, so mending the settings would not mend it."""
    try:
        return address(person)
    except ConfigError as error:
        raise DeliveryRefused(str(error)) from None


def _ascii_domain(domain: str) -> str:
    """In the form that every server takes; a name that has none is left as it is."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
