"""Notices as a phone shows them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle

import pytest
from playwright.sync_api import Page

from tests.hostile import poisoned
from tests.notices import CASES, DONE, EVERY, SAFETY
from tests.servers.browser import chromium
from triage.notify import compose_any
from triage.types import Severity

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page(viewport=PHONE)  # type: ignore[arg-type]


def show(page: Page, notice) -> None:  # type: ignore[no-untyped-def]
    body = compose_any(notice).get_body(("html",))
    assert body is not None
    page.set_content(body.get_content())


WIDE = ["W" * 300, "Donaudampfschifffahrt" * 9, "a" * 60 + "@" + "b" * 60]


@pytest.mark.parametrize("kind", sorted(set(EVERY) - {"flag", "trouble"}))
@pytest.mark.parametrize("filled", [False, True])
def test_nothing_is_wider_than_a_phone(page: Page, kind: str, filled: bool) -> None:
    notice = EVERY[kind]
    show(page, poisoned(notice, cycle(WIDE)) if filled else notice)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("kind", sorted(CASES))
def test_what_to_do_and_the_button_are_seen_without_scrolling(page: Page, kind: str) -> None:
    show(page, CASES[kind])
    box = page.get_by_role("link", name="Open the case").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < PHONE["height"]
    assert box["height"] >= 44


def test_an_emergencys_number_is_the_first_thing_to_tap(page: Page) -> None:
    case = replace(CASES["reminder"].case, severity=Severity.EMERGENCY)
    show(page, replace(CASES["reminder"], case=case, safety=SAFETY))
    assert page.locator("a").first.get_attribute("href") == "tel:110"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["reminder", "bundle", "manager_task"])
def test_links_and_text_stand_out_from_the_ground(page: Page, kind: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    show(page, EVERY[kind])
    worst = page.evaluate(_WORST_CONTRAST)
    page.emulate_media(color_scheme="light")
    assert worst["ratio"] >= 4.5, worst


def test_the_managers_two_lines_are_seen_at_once(page: Page) -> None:
    show(page, DONE)
    box = page.get_by_text("Done by Pat Point", exact=False).last.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 300


_WORST_CONTRAST = """() => {
  const channels = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => channels(c).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if (channels(c).length === 3 || channels(c)[3] > 0) return c;
    }
    return "rgb(255, 255, 255)";
  };
  let worst = {ratio: 99, text: ""};
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !e.getClientRects().length) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst.ratio) worst = {ratio, text: walk.currentNode.textContent.trim()};
  }
  return worst;
}"""
