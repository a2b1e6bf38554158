"""Fetching in batches of bounded memory, whatever vanishes or breaks on the way."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from triage.mailbox.connection import BATCH_BYTES, Connection, is_passing

BATCH_MAILS = 200

_EMPTY = b""


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail the server says it holds; ``size`` in bytes, an estimate on some servers."""

    uid: int
    size: int
    received: datetime


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail's bytes, at most the limit of them; none when the server cannot read it."""

    uid: int
    received: datetime
    content: bytes
    size: int


def survey(client: Connection, uids: Sequence[int]) -> list[Listed]:
    """Sizes and dates, in the order asked; what is gone is left out."""
    answers = _fetch(client, uids, ["RFC822.SIZE", "INTERNALDATE"])
    for uid in _still_there(client, uids, answers):
        answers[uid] = {}
    return [
        Listed(uid, max(0, int(answers[uid].get(b"RFC822.SIZE", 0))), _received(answers[uid]))
        for uid in uids
        if uid in answers
    ]


def pack(mails: Sequence[Listed], limit: int) -> Iterator[list[Listed]]:
    """Batches of at most BATCH_MAILS mails and BATCH_BYTES bytes; a larger mail goes alone."""
    batch: list[Listed] = []
    room = BATCH_BYTES
    for mail in mails:
        cost = min(mail.size, limit)
        if batch and (cost > room or len(batch) == BATCH_MAILS):
            yield batch
            batch, room = [], BATCH_BYTES
        batch.append(mail)
        room -= cost
    if batch:
        yield batch


def fetch_batch(client: Connection, batch: Sequence[Listed], limit: int) -> list[Fetched]:
    """The mails of one batch that are still there, cut to ``limit`` bytes each."""
    # One byte more than the limit tells a mail of exactly the limit from a longer one.
    item = f"BODY.PEEK[]<0.{limit + 1}>"
    bodies = _bodies(_fetch(client, [mail.uid for mail in batch], [item]))
    unreadable = _still_there(client, [mail.uid for mail in batch], bodies)
    return [
        _cut(mail, bodies.get(mail.uid, _EMPTY), limit)
        for mail in batch
        if mail.uid in bodies or mail.uid in unreadable
    ]


def _still_there(client: Connection, uids: Sequence[int], answered: Container[int]) -> set[int]:
    """Of the mails that an answer left out, those the folder still holds.

    Raises IMAPClientError when the server holds several and gave none: then the trouble is the
    server's and will pass, and not that of each mail.
    """
    missing = [uid for uid in uids if uid not in answered]
    if not missing:
        return set()
    held = set(missing) & set(client.search(["UID", ",".join(map(str, missing))]))
    if len(held) == len(uids) > 1:
        raise IMAPClientError("the server lists mail but gives none of it")
    return held


def _fetch(
    client: Connection, uids: Sequence[int], items: list[str]
) -> dict[int, dict[bytes, Any]]:
    """FETCH that survives mail vanishing under it.

    A server may answer NO to the whole command when one mail was expunged by another client
    (RFC 5530, EXPUNGEISSUED) or cannot be read: then it is asked again, mail by mail.
    """
    try:
        return dict(client.fetch(uids, items))
    except IMAPClientError as exc:
        _raise_unless_about_mail(exc)
        client.forget_answers()
        client.noop()  # lets the server tell us what was expunged
    if len(uids) == 1:
        return _fetch_one(client, uids[0], items)
    answers: dict[int, dict[bytes, Any]] = {}
    for uid in uids:
        answers |= _fetch_one(client, uid, items)
    return answers


def _fetch_one(client: Connection, uid: int, items: list[str]) -> dict[int, dict[bytes, Any]]:
    try:
        return dict(client.fetch([uid], items))
    except IMAPClientError as exc:
        _raise_unless_about_mail(exc)
        client.forget_answers()
        return {}


def _raise_unless_about_mail(exc: IMAPClientError) -> None:
    """Go on only after a NO that concerns the mails asked for."""
    broken = isinstance(exc, IMAPClientAbortError | ProtocolError)
    # Dovecot says SERVERBUG of a single mail that it cannot read.
    if broken or (is_passing(exc) and "SERVERBUG" not in str(exc)):
        raise exc


def _bodies(answers: dict[int, dict[bytes, Any]]) -> dict[int, bytes]:
    """By UID; the key echoes the partial range on most servers, not on all."""
    return {
        uid: value
        for uid, answer in answers.items()
        for key, value in answer.items()
        if key.startswith(b"BODY[]") and isinstance(value, bytes)
    }


def _cut(mail: Listed, content: bytes, limit: int) -> Fetched:
    size = len(content)
    if size > limit:
        size = max(size, mail.size)
    elif not content:
        size = max(mail.size, 1)
    return Fetched(mail.uid, mail.received, content[:limit], size)


def _received(answer: dict[bytes, Any]) -> datetime:
    """INTERNALDATE in UTC; now, where the server gives none that can be read."""
    try:
        date: datetime = answer[b"INTERNALDATE"]
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (KeyError, AttributeError, ValueError, OverflowError):
        return datetime.now(UTC)
