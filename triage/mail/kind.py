"""Who or what wrote a mail: a customer, a machine, a list, or ourselves.

The rule above the rules: a newsletter that is scored costs little, an angry customer who is
not scored costs everything. So a kind other than customer needs a sign that machines or lists
put there, and these stay customer mail:

- mail through a list of our own (Google Groups puts List-Id on a shared support mailbox): the
  list's address or domain is ours;
- mail "from" our own address that somebody else wrote: a web form (Reply-To is a stranger), mail
  that goes to nobody but ourselves, or a forged sender (our mail server's own verdict in
  Authentication-Results says DMARC failed, or SPF failed and no DKIM signature passed);
- X-Triage-Notice counts only with an own address as sender, for anybody can add a header;
- X-Auto-Response-Suppress and subjects like "out of office" count only beside other signs;
- List-Unsubscribe counts only beside other signs: mail clients of sales people add it;
- "auto-generated" mail whose Reply-To is somebody else than its sender: a form or a relay.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from triage.mail import signs
from triage.mail.headers import Headers
from triage.mail.mime import Part
from triage.mail.people import person
from triage.mail.quotes import is_answer
from triage.mail.rules import ReadingRules, compiled
from triage.types import MailKind, Person

NOTICE_HEADER = "x-triage-notice"
"""Field that our own notices carry."""

Verdict = tuple[MailKind, str]


@dataclass(frozen=True, slots=True)
class Look:
    """What the verdict is made from."""

    root: Part
    sender: Person
    reply_to: tuple[Person, ...]
    recipients: tuple[Person, ...]
    subject: str
    rules: ReadingRules

    @property
    def headers(self) -> Headers:
        return self.root.headers

    def is_own(self, address: str) -> bool:
        return address.lower() in self.rules.own_addresses


def kind_of(look: Look) -> Verdict:
    """The kind of a mail and the header that decided; no reason for plain customer mail."""
    for rule in _RULES:
        verdict = rule(look)
        if verdict is not None:
            return verdict
    return MailKind.CUSTOMER, ""


def _report(look: Look) -> Verdict | None:
    """Reports that servers make (RFC 6522): of delivery, of display, of a complaint as spam."""
    root = look.root
    inner = {child.content_type for child in root.children}
    kind = root.parameters.get("report-type", "").lower()
    reason = f"Content-Type: {root.content_type}"
    if kind == "feedback-report" or "message/feedback-report" in inner:
        return MailKind.FEEDBACK, f"{reason}; report-type=feedback-report"
    if look.headers.get("x-hmxmroriginalrecipient"):
        return MailKind.FEEDBACK, "X-HmXmrOriginalRecipient"
    if kind == "disposition-notification" or "message/disposition-notification" in inner:
        return MailKind.AUTO_REPLY, f"{reason}; report-type=disposition-notification"
    status = {"message/delivery-status", "message/global-delivery-status"} & inner
    if kind == "delivery-status" or (status and root.content_type == "multipart/report"):
        return MailKind.BOUNCE, f"{reason}; report-type=delivery-status"
    return None


def _bounce(look: Look) -> Verdict | None:
    headers = look.headers
    if headers.get("x-failed-recipients"):
        return MailKind.BOUNCE, "X-Failed-Recipients"
    null_path = _null_path(headers)
    subject = signs.BOUNCE_SUBJECT.search(look.subject) is not None
    if look.sender.address.lower().startswith("mailer-daemon@"):
        return MailKind.BOUNCE, f"From: {look.sender.address}"[:200]
    daemon = signs.DAEMON.match(look.sender.address) or (
        not look.is_own(look.sender.address) and signs.DAEMON_NAME.search(look.sender.name)
    )
    if daemon and (null_path or subject or _said_auto(headers)):
        return MailKind.BOUNCE, f"From: {look.sender.address or look.sender.name}"[:200]
    if subject and not is_answer(look.subject) and (null_path or not look.sender.address):
        return MailKind.BOUNCE, "Subject, and null Return-Path"
    return None


def _null_path(headers: Headers) -> bool:
    path = headers.get("return-path")
    return path is not None and path.strip().lower() in (
        "<>",
        "",
        "<mailer-daemon>",
        "mailer-daemon",
    )


def _said_auto(headers: Headers) -> str:
    value = (headers.get("auto-submitted") or "").strip().lower()
    return "" if value.startswith("no") and not value.startswith("not") else value


def _automatic(look: Look) -> Verdict | None:
    headers = look.headers
    said = _said_auto(headers)
    if said and not (said.startswith("auto-generated") and _for_another(look)):
        return MailKind.AUTO_REPLY, f"Auto-Submitted: {said}"[:200]
    for name in signs.AUTO_FIELDS:
        value = headers.get(name)
        if value is not None and value.strip().lower() not in ("no", "false", "0"):
            return MailKind.AUTO_REPLY, name.title()
    for name in ("precedence", "preference", "x-precedence"):
        if (headers.get(name) or "").strip().lower().replace("-", "_") == "auto_reply":
            return MailKind.AUTO_REPLY, f"{name.title()}: auto_reply"
    if signs.AWAY_SUBJECT.search(look.subject) and not is_answer(look.subject):
        precedence = (headers.get("precedence") or "").strip().lower()
        if headers.get("x-auto-response-suppress") or _null_path(headers):
            return MailKind.AUTO_REPLY, "Subject, and null Return-Path or X-Auto-Response-Suppress"
        if precedence in ("bulk", "junk"):
            return MailKind.AUTO_REPLY, f"Subject, and Precedence: {precedence}"
    return None


def _for_another(look: Look) -> bool:
    sender = look.sender.address.lower()
    answers = [one.address.lower() for one in look.reply_to if one.address]
    return bool(answers) and all(
        one != sender and not look.is_own(one) and not one.startswith(("noreply", "no-reply"))
        for one in answers
    )


def _own(look: Look) -> Verdict | None:
    if not look.is_own(look.sender.address):
        return None
    if look.headers.get(NOTICE_HEADER):
        return MailKind.OWN, "X-Triage-Notice"
    stranger = _stranger(look)
    return (MailKind.CUSTOMER, stranger) if stranger else _outgoing(look)


def _stranger(look: Look) -> str:
    """Why a mail from our own address was written by somebody else; empty where it was not."""
    if _for_another(look):
        return "Reply-To: not ours, though From is"
    if _forged(look.headers):
        return "Authentication-Results: From is ours, but forged"
    return ""


def _outgoing(look: Look) -> Verdict | None:
    """Mail of ours to others; what we send to ourselves is a form's, or a note of a colleague."""
    ours = bool(look.recipients) and all(look.is_own(one.address) for one in look.recipients)
    if not ours:
        return MailKind.OWN, f"From: {look.sender.address}"[:200]
    return None if _said_auto(look.headers) else (MailKind.CUSTOMER, "To: only ourselves")


def _forged(headers: Headers) -> bool:
    """Whether the topmost verdict, that of the server nearest to us, is against the sender."""
    verdict = (headers.get("authentication-results") or "").lower()
    if "dmarc=fail" in verdict:
        return True
    return ("spf=fail" in verdict or "spf=softfail" in verdict) and "dkim=pass" not in verdict


def _bulk(look: Look) -> Verdict | None:
    headers = look.headers
    lists = list(_list_names(headers))
    ours = next((value for _, value in lists if _is_own_list(value, look.rules)), None)
    if ours:
        return MailKind.CUSTOMER, f"List-Id: our own, {ours}"[:200]
    precedence = (headers.get("precedence") or "").strip().lower()
    if lists:
        return MailKind.BULK, f"{lists[0][0].title()}: {lists[0][1]}"[:200]
    found = [name for name in ("list-unsubscribe", *signs.BULK_FIELDS) if headers.get(name)]
    if precedence in ("bulk", "list", "junk"):
        found.append(f"precedence: {precedence}")
    answers = any(headers.get(name) for name in ("in-reply-to", "references"))
    # Ticket systems mark what their people write "bulk" too: alone it does not count in a thread.
    if len(found) >= 2 or precedence in ("list", "junk") or (precedence == "bulk" and not answers):
        return MailKind.BULK, ", ".join(found[:3]).title()[:200]
    return None


def _list_names(headers: Headers) -> Iterator[tuple[str, str]]:
    for name in signs.LIST_FIELDS:
        value = headers.get(name)
        if not value:
            continue
        found = signs.LIST_ID.search(value) if name == "list-id" else signs.ADDRESS.search(value)
        if found:
            yield name, (found[1] if name == "list-id" else found[0]).lower()
        elif name == "list-id":
            yield name, value.strip().lower()[:100]


def _is_own_list(name: str, rules: ReadingRules) -> bool:
    """Whether a list's address, or its Id (its address with a dot for the "@"), is ours."""
    if name in rules.own_addresses:
        return True
    if any(name == address.replace("@", ".") for address in rules.own_addresses):
        return True
    host = name.rpartition("@")[2]
    return any(host == ours or host.endswith("." + ours) for ours in compiled(rules).domains)


_RULES: tuple[Callable[[Look], Verdict | None], ...] = (_own, _report, _bounce, _automatic, _bulk)


def first_sender(headers: Headers) -> Person:
    """Who wrote the mail: From, or where it names nobody, Sender, then Return-Path."""
    for name in ("from", "sender", "return-path"):
        found = person(headers.get(name))
        if found.address:
            return found
    return person(headers.get("from"))
