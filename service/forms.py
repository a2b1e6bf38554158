"""Forms as pages show them: what was filled in, and what is wrong beside each field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from triage.errors import ActRefused

MOST_FIELDS = 200
"""Fields of a form that are looked at."""


@dataclass(frozen=True, slots=True)
class Form:
    """``values`` are what the fields hold, ``wrong`` what is wrong with them; the field ``""`` is
    the form as a whole."""

    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, name: str) -> str:
        return self.wrong.get(name, "")

    @property
    def unplaced(self) -> str:
        """What is wrong with the form as a whole."""
        return self.wrong.get("", "")


@dataclass(frozen=True, slots=True)
class Posted:
    """A form as it was sent: the first of each field, and all that were sent."""

    values: Mapping[str, str]
    several: Mapping[str, tuple[str, ...]]
    files: Mapping[str, bytes]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def whole_number(self, name: str) -> int:
        """0 for what is none."""
        text = self[name].strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0

    def wrong(self, **wrong: str) -> Form:
        return Form(self.values, wrong)


async def posted(request: Request) -> Posted:
    sent = await request.form(max_fields=MOST_FIELDS * 2)
    several: dict[str, tuple[str, ...]] = {}
    files: dict[str, bytes] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            files[name] = await value.read()
        elif name in several or len(several) < MOST_FIELDS:
            several[name] = (*several.get(name, ()), value)
    return Posted({name: values[0] for name, values in several.items()}, several, files)


PostedOf = Annotated[Posted, Depends(posted)]


def refused_at(error: ActRefused, names: tuple[str, ...]) -> dict[str, str]:
    """What the house refused, beside those of the form's fields (``names``) that it is about.

    Of several reasons (``a: ...; b: ...``) each goes to its own field.
    """
    about = [name for name in error.missing if name in names]
    reasons = dict(part.partition(": ")[::2] for part in str(error).split("; "))
    found = {name: capital(reasons.get(name) or str(error)) for name in about}
    return found or {"": capital(str(error))}


def capital(text: str) -> str:
    """As a sentence."""
    said = text[:1].upper() + text[1:]
    return said if said.endswith((".", "!", "?")) else f"{said}."
