"""Flags, calls for help and contacts by hand, for pages and programs alike.

Everything raises ``NotAllowed``, ``NoCase`` where there is no such mail, and ``Refused``.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from service.accounts.visitor import Visitor
from service.acts import NoCase, acting_as, refused, require
from service.desk import Desk
from service.permissions import Act
from service.scoring import Busy
from triage.byhand import ByHand, Contact, Flagged, Logged, as_mail
from triage.complaints import How
from triage.errors import ActRefused, ModelError
from triage.store import Transaction, cases
from triage.types import Decision, Email, Outcome, RawMail, Reading, Severity

T = TypeVar("T")
_FIELDS = ("how", "words", "at", "name", "mail", "phone", "subject", "case", "why", "note")
_NOT_READ = Decision(Outcome.UNSCORED, None, "not scored: the model does not answer")


def flag(
    tx: Transaction,
    desk: Desk,
    visitor: Visitor,
    mail_id: int,
    severity: Severity,
    *,
    note: str = "",
) -> Flagged:
    """Flag a kept mail, whatever the model made of it."""
    require(visitor, Act.FLAG_BY_HAND)
    _known(tx, mail_id)
    who = acting_as(visitor)
    return _said(lambda: _by_hand(desk).flag(tx, mail_id, severity, who, note))


def ask_help(tx: Transaction, desk: Desk, visitor: Visitor, mail_id: int, why: str) -> Flagged:
    """Ask for help with a kept mail."""
    require(visitor, Act.ASK_HELP)
    _known(tx, mail_id)
    who = acting_as(visitor)
    return _said(lambda: _by_hand(desk).ask_help(tx, mail_id, why, who))


def contact(
    desk: Desk,
    *,
    how: How,
    words: str,
    at: datetime | None = None,
    name: str = "",
    mail: str = "",
    phone: str = "",
    subject: str = "",
    case: str = "",
) -> Contact:
    """A call, a chat or a visit as it was typed in; ``at`` is now where it is not given."""
    when = at or desk.works.caseload.clock()
    return _said(lambda: Contact(how, words, when, name, mail, phone, subject, case))


def read(desk: Desk, visitor: Visitor, contact: Contact) -> Reading:
    """What the model makes of it, which takes a moment: before any transaction."""
    raw, email = as_mail(contact, visitor.name)
    try:
        return desk.works.scorer.read(lambda reader: reader.read_one(raw, email))
    except (Busy, ModelError, TimeoutError):
        return _unread(raw, email)


def log(
    tx: Transaction,
    desk: Desk,
    visitor: Visitor,
    contact: Contact,
    reading: Reading,
    *,
    severity: Severity | None = None,
) -> Logged:
    """Keep it as a mail is kept, in the case it belongs to."""
    require(visitor, Act.LOG_CONTACT)
    who = acting_as(visitor)
    return _said(lambda: _by_hand(desk).log(tx, contact, reading, who, severity))


def _by_hand(desk: Desk) -> ByHand:
    return ByHand(desk.works.caseload, _unread)


def _unread(raw: RawMail, email: Email) -> Reading:
    """Nothing that a person notes is lost because the model does not answer."""
    return Reading(raw, email, None, _NOT_READ, "The model did not read it.")


def _known(tx: Transaction, mail_id: int) -> None:
    if cases.mail(tx, mail_id) is None:
        raise NoCase(f"There is no mail {mail_id}.")


def _said(do: Callable[[], T]) -> T:
    try:
        return do()
    except ActRefused as error:
        raise refused(error, _FIELDS) from None
