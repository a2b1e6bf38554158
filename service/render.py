"""Templates to pages. Everything is escaped; no text from a mail is ever markup."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from service.nav import ENTRIES
from service.permissions import Act
from service.plain import one_line, plain
from service.words import SIGNAL, STATUS

if TYPE_CHECKING:
    from service.accounts.visitor import Visitor
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
    made.globals["Act"] = Act
    made.globals["nav"] = ENTRIES
    made.filters["one_line"] = one_line
    made.filters["plain"] = lambda said: plain(str(said))
    made.filters["in_words"] = lambda signal: SIGNAL.get(signal, signal)
    made.filters["status_word"] = lambda status: STATUS.get(status, status)
    return made


def page(
    desk: "Desk",
    template: str,
    *,
    visitor: "Visitor | None" = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """The page as ``visitor`` sees it: templates ask ``visitor.may(Act.X)``, and put
    ``visitor.form_token`` into every form."""
    html = desk.templates.get_template(template).render(
        model=desk.model, visitor=visitor, **context
    )
    return HTMLResponse(html, status, headers)
