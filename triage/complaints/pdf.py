"""The incident report as PDF, tagged for screen readers (PDF/UA-1) where every letter has a font.

Typst sets it: one wheel, no library of the system, right-to-left and shaped scripts included. Its
own fonts hold Latin, Greek, Cyrillic, Hebrew and Arabic letters; for Chinese, Japanese, Korean and
others it takes what the system has.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import typst

from triage.complaints.document import Document
from triage.complaints.html import Paper

_Standard = Literal["1.7", "ua-1"]
_NO_FONT = (
    "Some letters in this report could not be printed, because this machine has no font for them. "
    "They are whole in the HTML version."
)


@dataclass(frozen=True, slots=True)
class Pdf:
    """``whole`` is false where letters are missing for want of a font; the page then says so."""

    content: bytes
    whole: bool


def report_pdf(document: Document, paper: Paper = "a4", fonts: Path | None = None) -> Pdf:
    """The report on ``paper``. ``fonts`` is a folder with further fonts."""
    inputs = {
        "document": json.dumps(asdict(document)),
        "paper": "a4" if paper == "a4" else "us-letter",
        "note": "",
    }
    known = _fonts(fonts)
    try:
        return Pdf(_set(inputs, known, "ua-1"), whole=True)
    except typst.TypstError:  # a letter without a font, which the standard does not allow
        return Pdf(_set(inputs | {"note": _NO_FONT}, known, "1.7"), whole=False)


def _set(inputs: dict[str, str], fonts: typst.Fonts, standard: _Standard) -> bytes:
    return typst.compile(
        _template(), font_paths=fonts, sys_inputs=inputs, format="pdf", pdf_standards=standard
    )


@cache
def _template() -> bytes:
    return (files("triage.complaints") / "templates" / "report.typ").read_bytes()


@cache
def _fonts(folder: Path | None) -> typst.Fonts:
    """Found once a process: a system may have thousands."""
    return typst.Fonts(font_paths=[folder] if folder else [])
