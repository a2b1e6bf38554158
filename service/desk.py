"""What every handler works with, made once by the factory and carried by the app."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from jinja2 import Environment

from service.attempts import Door
from service.live import Live
from service.works import Works
from triage.config import Web
from triage.store import Database

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Desk:
    """``thresholds`` are those of ``model``: signal -> the probability that suffices. ``live``
    tells of changes as they happen."""

    database: Database
    web: Web
    door: Door
    templates: Environment
    model: str
    thresholds: Mapping[str, float]
    works: Works
    live: Live


async def _desk(request: Request) -> Desk:
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


DeskOf = Annotated[Desk, Depends(_desk)]
PathId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Before = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]
