"""Chromium, and the desk as a browser meets it: a true server on a true port."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from threading import Thread
from time import monotonic, sleep
from types import MappingProxyType

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from service.app import create_app
from service.permissions import Role
from tests.desks import works
from tests.service_client import PASSWORD, PERSON, account
from triage.caseload import Caseload
from triage.config import Web
from triage.store import Database

_CHROMIUM = Path(os.environ.get("TRIAGE_CHROMIUM", "/usr/bin/chromium"))
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)


@dataclass(frozen=True, slots=True)
class RunningDesk:
    """``other_url`` reaches the same desk by a name that browsers take for another site; ``login``
    is of somebody who may do all there is, with ``tests.service_client.PASSWORD``."""

    url: str
    other_url: str
    login: str


@contextmanager
def running_desk(
    database: Database,
    model: str,
    load: Caseload | None = None,
    thresholds: Mapping[str, float] = MappingProxyType({}),
    person: str = PERSON,
) -> Iterator[RunningDesk]:
    """``load`` is by default that of ``tests.desks``, whose people know ``person``."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        app = create_app(database, Web(port=port), works(load), model, thresholds)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        _until_started(server)
        who = account(database, *Role, login="pat", person=person, password=PASSWORD)
        try:
            own, other = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
            yield RunningDesk(own, other, who.login)
        finally:
            server.should_exit = True
            thread.join(10)


def _until_started(server: uvicorn.Server) -> None:
    deadline = monotonic() + 20
    while not server.started:
        assert monotonic() < deadline, "the desk did not start"
        sleep(0.02)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium; where there is none the test is skipped, and fails under CI."""
    if not _CHROMIUM.exists():
        reason = f"no Chromium at {_CHROMIUM}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()
