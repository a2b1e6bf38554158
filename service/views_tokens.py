"""A program's token as pages show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from service import words
from service.plain import one_line
from service.words import Moment
from triage.store.tokens import TokenRow


@dataclass(frozen=True, slots=True)
class TokenView:
    """``over`` says why it opens nothing any more; empty while it does."""

    id: int
    name: str
    hint: str
    scopes: str
    until: Moment
    used: Moment | None
    over: str


def token_views(rows: Iterable[TokenRow], now: datetime) -> list[TokenView]:
    return [
        TokenView(
            id=one.id,
            name=one_line(one.name),
            hint=one.hint,
            scopes=", ".join(one.scopes),
            until=words.moment(one.expires_at, now),
            used=words.moment(one.used_at, now) if one.used_at else None,
            over=_over(one, now),
        )
        for one in rows
    ]


def open_tokens(rows: Iterable[TokenRow], now: datetime) -> list[TokenView]:
    """Those that still open something."""
    return [one for one in token_views(rows, now) if not one.over]


def _over(one: TokenRow, now: datetime) -> str:
    if one.revoked_at is not None:
        return "revoked"
    return "has run out" if one.expires_at <= now else ""
