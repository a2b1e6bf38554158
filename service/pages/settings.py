"""Settings as they are in force, with where each comes from, and the files beside them."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from service import rota_changes, shown_settings
from service.accounts.visitor import Visitor
from service.auth import allowed
from service.desk import Desk, DeskOf
from service.permissions import Act
from service.plain import one_line
from service.render import page
from service.shown_settings import Setting
from triage import complaints, drafts, duty
from triage.errors import TriageError
from triage.reload import sound_policy

router = APIRouter()

_SECTIONS = {
    "": "General",
    "desk": "Desk",
    "reading": "Reading mail",
    "smtp": "Mail out",
    "web": "Pages and sign-in",
    "mailboxes": "Mailboxes",
}


class _Read(Protocol):
    """What a file was read as."""

    @property
    def source(self) -> str: ...

    @property
    def digest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FileView:
    """``trouble`` is why the file as it lies there is not in force."""

    name: str
    source: str
    digest: str
    trouble: str


@router.get("/settings")
def show(
    desk: DeskOf, visitor: Annotated[Visitor, Depends(allowed(Act.SETTINGS_SEE))]
) -> HTMLResponse:
    found = shown_settings.shown(desk.works.settings)
    by_section = groupby(sorted(found, key=_section), key=_section)
    return page(
        desk,
        "settings.html",
        visitor=visitor,
        files=list(_files(desk)),
        sections=[
            (_SECTIONS.get(name, name.capitalize()), [_row(one) for one in settings])
            for name, settings in by_section
        ],
    )


def _section(setting: Setting) -> str:
    first, dot, _ = setting.key.partition(".")
    return first if dot else ""


def _row(setting: Setting) -> tuple[str, str, str]:
    value = setting.value
    if setting.secret:
        said = "set" if value else "not set"
    elif isinstance(value, bool):
        said = "yes" if value else "no"
    elif isinstance(value, list | tuple):
        said = ", ".join(map(str, value))
    else:
        said = "" if value is None else str(value)
    return setting.key, one_line(said, 300), setting.source


def _files(desk: Desk) -> list[FileView]:
    """Each as it is in force, and whether it lies there otherwise by now."""
    works, settings = desk.works, desk.works.settings
    return [
        _file("Policy", works.caseload.policy(), settings.policy, sound_policy),
        _file("People and rota", rota_changes.base_duty(desk), settings.duty, duty.load),
        _file("Complaints", works.book(), settings.complaints, complaints.load),
        _file("Drafts", works.drafts(), settings.drafts, drafts.load),
        _file("Guidance", works.guide(), settings.guidance, drafts.load_guide),
    ]


def _file(
    name: str, in_force: _Read, path: Path | None, load: Callable[[Path | None], _Read]
) -> FileView:
    trouble = ""
    if path is not None:
        try:
            if load(path).digest != in_force.digest:
                trouble = "The file has changed; the one in force is still the one before."
        except TriageError as error:
            trouble = f"As it lies there it is refused, and the one before stays: {error}"
    return FileView(name, one_line(in_force.source, 200), in_force.digest[:12], trouble)
