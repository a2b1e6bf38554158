"""Mail as it was read in the past, for trying another policy on it. No text leaves the store."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.rows import class_row

from triage.store.database import Transaction

_TAKEN = (
    *("acknowledged", "in hand", "answered", "handed over", "customer told"),
    *("customer confirmed", "closed", "dismissed"),
)
"""What a person does with a case that nobody had; from then on nobody is pinged for it."""
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class PastMail:
    """A mail without its words. ``rule`` is the one that decided then; ``scores`` are ``None``
    for a mail that the model did not read. ``flagged_at``, ``taken_at`` (when somebody took the
    case up after this flag) and ``status`` (of the case, now) are there for flagged mail only."""

    id: int
    case_id: int | None
    received: datetime
    kind: str
    rule: str
    model: str | None
    scores: dict[str, float] | None
    flagged_at: datetime | None
    taken_at: datetime | None
    status: str | None
    owner: str | None


def mails_since(tx: Transaction, since: datetime, until: datetime) -> Iterator[PastMail]:
    """Mail received from ``since`` until ``until`` that could be read at all, oldest first; a few
    thousand in memory at a time. ``tx`` must stay open while they are taken."""
    with tx.cursor("history", row_factory=class_row(PastMail)) as cursor:
        cursor.itersize = _AT_ONCE
        yield from cursor.execute(_MAILS, {"since": since, "until": until, "taken": list(_TAKEN)})


def usual_wait(tx: Transaction, since: datetime, until: datetime) -> timedelta | None:
    """The median time from a flag until somebody took its case up; ``None`` if nobody ever did."""
    row = tx.execute(_WAIT, {"since": since, "until": until, "taken": list(_TAKEN)}).fetchone()
    assert row is not None
    wait: timedelta | None = row[0]
    return wait


_MAILS = """
select mail.id, mail.case_id, mail.received, mail.kind, mail.rule, assessment.model,
       assessment.scores, flag.at as flagged_at,
       case when flag.id is not null then (
           select min(event.at) from event
           where event.case_id = flag.case_id and event.at >= flag.at and what = any(%(taken)s)
       ) end as taken_at,
       case when flag.id is not null then cases.status end as status,
       case when flag.id is not null then cases.owner end as owner
from mail
left join assessment on assessment.mail_id = mail.id
left join flag on flag.mail_id = mail.id
left join cases on cases.id = flag.case_id
where mail.received >= %(since)s and mail.received < %(until)s and mail.outcome <> 'failed'
order by coalesce(flag.at, mail.received), mail.id
"""
_WAIT = f"""
select percentile_cont(0.5) within group (order by taken_at - flagged_at)
from ({_MAILS}) as past where taken_at is not null
"""  # noqa: S608 - of our own parts
