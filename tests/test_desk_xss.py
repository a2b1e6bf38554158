"""Hostile mails, taken apart and stored as any mail is, on every page that shows them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.caseloads import caseload
from tests.desk_pages import come_in, listens, profile
from tests.filling import MODEL, POINT
from tests.hostile_mails import ANGRY, FILES, hostile_mails
from tests.readings import NOON, scores
from tests.servers.browser import RunningDesk, running_desk
from triage.classifier import mail_text
from triage.mail import ReadingRules, parse
from triage.pipeline import Saver
from triage.store import Database
from triage.types import (
    Assessment,
    Decision,
    Evidence,
    Outcome,
    Place,
    RawMail,
    Reading,
    Severity,
)

pytestmark = pytest.mark.browser

FIRST = 1001
LISTS = (
    "/",
    "/?view=unowned",
    "/?q=disgrace",
    "/log",
    "/log?q=disgrace",
    "/manager",
    "/trends",
    "/mails/unscored",
    "/audit",
)
OF_A_CASE = ("/record", "/report", "/drafts/first-answer")
_TRIPWIRE = """
Object.defineProperty(window, '__tripped', {set() { console.log('TRIPPED in ' + location) }});
"""
_STRANGE = re.compile("[\0\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
"""What turns text around, or hides in it."""


@pytest.fixture
def desk(database: Database) -> Iterator[RunningDesk]:
    """Case 1001 has the first of the hostile mails, and so on."""
    _save(database)
    with running_desk(database, MODEL) as running:
        yield running


@pytest.fixture
def context(browser: Browser, desk: RunningDesk) -> Iterator[BrowserContext]:
    """At its end nothing ran, nothing was asked of anybody else, and nothing had to be stopped."""
    strange: list[str] = []

    def look(request: Request) -> None:
        ours = request.url.startswith(desk.url + "/") or request.url.startswith("about:")
        reads = request.method == "GET" or request.url.endswith("/sign-in")
        if not (ours and reads):
            strange.append(f"{request.method} {request.url}")

    with profile(browser) as context:
        context.add_init_script(_TRIPWIRE)
        context.on("request", look)
        context.on("dialog", lambda dialog: strange.append(f"dialog: {dialog.message}"))
        context.on("console", lambda said: strange.append(said.text))
        context.on("weberror", lambda error: strange.append(str(error.error)))
        yield context
    assert not strange, "\n".join(strange)


def _save(database: Database) -> None:
    rules = ReadingRules(frozenset(), case_patterns=(), case_presets=())
    saver = Saver(caseload(*POINT))
    for number, mail in enumerate(hostile_mails(), start=1):
        place = Place("support", "INBOX", 7, number)
        raw = RawMail(place, NOON, mail.content, len(mail.content))
        email = parse(raw, rules)
        read = mail_text(email.subject, email.text)
        said = ANGRY.split(".")[0] + "."
        start = read.index(said)
        evidence = (Evidence(said, start, start + len(said), "angry", 0.5),)
        assessment = Assessment(read, scores(angry=0.9, supervisor=0.9), evidence, MODEL)
        decision = Decision(Outcome.FLAG, Severity.HIGH, "angry")
        with database.transaction() as tx:
            saver.save(tx, [Reading(raw, email, assessment, decision, "The customer is angry.")])


def settled(page: Page, url: str) -> None:
    """Opened, renewed once, and with all that was folded away open."""
    page.goto(url)
    listens(page)
    assert page.url == url
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert not _STRANGE.search(page.inner_text("body")), url
    assert "__globals__" not in page.title()
    assert page.evaluate("document.querySelectorAll('[onerror], [onload], [hx-vals]').length") == 0


@pytest.mark.timeout(900)
def test_no_case_and_no_mail_runs_or_fetches_anything(
    context: BrowserContext, desk: RunningDesk
) -> None:
    page = context.new_page()
    come_in(page, desk)
    for number in range(len(hostile_mails())):
        settled(page, f"{desk.url}/cases/{FIRST + number}")
        expect(page.get_by_text("This is a disgrace.").first).to_be_visible()
        frame = page.frame_locator("details.as-sent iframe").first
        expect(frame.get_by_text("This is a disgrace.").first).to_be_visible()
        for one in page.frames:
            one.wait_for_load_state()


@pytest.mark.timeout(900)
def test_html_opened_by_itself_runs_and_fetches_nothing(
    context: BrowserContext, desk: RunningDesk
) -> None:
    """As when somebody opens the frame in a tab of its own, where no other page confines it."""
    page = context.new_page()
    come_in(page, desk)
    for number in range(1, len(hostile_mails()) + 1):
        page.goto(f"{desk.url}/mails/{number}/as-sent")
        expect(page.get_by_text("This is a disgrace.").first).to_be_visible()
        assert page.locator("a, form, input, button, iframe, img, svg, script, link").count() == 0
        covering = page.evaluate(_COVERING)
        assert covering == [], number


_COVERING = """
() => [...document.querySelectorAll('body *')]
  .filter(one => !['static', 'relative'].includes(getComputedStyle(one).position))
  .map(one => one.outerHTML.slice(0, 80))
"""


@pytest.mark.timeout(900)
def test_no_list_and_no_paper_of_a_case_runs_or_fetches_anything(
    context: BrowserContext, desk: RunningDesk
) -> None:
    page = context.new_page()
    come_in(page, desk)
    for path in LISTS:
        settled(page, desk.url + path)
    for number in range(0, len(hostile_mails()), 3):
        for path in OF_A_CASE:
            settled(page, f"{desk.url}/cases/{FIRST + number}{path}")


def test_attachments_and_originals_are_only_ever_saved(
    context: BrowserContext, desk: RunningDesk
) -> None:
    page = context.new_page()
    come_in(page, desk)
    number = next(at for at, one in enumerate(hostile_mails(), start=1) if one.what == "files")
    addresses = [f"/mails/{number}/attachments/{at}" for at in range(1, len(FILES) + 1)]
    for address in (*addresses, f"/mails/{number}/original.eml"):
        answer = context.request.get(desk.url + address)
        assert answer.status == 200, address
        _inert(answer.headers)
        with page.expect_download() as download:
            page.evaluate("url => { location.href = url }", address)
        name = Path(download.value.suggested_filename)
        assert name.name == str(name)
        assert not _STRANGE.search(str(name)), str(name)


def _inert(headers: dict[str, Any]) -> None:
    """Saved, not shown; and were it shown, it could do nothing."""
    assert headers["content-disposition"].startswith("attachment")
    assert headers["content-type"] in {"application/octet-stream", "message/rfc822"}
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "sandbox" in headers["content-security-policy"]
    assert "set-cookie" not in headers
