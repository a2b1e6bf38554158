"""Notice -> mail. Nothing a customer wrote can break a header, hide or mislead."""

from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from triage.errors import ConfigError, DeliveryRefused
from triage.notify import original
from triage.notify.notice import FlagNotice, TroubleNotice
from triage.notify.render import flag_html, flag_text, trouble_html, trouble_text
from triage.notify.words import header_words, one_line
from triage.types import Person, Severity


def compose(
    notice: FlagNotice, now: datetime | None = None, limit: int = original.LIMIT
) -> EmailMessage:
    """The mail that tells of a flag, with the original attached up to ``limit`` bytes.

    Raises ``DeliveryRefused`` where the recipient's address is none, ``ConfigError`` where one of
    ours is.
    """
    attached = 0 < len(notice.original) == notice.original_size <= limit
    message = _message(notice, notice.notice_key, now)
    _set_subject(message, *_subject(notice))
    message["Reply-To"] = _reply_to(notice)
    message["X-Triage-Severity"] = notice.severity
    if notice.severity in {Severity.EMERGENCY, Severity.HIGH}:
        message["Importance"] = "high"
        message["X-Priority"] = "1"
    answer_to = message["Reply-To"].addresses[0].addr_spec
    _fill(
        message,
        flag_text(notice, attached, answer_to),
        flag_html(notice, attached, answer_to),
    )
    if attached:
        original.attach(message, notice.original)
    return message


def compose_trouble(notice: TroubleNotice, now: datetime | None = None) -> EmailMessage:
    """The mail that tells the operator of a notice refused for good. Raises as ``compose``."""
    message = _message(notice, f"trouble {notice.notice_key}", now)
    number = header_words(notice.case_number, 40)
    _set_subject(message, f"[Triage TROUBLE] Case {number}:", "the notice was refused")
    message["Importance"] = "high"
    message["X-Priority"] = "1"
    _fill(message, trouble_text(notice), trouble_html(notice))
    return message


def _message(notice: FlagNotice | TroubleNotice, key: str, now: datetime | None) -> EmailMessage:
    """A mail with the headers that every notice bears.

    No ``Precedence: bulk``, which files urgent mail away; and of the automatic answers Exchange
    can suppress, not the bounce (NDR), which is how one learns that nobody was told.
    """
    message = EmailMessage(policy=SMTP)
    sender = _address(notice.sender)
    domain = sender.domain if sender.domain.isascii() and sender.domain else "triage.invalid"
    thread = f"<case-{notice.case_id}.triage@{domain}>"
    message["From"] = sender
    message["To"] = _recipient(notice.recipient)
    message["Date"] = format_datetime(now or datetime.now(UTC))
    message["Message-ID"] = f"<{_digest(key)}.triage@{domain}>"
    message["In-Reply-To"] = thread
    message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "DR, RN, NRN, OOF, AutoReply"
    message["X-Triage-Notice"] = header_words(key, 120)
    return message


def _fill(message: EmailMessage, text: str, html: str) -> None:
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")


def _subject(notice: FlagNotice) -> tuple[str, str]:
    """What the desk says and what the customer and the rule do."""
    name, address = notice.customer.name, notice.customer.address
    who = header_words(name, 50) or header_words(address, 50) or "a customer"
    number = header_words(notice.case_number, 40)
    rule = header_words(notice.rule, 60)
    return f"[Triage {notice.severity.upper()}] Case {number}:", f"{who} – {rule}"


def _set_subject(message: EmailMessage, ours: str, theirs: str) -> None:
    """Coded and folded by ``Header``: the new interface's own folding drops blanks between coded
    words. Our part stays legible in the source, for filters that do not decode."""
    subject = Header(header_name="Subject")
    for words in (ours, theirs):
        subject.append(words, "us-ascii" if words.isascii() else "utf-8")
    message.set_raw("Subject", subject.encode(linesep="\n"))


def _reply_to(notice: FlagNotice) -> Address:
    """Never the customer: who replies writes to colleagues, and quotes what is internal."""
    wanted = notice.reply_to or notice.sender
    if wanted.address.casefold() == notice.customer.address.casefold():
        wanted = notice.sender
    return _address(wanted)


def _recipient(person: Person) -> Address:
    """The address is kept with the notice, so mending the settings would not mend it."""
    try:
        return _address(person)
    except ConfigError as error:
        raise DeliveryRefused(str(error)) from None


def _address(person: Person) -> Address:
    local, at, domain = person.address.strip().rpartition("@")
    address = local + at + domain
    if not local or not domain or one_line(address, 320) != address or set(address) & set("<> ,"):
        raise ConfigError(f"{one_line(person.address, 100)!r} is no mail address")
    return Address(header_words(person.name, 60), local, _ascii_domain(domain))


def _ascii_domain(domain: str) -> str:
    """In the form that every server takes; a name that has none is left as it is."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
