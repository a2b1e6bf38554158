"""The Point Person's inbox in the browser: to look at, not to act on."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from service.auth import allowed
from service.permissions import Act
from triage.demo import point_inbox
from triage.demo.point_inbox import Received

PATH: Final = "/demo/inbox"

_PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'"
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail's HTML may look as it likes, and do nothing but open links in a new tab."""

_REFRESH_SECONDS = "5"


def router(folder: Path) -> APIRouter:
    """The routes, for those who may read mail."""
    pages = Environment(
        loader=PackageLoader("triage.demo"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    routes = APIRouter(dependencies=[Depends(allowed(Act.SEE_MAIL))], include_in_schema=False)

    def found(name: str) -> Received:
        mail = point_inbox.one(folder, name)
        if mail is None:
            raise HTTPException(404, "There is no such mail.")
        return mail

    @routes.get(PATH)
    def inbox() -> Response:
        html = pages.get_template("inbox.html").render(mails=point_inbox.newest(folder))
        return HTMLResponse(
            html, headers={"Content-Security-Policy": _PAGE_POLICY, "Refresh": _REFRESH_SECONDS}
        )

    @routes.get("/demo/style.css")
    def style() -> Response:
        return Response(pages.get_template("style.css").render(), media_type="text/css")

    @routes.get(PATH + "/{name}")
    def mail(name: str) -> Response:
        html = pages.get_template("mail.html").render(mail=found(name))
        return HTMLResponse(html, headers={"Content-Security-Policy": _PAGE_POLICY})

    @routes.get(PATH + "/{name}/html")
    def body(name: str) -> Response:
        html = found(name).html.replace("<head>", '<head><base target="_blank">', 1)
        return HTMLResponse(
            html,
            headers={"Content-Security-Policy": _MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"},
        )

    return routes
