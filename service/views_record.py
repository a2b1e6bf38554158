"""A complaint record's facts and remedy as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service import words
from service.plain import one_line, plain
from service.words import Moment
from triage.complaints import Book, Fact, Record, RemedyState, Side
from triage.duty import Role

SIDES = {
    Side.CUSTOMER: "The customer says",
    Side.OURS: "We say",
    Side.THIRD_PARTY: "A third party says",
    Side.PAPERS: "The papers say",
}


@dataclass(frozen=True, slots=True)
class FactLine:
    side: str
    text: str
    by: str
    at: Moment
    internal: bool


@dataclass(frozen=True, slots=True)
class RemedyView:
    """``waits`` for a decision, which the visitor ``may`` take; ``needs`` is the lowest role
    that may."""

    said: str
    state: str
    proposed_by: str
    decided_by: str
    decided: Moment | None
    waits: bool
    may: bool
    needs: str


def fact_line(fact: Fact, names: Mapping[str, str], now: datetime) -> FactLine:
    return FactLine(
        side=SIDES[fact.side],
        text=plain(fact.text),
        by=names.get(fact.told_by, one_line(fact.told_by, 60)),
        at=words.moment(fact.at, now),
        internal=fact.internal,
    )


def remedy_view(
    record: Record, book: Book, roles: tuple[Role, ...], names: Mapping[str, str], now: datetime
) -> RemedyView | None:
    remedy = record.remedy
    if remedy is None:
        return None
    money = f" {remedy.amount} {remedy.currency}" if remedy.amount is not None else ""
    limit = book.limit(roles)
    covers = limit is not None and remedy.amount is not None and limit.covers(remedy.amount)
    waits = remedy.state is RemedyState.DEFERRED
    return RemedyView(
        said=one_line(f"{remedy.kind.name}{money}", 120),
        state=words.sentence_case(remedy.state.value),
        proposed_by=names.get(remedy.proposed_by, one_line(remedy.proposed_by, 60)),
        decided_by=names.get(remedy.decided_by, one_line(remedy.decided_by, 60)),
        decided=words.moment(remedy.decided_at, now) if remedy.decided_at else None,
        waits=waits,
        may=waits and covers,
        needs=remedy.needs or "",
    )
