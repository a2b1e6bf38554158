"""The three things a process can be: watcher, worker, server; or all at once."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

import structlog

from triage import jobs
from triage.cli import wiring
from triage.config import Settings, Web
from triage.errors import ConfigError
from triage.ringer import Ringer, keep_ringing
from triage.store import Database
from triage.watcher import watch

if TYPE_CHECKING:
    from fastapi import APIRouter

log = structlog.get_logger()

Part = Callable[[Event], None]
"""Something that runs until the event is set."""


def run(parts: Mapping[str, Part], stop: Event) -> int:
    """Run parts side by side until a signal, or until one of them ends; the exit code.

    A part that ends by itself has failed: the others are stopped too, so that whoever looks
    after the process starts it anew.
    """
    asked: SimpleQueue[None] = SimpleQueue()  # a handler must not wait for a lock it may hold
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.put(None))
    failed: list[str] = []

    def guarded(name: str, part: Part) -> None:
        try:
            part(stop)
        except Exception:
            log.exception("stopped by an error", part=name)
            failed.append(name)
        stop.set()

    threads = [Thread(target=guarded, args=item, name=item[0]) for item in parts.items()]
    for thread in threads:
        thread.start()
    while not stop.is_set():
        with suppress(Empty):
            asked.get(timeout=0.5)
            stop.set()
    for thread in threads:
        thread.join()
    return 1 if failed else 0


def share_the_interpreter() -> None:
    """Hand the interpreter over every half millisecond instead of every five: the classifier's
    threads need it for a moment between two sequences, while others parse and save."""
    sys.setswitchinterval(0.0005)


def watching(settings: Settings, store: Database) -> Part:
    share_the_interpreter()
    watchers = wiring.watchers(settings, store)

    def part(stop: Event) -> None:
        for thread in watch(watchers, stop):
            thread.join()

    return part


def working(settings: Settings, store: Database) -> Part:
    courier, daily = wiring.courier(settings, store), wiring.daily(settings, store)
    messenger = wiring.messenger(settings, store)

    def sweep() -> None:
        courier.sweep()
        daily.look()
        messenger.tidy()

    duties = jobs.Duties(
        courier.deliver,
        courier.tell_of_refusal,
        sweep,
        hand_out=messenger.hand_out,
        tell_outside=messenger.deliver,
        bring_in=wiring.bringing(settings, store).bring_in,
    )
    ringer = Ringer(store, wiring.caseload(settings, store), courier.bundle)

    def part(stop: Event) -> None:
        ringing = Thread(target=keep_ringing, args=[ringer, stop], name="ring")
        ringing.start()
        asyncio.run(jobs.work(store.url, duties, stop))
        ringing.join()

    return part


def serving(settings: Settings, store: Database, more: "APIRouter | None" = None) -> Part:
    """The service; ``more`` are routes beside its own. Raises ``ConfigError`` when its port is
    not free."""
    import uvicorn

    from service.app import create_app

    model = wiring.model_folder(settings)
    app = create_app(
        store, settings.web, wiring.works(settings, store), model.name, model.thresholds
    )
    if more is not None:
        app.include_router(more)
    live = app.state.desk.live
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
    listener = _listen(settings.web)

    def part(stop: Event) -> None:
        Thread(target=_stop_serving, args=[server, stop, live.close], daemon=True).start()
        server.run(sockets=[listener])

    return part


def _listen(web: Web) -> socket.socket:
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    try:
        return socket.create_server((web.host, web.port), family=family, backlog=256)
    except OSError as error:
        raise ConfigError(f"web.port {web.port} on {web.host}: {error.strerror}") from None


def _stop_serving(
    server: "uvicorn.Server",  # type: ignore[name-defined]  # noqa: F821
    stop: Event,
    let_go: Callable[[], None],
) -> None:
    """``let_go`` ends what would go on without end."""
    stop.wait()
    server.should_exit = True
    let_go()
