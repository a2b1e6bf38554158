"""Receivers outside, and how telling them goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from triage.store.database import Transaction

_AT_ONCE = 500
KEPT_DAYS = 30
"""Deliveries that are over are kept so long."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """``kinds`` are names of events, none for all. ``stopped_because`` says why it was made
    inactive by itself; ``waiting`` counts deliveries under way."""

    id: int
    url: str
    kinds: list[str]
    active: bool
    note: str
    made_by: str
    made_at: datetime
    failing_since: datetime | None
    stopped_because: str
    waiting: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """``state``: new, waiting, delivered, failed or dropped."""

    id: int
    webhook_id: int
    event_id: int
    case_id: int
    what: str
    state: str
    attempts: int
    status: int | None
    answer: str
    made_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """All that it takes to deliver one; ``revision`` is the case's at that event."""

    id: int
    webhook_id: int
    url: str
    secret: str
    active: bool
    event_id: int
    case_id: int
    what: str
    at: datetime
    revision: int


def make(
    tx: Transaction,
    url: str,
    secret: str,
    kinds: Iterable[str],
    *,
    note: str,
    who: str,
    now: datetime,
) -> Webhook:
    row = tx.execute(
        """insert into webhook (url, secret, kinds, note, made_by, made_at)
           values (%s, %s, %s, %s, %s, %s) returning id""",
        [url, secret, sorted(set(kinds)), note, who, now],
    ).fetchone()
    assert row is not None
    made = by_id(tx, int(row[0]))
    assert made is not None
    return made


def change(
    tx: Transaction, webhook_id: int, url: str, kinds: Iterable[str], *, active: bool, note: str
) -> None:
    """One that is made active again begins anew."""
    tx.execute(
        """update webhook set url = %s, kinds = %s, note = %s, active = %s,
             failing_since = case when %s then null else failing_since end,
             stopped_because = case when %s then '' else stopped_because end
           where id = %s""",
        [url, sorted(set(kinds)), note, active, active, active, webhook_id],
    )


def renew_secret(tx: Transaction, webhook_id: int, secret: str) -> None:
    tx.execute("update webhook set secret = %s where id = %s", [secret, webhook_id])


def drop(tx: Transaction, webhook_id: int) -> bool:
    return tx.execute("delete from webhook where id = %s", [webhook_id]).rowcount == 1


def by_id(tx: Transaction, webhook_id: int) -> Webhook | None:
    found = _webhooks(tx, "where id = %s", webhook_id)
    return found[0] if found else None


def everyone(tx: Transaction) -> list[Webhook]:
    return _webhooks(tx, "where %s order by id", True)


def deliveries(
    tx: Transaction, webhook_id: int, limit: int, before: int | None = None
) -> list[DeliveryRow]:
    """Newest first."""
    with tx.cursor(row_factory=class_row(DeliveryRow)) as cursor:
        return cursor.execute(
            f"""{_DELIVERY} where webhook_id = %(webhook)s
                and (%(before)s::bigint is null or webhook_delivery.id < %(before)s)
                order by webhook_delivery.id desc limit %(limit)s""",
            {"webhook": webhook_id, "before": before, "limit": limit},
        ).fetchall()


def again(tx: Transaction, webhook_id: int, delivery_id: int) -> int | None:
    """The same event to the same receiver once more; the new delivery's id."""
    row = tx.execute(
        """insert into webhook_delivery (webhook_id, event_id)
           select webhook_id, event_id from webhook_delivery where id = %s and webhook_id = %s
           returning id""",
        [delivery_id, webhook_id],
    ).fetchone()
    return int(row[0]) if row else None


def take_new(tx: Transaction, now: datetime) -> list[int]:
    """New deliveries, which wait from now on."""
    rows = tx.execute(
        """update webhook_delivery set state = 'waiting', changed_at = %s where id in (
             select id from webhook_delivery where state = 'new' order by id limit %s
             for update skip locked)
           returning id""",
        [now, _AT_ONCE],
    ).fetchall()
    return sorted(int(row[0]) for row in rows)


def to_go(tx: Transaction, delivery_id: int) -> Delivery | None:
    """A delivery that is not over."""
    with tx.cursor(row_factory=class_row(Delivery)) as cursor:
        return cursor.execute(
            """select webhook_delivery.id, webhook_id, url, secret, active, event_id, case_id,
                      what, at, place as revision
               from webhook_delivery join webhook on webhook.id = webhook_id
               join event on event.id = event_id
               where webhook_delivery.id = %s and webhook_delivery.state in ('new', 'waiting')""",
            [delivery_id],
        ).fetchone()


def settle(
    tx: Transaction, delivery_id: int, state: str, status: int | None, answer: str, *, now: datetime
) -> None:
    tx.execute(
        """update webhook_delivery set state = %s, status = %s, answer = %s,
             attempts = attempts + 1, changed_at = %s where id = %s""",
        [state, status, answer.replace("\0", "")[:300], now, delivery_id],
    )


def went_well(tx: Transaction, webhook_id: int) -> None:
    tx.execute(
        "update webhook set failing_since = null where id = %s and failing_since is not null",
        [webhook_id],
    )


def went_wrong(tx: Transaction, webhook_id: int, now: datetime) -> datetime:
    """Since when nothing has gone well."""
    row = tx.execute(
        """update webhook set failing_since = coalesce(failing_since, %s) where id = %s
           returning failing_since""",
        [now, webhook_id],
    ).fetchone()
    since: datetime = row[0] if row else now
    return since


def stop(tx: Transaction, webhook_id: int, because: str) -> None:
    """Nothing more is sent there; what waits is dropped."""
    tx.execute(
        "update webhook set active = false, stopped_because = %s where id = %s",
        [because, webhook_id],
    )
    tx.execute(
        """update webhook_delivery set state = 'dropped', answer = 'the webhook was stopped'
           where webhook_id = %s and state in ('new', 'waiting')""",
        [webhook_id],
    )


def forget_old(tx: Transaction, now: datetime) -> None:
    """Deliveries that were over long ago."""
    tx.execute(
        """delete from webhook_delivery where id in (
             select id from webhook_delivery
             where state in ('delivered', 'failed', 'dropped')
               and changed_at < %s - make_interval(days => %s) limit 10000)""",
        [now, KEPT_DAYS],
    )


def _webhooks(tx: Transaction, where: str, value: object) -> list[Webhook]:
    with tx.cursor(row_factory=class_row(Webhook)) as cursor:
        return cursor.execute(
            f"""select id, url, kinds, active, note, made_by, made_at, failing_since,
                       stopped_because,
                       (select count(*)::int from webhook_delivery
                        where webhook_id = webhook.id and state in ('new', 'waiting')) as waiting
                from webhook {where}""",  # noqa: S608 - of our own
            [value],
        ).fetchall()


_DELIVERY = """
select webhook_delivery.id, webhook_id, event_id, case_id, what, state, attempts, status, answer,
       made_at, changed_at
from webhook_delivery join event on event.id = event_id
"""
