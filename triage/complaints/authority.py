"""Remedies: within one's authority at once, above it deferred upward (P10)."""

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from triage.complaints.book import Book
from triage.complaints.record import Remedy, RemedyState
from triage.duty import Role
from triage.errors import ActRefused

_CENT = Decimal("0.01")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


def amount_of(text: str) -> Decimal:
    """``"25"`` or ``"25.50"`` as money, above nothing. Raises ``ActRefused``."""
    if not _AMOUNT.fullmatch(text) or not Decimal(text):
        raise ActRefused("amount: must be money above nothing, such as 25 or 25.50", ("amount",))
    return Decimal(text).quantize(_CENT)


def proposed(
    book: Book, kind_id: str, amount: Decimal | None, who: str, roles: tuple[Role, ...]
) -> Remedy:
    """The remedy, granted where ``roles`` may grant it, else deferred to who may.

    Raises ``ActRefused`` for a kind the file does not have and for an amount that is missing or
    does not belong.
    """
    kind = book.remedy(kind_id)
    if kind is None:
        raise ActRefused(f"remedy: there is none with the id {kind_id[:40]!r}", ("remedy",))
    if kind.has_amount and amount is None:
        raise ActRefused(f"amount: missing; {kind.choice.name} is a sum", ("amount",))
    if not kind.has_amount and amount is not None:
        raise ActRefused(f"amount: {kind.choice.name} is not a sum", ("amount",))
    amount = amount if amount is None else amount.quantize(_CENT)
    currency = book.currency if amount is not None else ""
    granted = Remedy(kind.choice, amount, currency, RemedyState.GRANTED, who)
    if amount is None or _covers(book, roles, amount):
        return granted
    return replace(granted, state=RemedyState.DEFERRED, needs=book.covering(amount).role)


def decided(
    book: Book,
    remedy: Remedy,
    *,
    approve: bool,
    who: str,
    roles: tuple[Role, ...],
    now: datetime,
) -> Remedy:
    """The deferred remedy as ``who`` decides on it.

    Raises ``ActRefused`` where nothing waits, and for somebody whose own limit is too low.
    """
    if remedy.state is not RemedyState.DEFERRED or remedy.amount is None:
        raise ActRefused("remedy: none waits for a decision")
    if not _covers(book, roles, remedy.amount):
        needs = book.covering(remedy.amount).role
        raise ActRefused(f"{remedy.amount} {remedy.currency} needs the approval of a {needs}")
    state = RemedyState.APPROVED if approve else RemedyState.REFUSED
    return replace(remedy, state=state, decided_by=who, decided_at=now)


def _covers(book: Book, roles: tuple[Role, ...], amount: Decimal) -> bool:
    limit = book.limit(roles)
    return limit is not None and limit.covers(amount)
