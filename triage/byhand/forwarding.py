"""Mail that somebody of the desk forwards to an address, to have it flagged or to get help."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

import structlog

from triage.byhand.hand import ByHand, Wish
from triage.byhand.outside import why_doubted
from triage.duty import Duty, Person
from triage.errors import ActRefused, ParseError
from triage.life import deeds
from triage.mail import Forwarded, ReadingRules, forwarded, parse
from triage.mail.headers import Headers, read_headers
from triage.mail.language import language
from triage.mail.people import people
from triage.store import Transaction, mails
from triage.store import byhand as store
from triage.types import Email, MailKind, Outcome, Place, RawMail, Reading

log = structlog.get_logger()

NOTHING_FORWARDED = "nothing forwarded"
"""Remark on a mail that asks for something and holds no other mail: for a person."""

_ASKS = {Wish.FLAG: "asks to flag: ", Wish.HELP: "asks for help: "}
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")
_REFERENCE = re.compile(r"\bT-\d{4,15}\b")
_NOWHERE = Place("", "", 0, 0)
_TELLING = 40
"""Letters of a text from which on nobody writes the same twice by chance."""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """``addresses`` (lower-case) say what is wanted of mail to them; only people of the desk are
    obeyed. ``authserv_id`` names the server whose word on senders is believed (RFC 8601)."""

    addresses: Mapping[str, Wish]
    rules: ReadingRules
    duty: Callable[[], Duty]
    authserv_id: str = ""

    def judged(self, raw: RawMail, email: Email) -> Email:
        """The mail with what is made of its asking, if it asks: one to obey is our own, and never
        scored; any other stays a customer's, with the reason in ``kind_reason``."""
        if not self.addresses:
            return email
        headers, _ = read_headers(raw.content, 0, len(raw.content))
        wish = self._wish(headers, email)
        if wish is None:
            return email
        who = self._who(email.sender.address)
        why = self._why_not(headers, email, who)
        if why:
            reason = f"{_ASKS[wish]}not obeyed, {why}; {email.kind_reason}".rstrip("; ")
            kind = MailKind.CUSTOMER if email.kind is MailKind.OWN else email.kind
            return replace(email, kind=kind, kind_reason=reason[:200])
        assert who is not None
        if self._inside(raw) is None and not _number(email):
            remarks = (*email.remarks, NOTHING_FORWARDED)
            return replace(email, kind=MailKind.CUSTOMER, remarks=remarks)
        return replace(email, kind=MailKind.OWN, kind_reason=f"{_ASKS[wish]}{who.id}")

    def obey(self, by_hand: ByHand, tx: Transaction, mail_id: int, reading: Reading) -> bool:
        """Do what a mail asks for that ``judged`` found worth obeying; whether it was one. What
        cannot be done is left for a person to see."""
        email = reading.email
        asked = _asked(email) if email else None
        if email is None or asked is None:
            return False
        wish, who = asked
        original = self._original(tx, by_hand, reading, email)
        by = f"by forward to {wish}"
        try:
            if original is None:
                raise ActRefused("the mail that was forwarded is not known")
            note = email.text[: deeds.LONGEST].strip()
            by_hand.heed(tx, original, wish, by, who=who, note=note)
        except ActRefused as error:
            log.warning("a forward could not be obeyed", mail=mail_id, reason=str(error))
            store.set_aside(tx, mail_id, f"not obeyed: {error}"[:200], reading.raw.content)
        return True

    def _wish(self, headers: Headers, email: Email) -> Wish | None:
        named = {one.address.lower() for one in (*email.to, *email.cc)}
        for field in _DELIVERED:
            for value in headers.all(field):
                named |= {one.address.lower() for one in people(value)}
        wishes = {wish for address, wish in self.addresses.items() if address in named}
        return Wish.HELP if Wish.HELP in wishes else next(iter(wishes), None)

    def _who(self, address: str) -> Person | None:
        wanted = address.lower()
        return next((one for one in self.duty().people if one.mail.lower() == wanted), None)

    def _why_not(self, headers: Headers, email: Email, who: Person | None) -> str:
        if who is None:
            return "the sender is nobody of the desk"
        if email.kind not in {MailKind.CUSTOMER, MailKind.OWN} or headers.get("x-triage-notice"):
            return "a machine wrote it"
        strangers = [one for one in email.reply_to if self._who(one.address) is None]
        if strangers:
            return "Reply-To is somebody else"
        return why_doubted(headers, email.sender.address, self.authserv_id)

    def _ours(self) -> frozenset[str]:
        """Whose mail is never what is forwarded: a thread holds our answers too."""
        desk = {one.mail.lower() for one in self.duty().people}
        return self.rules.own_addresses | desk | frozenset(self.addresses)

    def _inside(self, raw: RawMail) -> Forwarded | None:
        try:
            return forwarded(raw.content, self.rules, self._ours())
        except ParseError:
            return None

    def _original(
        self, tx: Transaction, by_hand: ByHand, reading: Reading, email: Email
    ) -> int | None:
        """The id of the mail that was forwarded; kept now, where it is not known."""
        inside = self._inside(reading.raw)
        if inside is None:
            number = _number(email)
            return store.newest_in(tx, number) if number else None
        known = _known(tx, inside, email)
        return known or self._keep(tx, by_hand, inside, reading)

    def _keep(
        self, tx: Transaction, by_hand: ByHand, inside: Forwarded, reading: Reading
    ) -> int | None:
        """A mail that reached us by the forward alone, read as any other is."""
        content = inside.content or _written(inside)
        raw = RawMail(_NOWHERE, reading.raw.received, content, len(content))
        try:
            email = parse(raw, self.rules) if inside.content else _as_email(raw, inside)
        except ParseError:
            return None
        read = by_hand.read(raw, email)
        mail_id = mails.keep(tx, read)
        if mail_id is None:
            return store.by_digest(tx, raw.digest)
        store.keep_bytes(tx, mail_id, content)
        if read.decision.outcome is Outcome.FLAG:
            by_hand.caseload.flagged(tx, mail_id, read)
        return mail_id


def _asked(email: Email) -> tuple[Wish, str] | None:
    """What ``judged`` wrote down: the wish, and whose."""
    if email.kind is not MailKind.OWN:
        return None
    for wish, asks in _ASKS.items():
        if email.kind_reason.startswith(asks):
            return wish, email.kind_reason.removeprefix(asks)
    return None


def _number(email: Email) -> str:
    """The case that the subject names."""
    found = _REFERENCE.search(email.subject)
    return found[0] if found else ""


def _known(tx: Transaction, inside: Forwarded, forward: Email) -> int | None:
    """By its bytes, its Message-ID, its words, or by what the forward says it answers."""
    sender = inside.sender.address
    if inside.content:
        found = store.by_digest(tx, sha256(inside.content).hexdigest())
        if found is not None:
            return found
    answered = [*reversed(forward.references), *filter(None, [forward.in_reply_to])]
    for message_id in filter(None, [inside.message_id, *answered[:5]]):
        found = store.by_message_id(tx, message_id, sender)
        if found is not None:
            return found
    if not sender:
        return None
    for mail_id, subject, text in store.written_by(tx, sender):
        if _same(inside, subject, text):
            return mail_id
    return None


def _same(inside: Forwarded, subject: str, text: str) -> bool:
    """Whether the words agree, however they were wrapped and quoted on the way."""
    kept, given = _letters(text), _letters(inside.whole)
    if not kept or not given.startswith(kept):
        return False
    return len(kept) >= _TELLING or _letters(inside.subject).endswith(_letters(subject))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _written(inside: Forwarded) -> bytes:
    """A pasted mail as bytes of its own; the same for the same mail."""
    message = EmailMessage(SMTP)
    message["X-Triage-Source"] = "pasted into a forward"
    message["Subject"] = inside.subject
    said = [f"From: {inside.sender.name} <{inside.sender.address}>"]
    said += [f"Sent: {inside.sent.isoformat()}"] if inside.sent else []
    message.set_content("\n".join([*said, "", inside.text, ""]), cte="base64")
    return message.as_bytes()


def _as_email(raw: RawMail, inside: Forwarded) -> Email:
    return Email(
        digest=raw.digest,
        message_id=None,
        in_reply_to=None,
        references=(),
        sent=inside.sent,
        sender=inside.sender
        if inside.sender.name or inside.sender.address
        else store.UNKNOWN_SENDER,
        reply_to=(),
        to=(),
        cc=(),
        subject=inside.subject[:1000],
        text=inside.text,
        quoted="",
        signature="",
        kind=MailKind.CUSTOMER,
        kind_reason="pasted into a forward",
        language=language(inside.text),
        case_number=None,
    )
