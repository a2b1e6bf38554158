"""The desk in a true browser, over a true server and database."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.desk_pages import come_in, listens, profile
from tests.filling import MODEL, angry, save, unscored
from tests.servers.browser import RunningDesk, running_desk
from tests.service_client import PASSWORD
from triage.store import Database, mailboxes
from triage.types import Person

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src='http://192.0.2.1/x.png' onerror='document.title=`run`'>"
    "<script>document.title='run'</script><style>*{display:none}</style>"
    "<svg onload=\"document.title='run'\"></svg>"
)


@pytest.fixture
def desk(database: Database) -> Iterator[RunningDesk]:
    with running_desk(database, MODEL) as running:
        yield running


@pytest.fixture
def context(browser: Browser, desk: RunningDesk) -> Iterator[BrowserContext]:
    """A fresh browser profile; at its end nothing was asked of anybody but the desk, and
    nothing was refused by the desk's own rules."""
    asked: list[str] = []
    said: list[str] = []
    with profile(browser) as context:
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda message: said.append(message.text))
        yield context
    ours = (desk.url, desk.other_url)
    assert asked
    assert [url for url in asked if not url.startswith(ours)] == []
    assert [text for text in said if "Content Security Policy" in text] == []


def sign_in(context: BrowserContext, desk: RunningDesk) -> Page:
    page = context.new_page()
    come_in(page, desk)
    return page


def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_by_keyboard_alone_from_the_sign_in_to_a_case_and_out(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    save(database, angry())
    page = context.new_page()
    page.goto(f"{desk.url}/?view=unowned")
    expect(page.get_by_label("Login")).to_be_focused()
    page.keyboard.type(desk.login)
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not fit each other")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{desk.url}/?view=unowned")
    listens(page)
    tab_to(page, "Dana Reyes")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{desk.url}/cases/1001")
    expect(page.locator("mark")).to_have_text("This is a disgrace.")
    listens(page)
    tab_to(page, "Looked for and not found")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Read by model")).to_be_visible()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Login")).to_be_focused()
    page.goto(f"{desk.url}/cases/1001")
    expect(page.get_by_label("Login")).to_be_visible()


def tab_to(page: Page, text: str) -> None:
    """Press Tab until what has the focus says ``text``; its focus can be seen."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if text in page.evaluate("document.activeElement.innerText"):
            assert page.evaluate(_OUTLINED), f"{text} has the focus and does not show it"
            return
    pytest.fail(f"{text} cannot be reached by Tab")


def test_the_queue_renews_itself(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    page = sign_in(context, desk)
    expect(page.get_by_text("No upset customer is waiting.")).to_be_visible()
    save(database, angry())
    expect(page.get_by_text("This is a disgrace.")).to_be_visible()


def test_a_link_from_another_site_opens_the_case(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    """A Point Person who reads mail in the browser does not sign in again."""
    save(database, angry())
    page = sign_in(context, desk)
    page.goto(f"{desk.other_url}/sign-in")
    page.evaluate(
        "url => { const a = document.createElement('a'); a.href = url; a.id = 'go';"
        "a.textContent = 'go'; document.body.append(a) }",
        f"{desk.url}/cases/1001",
    )
    page.locator("#go").click()
    expect(page.locator("mark")).to_have_text("This is a disgrace.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280, 3840])
def test_every_page_fits_the_screen_and_can_be_read(
    context: BrowserContext, desk: RunningDesk, database: Database, width: int, scheme: str
) -> None:
    endless = Person("W" * 300, f"{'w' * 300}@customer.example")
    save(database, angry(), angry("This is a disgrace. " + "x" * 3000, sender=endless), unscored())
    with database.transaction() as tx:
        mailboxes.meet(tx, "support", "INBOX", None)
        tx.execute("update notice set state = 'refused', answer = %s", ["550 " + "x" * 200])
    mailboxes.report(database, "support", "INBOX", "trouble", trouble="x" * 200)
    page = sign_in(context, desk)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in ("/", "/cases/1001", "/cases/1002", "/mails/unscored", "/mails/3", "/nowhere"):
        page.goto(desk.url + path)
        listens(page)
        assert fits(page), f"{path} sticks out at {width}"
        weak = page.evaluate(_WEAK_CONTRAST)
        assert weak == [], f"{path} is hard to read in {scheme}: {weak}"


def test_nothing_in_a_hostile_mail_runs_or_is_fetched(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    sender = Person(HOSTILE, "x@customer.example")
    save(database, angry(HOSTILE + " This is a disgrace.", subject=HOSTILE, sender=sender))
    page = sign_in(context, desk)
    for path in ("/", "/cases/1001", "/mails/1"):
        page.goto(desk.url + path)
        listens(page)
        expect(page.get_by_text("document.title").first).to_be_visible()
        assert page.title() != "run"


def test_the_original_is_downloaded(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    flagged = angry()
    save(database, flagged)
    page = sign_in(context, desk)
    page.goto(f"{desk.url}/cases/1001")
    with page.expect_download() as download:
        page.get_by_role("link", name="Original mail").click()
    assert download.value.suggested_filename == "mail-1.eml"
    assert download.value.path().read_bytes() == flagged.raw.content


def test_a_page_names_its_parts(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    """What a screen reader goes by: landmarks, one first heading, a list of cases."""
    save(database, angry(), unscored())
    page = sign_in(context, desk)
    assert page.locator("h1").count() == 1
    for role in ("banner", "main", "contentinfo", "search"):
        expect(page.get_by_role(role)).to_have_count(1)  # type: ignore[arg-type]
    expect(page.get_by_role("list", name="Cases, what runs out first on top")).to_be_visible()
    expect(page).to_have_title(re.compile("Upset customers"))
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto(f"{desk.url}/cases/1001")
    expect(page.get_by_role("article", name="Order 5512")).to_be_visible()
    expect(page.get_by_role("complementary", name="About this case")).to_be_visible()


_OUTLINED = """
[undefined, '::after'].some(
  part => getComputedStyle(document.activeElement, part).outlineStyle === 'solid')
"""
_WEAK_CONTRAST = """
() => {
  const paint = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = color => {
    paint.clearRect(0, 0, 1, 1); paint.fillStyle = color; paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const light = color => {
    const [r, g, b] = rgba(color).map(c => (c /= 255) <= .04045 ? c / 12.92
      : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (rgba(color)[3] === 255) return color;
    }
    return 'white';
  };
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const a = light(getComputedStyle(element).color), b = light(behind(element));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) weak.push([walker.currentNode.data.trim().slice(0, 40), ratio.toFixed(2)]);
  }
  return weak;
}
"""
"""Texts of the page whose contrast with what lies behind them is below 4.5 (WCAG 1.4.3 AA)."""
