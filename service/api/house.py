"""What runs here: the model in use, the settings with their source, health and figures."""

import json
from typing import Any

from fastapi import APIRouter, Depends

from service import shown_settings
from service.api.models import Model
from service.auth import allowed
from service.desk import DeskOf
from service.permissions import Act
from service.render import VERSION
from triage.store import figures
from triage.store.readiness import must_answer
from triage.types import SIGNALS

router = APIRouter(tags=["house"])


class ModelInUse(Model):
    """`thresholds` are the probabilities that suffice, by signal; `figures` what was measured when
    the model was made, empty where its folder cannot be read."""

    name: str
    thresholds: dict[str, float]
    signals: list[str]
    languages: list[str]
    figures: dict[str, Any]
    judged: list["JudgedSignal"]


class JudgedSignal(Model):
    """What people said of a signal as this model read it."""

    signal: str
    right: int
    wrong: int


class SettingOut(Model):
    """`source` is where it was set: `default`, `file` or `environment`. A secret is never said:
    `value` is whether there is one."""

    key: str
    value: Any
    source: str
    secret: bool


class SettingsOut(Model):
    items: list[SettingOut]


class FolderOut(Model):
    mailbox: str
    folder: str
    state: str
    unseen_seconds: float | None


class HealthOut(Model):
    """The database answers, or this would not. Numbers only."""

    version: str
    mails_by_outcome: dict[str, int]
    flags_by_severity: dict[str, int]
    cases_by_status: dict[str, int]
    notices_by_state: dict[str, int]
    oldest_unsent_seconds: float
    folders: list[FolderOut]
    onlookers: int


@router.get("/model", dependencies=[Depends(allowed(Act.MODEL_SEE))], operation_id="show_model")
def show_model(desk: DeskOf) -> ModelInUse:
    """The model in use, and how right people found it."""
    folder = shown_settings.model_folder(desk)
    with desk.database.transaction() as tx:
        judged = figures.judged(tx, desk.model)
    return ModelInUse(
        name=desk.model,
        thresholds=dict(desk.thresholds),
        signals=list(SIGNALS),
        languages=sorted(folder.languages) if folder else [],
        figures=json.loads((folder.path / "metrics.json").read_text("utf-8")) if folder else {},
        judged=[JudgedSignal(signal=s, right=r, wrong=w) for s, r, w in judged],
    )


@router.get(
    "/settings", dependencies=[Depends(allowed(Act.SETTINGS_SEE))], operation_id="list_settings"
)
def list_settings(desk: DeskOf) -> SettingsOut:
    """Every setting as it is in force, and where it was set; they are changed in their file."""
    shown = shown_settings.shown(desk.works.settings)
    return SettingsOut(items=[SettingOut.model_validate(one) for one in shown])


@router.get("/health", dependencies=[Depends(allowed(Act.SEE_QUEUE))], operation_id="show_health")
def show_health(desk: DeskOf) -> HealthOut:
    """Whether all goes well: counts of what is stored, and how long what waits has waited."""
    must_answer(desk.database)
    with desk.database.transaction() as tx:
        found = figures.count(tx)
    return HealthOut(
        version=VERSION,
        onlookers=desk.live.onlookers,
        folders=[FolderOut.model_validate(one) for one in found.folders],
        **{
            name: getattr(found, name)
            for name in HealthOut.model_fields
            if name not in {"version", "onlookers", "folders"}
        },
    )
