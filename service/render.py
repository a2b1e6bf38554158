"""Templates to pages. Everything is escaped; no text from a mail is ever markup."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from service.words import SIGNAL

if TYPE_CHECKING:
    from service.desk import Desk

VERSION = version("triage")


def environment() -> Environment:
    made = Environment(
        loader=PackageLoader("service"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["version"] = VERSION
    made.filters["in_words"] = lambda signal: SIGNAL.get(signal, signal)
    return made


def page(
    desk: "Desk",
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    html = desk.templates.get_template(template).render(model=desk.model, **context)
    return HTMLResponse(html, status, headers)
