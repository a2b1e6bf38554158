"""Puts the desk together: one factory, and every room's routes in one place."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from service import api, metrics, pages, probes
from service.accounts.oidc import Provider
from service.api.faults import add_fault_handlers
from service.attempts import Door
from service.desk import Desk
from service.guard import Guard
from service.live import Live
from service.problems import add_handlers
from service.render import VERSION, environment
from service.works import Works
from triage.config import Web
from triage.errors import ConfigError
from triage.store import Database

STATIC = Path(__file__).parent / "static"


def create_app(
    database: Database,
    web: Web,
    works: Works,
    model: str,
    thresholds: Mapping[str, float] = MappingProxyType({}),
) -> FastAPI:
    """The desk over ``database``.

    ``works`` is what it acts and answers with. ``model`` names the model in use and ``thresholds``
    are its own, shown beside its scores.
    Raises ``ConfigError`` for an address with a path.
    """
    if urlsplit(web.base_url).path:
        raise ConfigError(f"web.url {web.base_url}: the desk needs a host of its own, not a path")
    app = FastAPI(
        title="Triage",
        version=VERSION,
        description="Flagged cases of a help desk's mail.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.desk = Desk(
        database,
        web,
        Door(),
        environment(),
        model,
        dict(thresholds),
        works,
        Live(database, web.idle),
    )
    app.state.provider = Provider(web.oidc, web.base_url) if web.oidc else None
    app.state.metrics = metrics.registry(database, model)
    add_routes(app)
    add_handlers(app)
    add_fault_handlers(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=6)
    app.add_middleware(Guard, base_url=web.base_url)
    return app


def add_routes(app: FastAPI) -> None:
    """The route table.

    ====================  =====================================================  =============
    where                 what                                                   who may
    ====================  =====================================================  =============
    ``/``                 queue of cases                                         by its act
    ``/cases/{id}``       one case                                               by its act
    ``/mails/...``        mails for a person, one mail, its original             by its act
    ``/account``          one's own account, its sessions and tokens             signed in
    ``/sign-out``         ends this browser's stay                               signed in
    ``/sign-in...``       takes a password or a link that works once             everyone
    ``/set-up``           takes the code of the first start                      everyone
    ``/api/v1/...``       cases, mails, mailboxes, tokens, accounts, the trail   by its act
    ``/api/v1/openapi.json``: the API's own description                          signed in
    ``/healthz``, ``/readyz``, ``/metrics``: for machines, nothing personal      everyone
    ``/static/...``       the style sheet and the icon                           everyone
    ====================  =====================================================  =============

    What each act takes is the table of ``service.permissions``.
    """
    app.include_router(pages.router)
    app.include_router(pages.open_router)
    app.include_router(api.router)
    app.include_router(probes.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
