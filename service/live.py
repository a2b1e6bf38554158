"""Changes as they happen, to everybody who looks: one connection to the database a process."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import structlog
from starlette.concurrency import run_in_threadpool

from service.accounts.visitor import Visitor
from service.permissions import Act
from triage.errors import StoreError
from triage.store import Database
from triage.store import live as store
from triage.store.live import Kind, News

log = structlog.get_logger()

HEARTBEAT = 15.0
"""Seconds between two signs of life, at each of which it is seen who may still look on."""
_BEHIND = 512
"""Messages that wait for somebody who does not read them; then they are let go."""
_BEAT = b"event: beat\ndata: {}\n\n"
"""An event, since browsers keep comments to themselves: a page sees that its connection is dead."""
_OPEN = b"retry: 2000\nevent: open\ndata: {}\n\n"
_LOST = b"event: lost\ndata: {}\n\n"
"""Something may have been missed: look at everything anew."""
_OVER = b"event: over\ndata: {}\n\n"
"""The session ended: sign in again."""
_SEES: Mapping[Kind, Act] = MappingProxyType(
    {"case": Act.SEE_QUEUE, "mail": Act.SEE_MAIL, "mailbox": Act.MAILBOXES_SEE}
)


@dataclass(eq=False, slots=True)
class _Onlooker:
    """``digest`` is of the session or token that they came with. ``None`` ends their stream."""

    visitor: Visitor
    digest: bytes
    queue: "asyncio.Queue[bytes | None]" = field(
        default_factory=lambda: asyncio.Queue(maxsize=_BEHIND)
    )

    def tell(self, message: bytes) -> bool:
        """Whether there was room for it."""
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            return False
        return True

    def end(self, message: bytes) -> None:
        with suppress(asyncio.QueueEmpty):
            while self.queue.full() or self.queue.maxsize - self.queue.qsize() < 2:
                self.queue.get_nowait()
        self.queue.put_nowait(message)
        self.queue.put_nowait(None)


class Live:
    """Begins to listen with the first who looks on, and stops with the last."""

    def __init__(self, database: Database, idle: timedelta, heartbeat: float = HEARTBEAT) -> None:
        self._database = database
        self._idle = idle
        self._heartbeat = heartbeat
        self._onlookers: set[_Onlooker] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._listens = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def onlookers(self) -> int:
        return len(self._onlookers)

    async def follow(
        self, visitor: Visitor, digest: bytes, last: int | None
    ) -> AsyncIterator[bytes]:
        """Messages in the form of server-sent events until the session ends. ``last`` is the id of
        the last one that was heard: what came since comes first."""
        onlooker = _Onlooker(visitor, digest)
        self._onlookers.add(onlooker)
        try:
            self._start()
            with suppress(TimeoutError):  # without a database they wait for it here
                await asyncio.wait_for(self._listens.wait(), 5)
            self._listens.set()  # whoever is let in before it listens looks anew when it does
            yield _OPEN
            if last is not None:
                for earlier in await run_in_threadpool(self._missed, visitor, last):
                    yield earlier
            while (message := await onlooker.queue.get()) is not None:
                yield message
        finally:
            self._onlookers.discard(onlooker)
            if not self._onlookers:
                self._stop()

    def close(self) -> None:
        """Let everybody go, as when the process ends; from whatever thread."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # it has ended before us
                loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        for onlooker in list(self._onlookers):
            onlooker.end(_LOST)

    def _start(self) -> None:
        self._loop = asyncio.get_running_loop()
        if not self._tasks:
            self._listens = asyncio.Event()
            self._tasks = [
                asyncio.create_task(self._listen()),
                asyncio.create_task(self._beat()),
            ]

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []

    async def _listen(self) -> None:
        """For as long as somebody looks on; after an interruption they look at all anew."""
        wait = 1.0
        while True:
            try:
                async with store.listening(self._database.url) as news:
                    self._tell_all(_LOST) if self._listens.is_set() else self._listens.set()
                    wait = 1.0
                    async for one in news:
                        self._pass_on(one)
            except StoreError as error:
                log.warning("live changes interrupted", reason=str(error))
            await asyncio.sleep(wait)
            wait = min(30.0, wait * 2)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            self._tell_all(_BEAT)
            asked = list(self._onlookers)  # who comes while it is asked was just let in
            try:
                roles = await run_in_threadpool(self._roles, asked)
            except StoreError:
                continue  # as long as nobody can be asked nothing new comes either
            for onlooker in asked:
                if onlooker.digest in roles:
                    now = roles[onlooker.digest]
                    if now != {role.value for role in onlooker.visitor.roles}:
                        onlooker.end(_LOST)
                else:
                    onlooker.end(_OVER)

    def _roles(self, onlookers: list[_Onlooker]) -> dict[bytes, set[str]]:
        """Digest -> roles now, of those who are still in."""
        sessions = {one.digest for one in onlookers if one.visitor.how == "session"}
        tokens = {one.digest for one in onlookers if one.visitor.how == "token"}
        with self._database.transaction() as tx:
            found = store.still_in(tx, sessions, tokens, datetime.now(UTC), self._idle)
        return {one.digest: set(one.roles) for one in found}

    def _missed(self, visitor: Visitor, last: int) -> list[bytes]:
        if not visitor.may(_SEES["case"]):
            return []
        try:
            with self._database.transaction() as tx:
                news = store.events_after(tx, last)
        except StoreError:
            news = None
        return [_LOST] if news is None else [as_message(one) for one in news]

    def _pass_on(self, news: News) -> None:
        act, message = _SEES[news.kind], as_message(news)
        for onlooker in list(self._onlookers):
            if onlooker.visitor.may(act) and not onlooker.tell(message):
                onlooker.end(_LOST)

    def _tell_all(self, message: bytes) -> None:
        for onlooker in list(self._onlookers):
            if not onlooker.tell(message):
                onlooker.end(_LOST)


def as_message(news: News) -> bytes:
    """Only events of cases have an id, by which one who comes back says how far they heard."""
    said = json.dumps({"kind": news.kind, "what": news.what, "id": news.id, "case": news.case})
    head = f"id: {news.id}\n" if news.kind == "case" else ""
    return f"{head}event: {news.kind}\ndata: {said}\n\n".encode()
