"""What all notices look like: the templates beside this file, colours, numbers to tap."""

import re
from dataclasses import dataclass
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from triage.notify.brief import Safety
from triage.notify.words import one_line
from triage.types import Severity

COLOURS: Final = {
    Severity.EMERGENCY: "#a50e0e",
    Severity.HIGH: "#b93a0b",
    Severity.NORMAL: "#1d4fb8",
    Severity.LOW: "#475569",
}
CALM: Final = COLOURS[Severity.LOW]

REMARK: Final = (
    "A judgement call without proof is enough. Nothing is sent to the customer by itself, and a "
    "Manager is always told afterwards."
)

_MOST_NUMBERS, _MOST_STEPS = 6, 12
_PHONE = re.compile(r"\+?[\d ()/.-]{2,40}")
_MAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,6}")

_templates = Environment(
    loader=PackageLoader("triage.notify"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def rendered(template: str, view: Any) -> str:
    return _templates.get_template(template).render(n=view)


@dataclass(frozen=True, slots=True)
class Reach:
    """A number or an address as it is shown, and the link that calls or writes to it."""

    shown: str
    link: str


@dataclass(frozen=True, slots=True)
class _Number:
    label: str
    shown: str
    link: str


@dataclass(frozen=True, slots=True)
class SafetyView:
    numbers: tuple[_Number, ...]
    steps: tuple[str, ...]
    remark: str


def reach(place: str) -> Reach:
    """With a link only where all of it is a phone number or a plain address."""
    shown = one_line(place, 100)
    if _PHONE.fullmatch(shown):
        return Reach(shown, "tel:" + re.sub(r"[^\d+]", "", shown))
    return Reach(shown, f"mailto:{shown}" if _MAIL.fullmatch(shown) else "")


def safety_view(severity: Severity, safety: Safety | None) -> SafetyView | None:
    """What stands at the top of an emergency's notice; ``None`` for all other notices."""
    if severity is not Severity.EMERGENCY:
        return None
    given = safety or Safety()
    return SafetyView(
        tuple(_number(*one) for one in given.numbers[:_MOST_NUMBERS]),
        tuple(one_line(step, 300) for step in given.steps[:_MOST_STEPS]),
        REMARK,
    )


def _number(label: str, number: str) -> _Number:
    place = reach(number)
    return _Number(one_line(label, 60), place.shown, place.link)
