"""The desk on a port of this machine, in the test's own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socket import socket
from threading import Thread

import uvicorn
from fastapi import FastAPI

from service.app import create_app
from service.desk import Desk
from service.works import Works
from tests.desks import works as usual_works
from tests.filling import MODEL
from tests.waiting import PATIENCE, until
from triage.config import Web
from triage.store import Database


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    web: Web
    app: FastAPI

    @property
    def desk(self) -> Desk:
        desk: Desk = self.app.state.desk
        return desk


@contextmanager
def served(
    database: Database, works: Works | None = None, heartbeat: float | None = None
) -> Iterator[Served]:
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        port = listener.getsockname()[1]
        web = Web(port=port)
        app = create_app(database, web, works or usual_works(), MODEL)
        if heartbeat is not None:
            app.state.desk.live._heartbeat = heartbeat
        config = uvicorn.Config(
            app, log_config=None, access_log=False, timeout_graceful_shutdown=1, backlog=1024
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until(lambda: server.started)
        try:
            yield Served(f"http://127.0.0.1:{port}", web, app)
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
