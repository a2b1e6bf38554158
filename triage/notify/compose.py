"""Notice -> mail. Nothing a customer wrote can break a header, hide or mislead."""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from triage.errors import ConfigError
from triage.notify import original
from triage.notify.notice import FlagNotice, TroubleNotice
from triage.notify.render import flag_html, flag_text, trouble_html, trouble_text
from triage.notify.words import one_line
from triage.types import Person, Severity


def compose(
    notice: FlagNotice, now: datetime | None = None, limit: int = original.LIMIT
) -> EmailMessage:
    """The mail that tells of a flag, with the original attached up to ``limit`` bytes.

    Raises ``ConfigError`` where the recipient's or our own address is none.
    """
    attached = 0 < len(notice.original) == notice.original_size <= limit
    message = _message(notice, notice.notice_key, now)
    message["Subject"] = _subject(notice)
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
    """The mail that tells the operator of a notice refused for good. Raises ``ConfigError``."""
    message = _message(notice, f"trouble {notice.notice_key}", now)
    number = one_line(notice.case_number, 40)
    message["Subject"] = f"[Triage TROUBLE] Case {number}: the notice was refused"
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
    message["To"] = _address(notice.recipient)
    message["Date"] = format_datetime(now or datetime.now(UTC))
    message["Message-ID"] = f"<{_digest(key)}.triage@{domain}>"
    message["In-Reply-To"] = thread
    message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "DR, RN, NRN, OOF, AutoReply"
    message["X-Triage-Notice"] = one_line(key, 120)
    return message


def _fill(message: EmailMessage, text: str, html: str) -> None:
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")


def _subject(notice: FlagNotice) -> str:
    who = one_line(notice.customer.name, 50) or one_line(notice.customer.address, 50)
    number = one_line(notice.case_number, 40)
    return (
        f"[Triage {notice.severity.upper()}] Case {number}: {who or 'a customer'}"
        f" – {one_line(notice.rule, 60)}"
    )


def _reply_to(notice: FlagNotice) -> Address:
    """Never the customer: who replies writes to colleagues, and quotes what is internal."""
    wanted = notice.reply_to or notice.sender
    if wanted.address.casefold() == notice.customer.address.casefold():
        wanted = notice.sender
    return _address(wanted)


def _address(person: Person) -> Address:
    local, at, domain = person.address.strip().rpartition("@")
    address = local + at + domain
    if not local or not domain or one_line(address, 320) != address or set(address) & set("<> ,"):
        raise ConfigError(f"{one_line(person.address, 100)!r} is no mail address")
    return Address(one_line(person.name, 60), local, _ascii_domain(domain))


def _ascii_domain(domain: str) -> str:
    """In the form that every server takes; a name that has none is left as it is."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
