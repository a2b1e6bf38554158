"""The incident report as one HTML page that needs nothing beside it."""

from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from triage.complaints.document import Document

Paper = Literal["a4", "letter"]

_templates = Environment(
    loader=PackageLoader("triage.complaints"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def report_html(document: Document, paper: Paper = "a4") -> str:
    """Black on white; prints on ``paper`` with page numbers where the browser has them."""
    return _templates.get_template("report.html").render(document=document, paper=paper)
