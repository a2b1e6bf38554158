"""axe-core on every page, in a true browser: WCAG 2.2 AA, light and dark, on a phone and a desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.believable import Believable
from tests.desk_pages import (
    EMPTY,
    PAGES,
    SET_UP,
    STRANGER,
    come_in,
    forget_accounts,
    listens,
    profile,
)
from tests.servers.browser import RunningDesk, running_desk
from triage.store import Database

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
_UNFOLD = """
document.querySelectorAll('details:not(.more, .act)').forEach(one => { one.open = true })
"""
_RUN = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"


def violations(page: Page) -> list[str]:
    """What axe finds: the rule, its element, and why."""
    listens(page)  # nothing changes while axe looks
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(_RUN, TAGS)
    return [
        f"{rule['id']}: {node['html'][:160]} ({node['failureSummary'][:300]})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def looked_at(page: Page, url: str) -> list[str]:
    """Violations of a page, with what it folds away open, but for what would cover the rest."""
    page.goto(url)
    listens(page)
    assert page.url == url
    page.evaluate(_UNFOLD)
    return [f"{page.url}: {one}" for one in violations(page)]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_any_page_of_a_desk_at_work(
    browser: Browser, filled: tuple[RunningDesk, Believable], width: int, scheme: str
) -> None:
    desk, work = filled
    with _page(browser, width, scheme) as page:
        found = [one for path in STRANGER for one in looked_at(page, desk.url + path)]
        come_in(page, desk)
        for path in PAGES.values():
            found += looked_at(page, desk.url + path.format(**work.cases))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_an_empty_desk(
    browser: Browser, database: Database, width: int, scheme: str
) -> None:
    with running_desk(database, "mood-1.2") as desk, _page(browser, width, scheme) as page:
        come_in(page, desk)
        found = [one for path in EMPTY for one in looked_at(page, desk.url + path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_before_the_first_account(
    browser: Browser, database: Database, width: int, scheme: str
) -> None:
    with running_desk(database, "mood-1.2") as desk, _page(browser, width, scheme) as page:
        forget_accounts(database)
        found = looked_at(page, desk.url + SET_UP)
        page.locator("form").evaluate("form => form.submit()")
        expect(page.locator(".wrong").first).to_be_visible()
        found += violations(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_where_things_go_wrong(
    browser: Browser, filled: tuple[RunningDesk, Believable]
) -> None:
    """Errors beside fields, the sheet of keys, a sign-in refused."""
    desk, work = filled
    with _page(browser, 1280, "light") as page:
        page.goto(f"{desk.url}/sign-in")
        page.get_by_label("Login").fill("pat")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        found = violations(page)
        come_in(page, desk)
        page.locator("#help-button").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        found += violations(page)
        page.goto(f"{desk.url}/contacts/new")
        page.locator("main form").evaluate("form => form.submit()")
        expect(page.locator(".wrong").first).to_be_visible()
        found += violations(page)
        page.goto(f"{desk.url}/cases/{work.cases['third-outage']}")
        listens(page)
        page.locator("details.act summary").first.click()
        found += violations(page)
        page.context.set_offline(True)
        expect(page.locator("#state")).to_contain_text("Connection lost")
        found += violations(page)
    assert not found, "\n".join(found)


@contextmanager
def _page(browser: Browser, width: int, scheme: str) -> Iterator[Page]:
    with profile(
        browser,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
        bypass_csp=True,  # axe is put into the page; the desk's own rules are held elsewhere
    ) as context:
        yield context.new_page()
