"""The pages of the desk, for those who look at each of them in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.servers.browser import RunningDesk
from tests.service_client import PASSWORD
from tests.waiting import PATIENCE
from triage.store import Database

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
SET_UP = "/set-up"
"""Shown while a desk has no account."""
EMPTY = tuple(path for path in PAGES.values() if "{" not in path and path != "/mails/70")


_TELLS = """
document.addEventListener('htmx:after:swap', () => {
  document.documentElement.dataset.renewed = '';
});
"""


@contextmanager
def profile(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A fresh one, closed at the end; its pages tell that they were renewed."""
    context = browser.new_context(**options)
    context.add_init_script(_TELLS)
    context.set_default_timeout(PATIENCE * 1000)
    try:
        yield context
    finally:
        context.close()


def forget_accounts(database: Database) -> None:
    """The desk as it is before its first account."""
    with database.transaction() as tx:
        tx.execute("truncate account, session, desk_audit restart identity cascade")


def come_in(page: Page, desk: RunningDesk, login: str = "") -> None:
    page.goto(f"{desk.url}/sign-in")
    enter(page, login or desk.login)
    listens(page)


def enter(page: Page, login: str) -> None:
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Upset customers")


def listens(page: Page) -> None:
    """Wait until the page is there and, if it is one that hears of changes, hears of them: when its
    stream opens it renews itself."""
    page.wait_for_load_state()
    page.locator("html[data-renewed], body:not([data-page])").first.wait_for(state="attached")
