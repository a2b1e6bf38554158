"""The model in use: how good it was measured to be, what suffices, and whether mail has changed."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from service import shown_settings, views_watching, words
from service.accounts.visitor import Visitor
from service.asked import zone_of
from service.auth import allowed
from service.desk import Desk, DeskOf
from service.permissions import Act
from service.render import page
from triage.store import watching

router = APIRouter()

LOOKED_BACK = timedelta(weeks=26)
LARGEST_METRICS = 2**20


@router.get("/model")
def show(
    desk: DeskOf, visitor: Annotated[Visitor, Depends(allowed(Act.MODEL_SEE))]
) -> HTMLResponse:
    since = datetime.now(UTC) - LOOKED_BACK
    with desk.database.transaction() as tx:
        found = watching.drift(tx, desk.model, since, zone_of(desk))
        judged = watching.judged(tx, desk.model)
    folder = shown_settings.model_folder(desk)
    return page(
        desk,
        "model.html",
        visitor=visitor,
        languages=", ".join(sorted(words.LANGUAGE.get(one, one) for one in folder.languages))
        if folder
        else "",
        measured=views_watching.measured(_metrics(desk), desk.thresholds),
        thresholds=views_watching.enough(desk.thresholds),
        weeks=len(found.weeks),
        drift=views_watching.drift(found),
        signals=views_watching.signals_drift(found),
        judged=views_watching.judged(judged),
    )


def _metrics(desk: Desk) -> Mapping[str, Any]:
    """What the model's makers wrote down; nothing where that cannot be read."""
    folder = shown_settings.model_folder(desk)
    if folder is None:
        return {}
    try:
        with (folder.path / "metrics.json").open("rb") as file:
            read = json.loads(file.read(LARGEST_METRICS))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
