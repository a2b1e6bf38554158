"""A desk with the packaged duty file, whose changes of the rota are kept in the database."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from starlette.testclient import TestClient

from service.app import create_app
from tests.caseloads import POLICY
from tests.complaints import a_case, an_event
from tests.desks import works
from tests.filling import MODEL
from tests.service_client import account, sign_in
from triage import duty
from triage.caseload import Caseload, Tell, utc_now
from triage.config import Web
from triage.rota import RotaInForce
from triage.store import Database

_PACKAGED = duty.load()
PEOPLE = replace(_PACKAGED, rota=replace(_PACKAGED.rota, changes=(), absences=()))
"""Pat, Sam and Kim are Points, Robin is supervisor, Alex specialist, Morgan Manager; whatever the
date, nobody is away."""


def client_of(
    database: Database,
    person: str,
    *roles: str,
    tell: Tell = lambda tx, notice: None,
    clock: Callable[[], datetime] = utc_now,
) -> TestClient:
    """A browser of the person with this id in the duty file, with ``roles``."""
    load = Caseload(RotaInForce(lambda: PEOPLE, database, every=0), lambda: POLICY, tell, clock)
    app = create_app(database, Web(), works(load), MODEL)
    client = TestClient(
        app, base_url=Web().base_url, follow_redirects=False, raise_server_exceptions=False
    )
    sign_in(client, database, account(database, *roles, login=person, person=person))
    return client


def everybody(database: Database) -> TestClient:
    """Somebody with every role, who acts as the Manager."""
    every = ("rep", "point", "supervisor", "specialist", "manager", "admin")
    return client_of(database, "morgan", *every)


def text_of(html: str) -> str:
    """The page without its tags, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def field(html: str, name: str) -> str:
    """What a hidden or single-line field of the page holds."""
    found = re.search(rf'name="{re.escape(name)}"[^>]*? value="([^"]*)"', html)
    assert found, name
    return found.group(1)


def filled(database: Database, count: int = 1, **columns: object) -> list[int]:
    """Cases opened an hour apart, the last just now."""
    now = utc_now()
    with database.transaction() as tx:
        made = []
        for at in range(count):
            opened = now - timedelta(hours=count - at)
            case = a_case(tx, **({"opened_at": opened, "changed_at": opened} | columns))
            an_event(tx, case, "triage", "flagged", opened, rule="angry", severity="high")
            made.append(case)
    return made


def wall(moment: datetime) -> str:
    """As a field for date and time sends it, by the clock of the packaged desk."""
    return moment.astimezone(PEOPLE.hours.zone).strftime("%Y-%m-%dT%H:%M")
