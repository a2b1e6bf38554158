"""The pages of the desk, for those who look at each of them in a browser."""

from playwright.sync_api import Page, expect

from tests.servers.browser import RunningDesk
from tests.service_client import PASSWORD

PAGES = {
    "queue": "/",
    "queue-overdue": "/?view=overdue",
    "queue-found": "/?q=refund",
    "queue-ended": "/?view=ended",
    "case": "/cases/{third-outage}",
    "case-thread": "/cases/{thread-2}",
    "case-emergency": "/cases/{safety}",
    "case-ended": "/cases/{never-again}",
    "draft": "/cases/{third-outage}/drafts/first-answer",
    "record": "/cases/{ombudsman}/record",
    "report": "/cases/{ombudsman}/report",
    "mail": "/mails/70",
    "unscored": "/mails/unscored",
    "log": "/log",
    "trends": "/trends",
    "rota": "/rota",
    "manager": "/manager",
    "contact": "/contacts/new",
    "mailboxes": "/mailboxes",
    "model": "/model",
    "people": "/people",
    "person": "/people/1",
    "audit": "/audit",
    "settings": "/settings",
    "tokens": "/me/tokens",
    "account": "/account",
    "error": "/nowhere",
}
"""Name -> address; names in braces are those of ``tests.believable.Believable.cases``."""
STRANGER = ("/sign-in",)
EMPTY = tuple(path for path in PAGES.values() if "{" not in path and path != "/mails/70")


def come_in(page: Page, desk: RunningDesk) -> None:
    page.goto(f"{desk.url}/sign-in")
    page.get_by_label("Login").fill(desk.login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
