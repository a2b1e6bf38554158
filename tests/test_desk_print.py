"""The desk on paper, in a true browser: what happened, and nothing to click."""

import pytest
from playwright.sync_api import Page, expect

from tests.believable import Believable
from tests.desk_pages import come_in, profile
from tests.servers.browser import RunningDesk, chromium

pytestmark = pytest.mark.browser

CHROME = "header.bar, nav, footer, button, .acts, .button, .guidance"
BOXES = ".field :is(input, select, textarea)"


def shown(page: Page, selector: str) -> list[str]:
    """What of it would be printed."""
    return [one.inner_text() for one in page.locator(selector).all() if one.is_visible()]


def test_paper_keeps_what_happened_and_leaves_out_what_is_clicked(
    filled: tuple[RunningDesk, Believable],
) -> None:
    desk, work = filled
    size = {"width": 690, "height": 900}
    with chromium() as browser, profile(browser, viewport=size) as context:
        page = context.new_page()
        come_in(page, desk)
        page.goto(f"{desk.url}/cases/{work.cases['third-outage']}")
        assert shown(page, CHROME)
        page.emulate_media(media="print")
        assert shown(page, CHROME) == []
        expect(page.locator("#history-list li").last).to_be_visible()
        taken = page.locator("#history-list li [data-what] bdi").first
        content = taken.evaluate("one => getComputedStyle(one, '::after').content")
        assert content == '"Pat of the Desk"'  # not "you"

        page.goto(f"{desk.url}/cases/{work.cases['thread-2']}")
        folded = page.locator("details[id^=quoted-]").first
        assert folded.get_attribute("open") is None
        expect(folded.locator(".text")).to_be_visible()

        page.goto(f"{desk.url}/cases/{work.cases['ombudsman']}/record")
        assert shown(page, f"{CHROME}, .side form") == []
        borders = page.locator(BOXES).evaluate_all(
            "all => all.map(one => getComputedStyle(one).borderTopWidth)"
        )
        assert borders
        assert set(borders) == {"0px"}

        page.goto(f"{desk.url}/cases/{work.cases['ombudsman']}/report")
        assert shown(page, CHROME) == []
        expect(page.get_by_role("heading", name="History")).to_be_visible()
        page.goto(f"{desk.url}/log")
        assert page.evaluate("document.documentElement.scrollWidth") <= 690
