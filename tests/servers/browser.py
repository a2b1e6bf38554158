"""Chromium, and the desk as a browser meets it: a true server on a true port."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from threading import Thread
from types import MappingProxyType

import pytest
import uvicorn
from playwright.sync_api import Browser, expect, sync_playwright

from service.app import create_app
from service.permissions import Role
from tests.desks import works
from tests.service_client import PASSWORD, PERSON, account
from tests.waiting import PATIENCE, until
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
_PATIENCE = 30_000
"""Milliseconds for what takes one on a machine with nothing else to do."""
expect.set_options(timeout=_PATIENCE)


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
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until(lambda: server.started)
        who = account(database, *Role, login="pat", person=person, password=PASSWORD)
        try:
            own, other = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
            yield RunningDesk(own, other, who.login)
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium; where there is none the test is skipped, and fails under CI."""
    if not _CHROMIUM.exists():
        reason = f"no Chromium at {_CHROMIUM}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_CHROMIUM, args=list(_ARGUMENTS), timeout=4 * _PATIENCE
        )
        try:
            yield browser
        finally:
            browser.close()
