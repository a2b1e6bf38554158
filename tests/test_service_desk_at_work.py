"""Point Persons at work in a true browser: what changes shows, and nothing written is lost."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from threading import Event

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect
from starlette.testclient import TestClient

from service.permissions import Role
from tests import desk_pages
from tests.desk_pages import enter, listens, profile
from tests.filling import MODEL, angry, answering, save
from tests.servers.browser import RunningDesk, running_desk
from tests.service_client import PASSWORD, account, client_as
from triage.store import Database, life
from triage.store import live as news
from triage.types import Person

pytestmark = pytest.mark.browser

KIM = "kim@desk.example"


@pytest.fixture
def desk(database: Database) -> Iterator[RunningDesk]:
    with running_desk(database, MODEL) as running:
        yield running


@pytest.fixture
def context(browser: Browser, desk: RunningDesk) -> Iterator[BrowserContext]:
    """At its end no script has failed, and nothing was refused by the desk's own rules."""
    wrong: list[str] = []

    def look(line: ConsoleMessage) -> None:
        if "Content Security Policy" in line.text:
            wrong.append(line.text)

    with profile(browser, viewport={"width": 1280, "height": 800}) as context:
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on("console", look)
        yield context
    assert wrong == []


def come_in(context: BrowserContext, desk: RunningDesk, login: str = "pat") -> Page:
    page = context.new_page()
    desk_pages.come_in(page, desk, login)
    return page


def at_case(context: BrowserContext, desk: RunningDesk) -> Page:
    page = come_in(context, desk)
    page.goto(f"{desk.url}/cases/1001")
    listens(page)
    return page


def notes(who: TestClient, text: str) -> None:
    assert who.post("/cases/1001/acts/note", data={"text": text}).status_code == 303


def active(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def card(page: Page, id: int) -> str:
    return f"#cases > #case-{id}"


def test_a_flag_appears_without_reload_and_is_announced_once(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    page = come_in(context, desk)
    expect(page.get_by_text("No upset customer is waiting.")).to_be_visible()
    page.evaluate("window.sameDocument = true")
    save(database, angry())
    expect(page.locator(card(page, 1001))).to_contain_text("This is a disgrace.")
    expect(page.locator("#said")).to_have_text("New: High: Dana Reyes")
    assert page.evaluate("window.sameDocument")


def test_rows_come_and_go_without_taking_focus_or_place(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    people = [Person(f"Customer {n}", f"c{n}@customer.example") for n in range(20)]
    save(database, *(angry(sender=one) for one in people))
    page = come_in(context, desk)
    page.locator("#tick-1016").check()
    page.locator("#open-1015").focus()
    page.evaluate("window.row = document.getElementById('case-1015')")
    top = page.evaluate("row.getBoundingClientRect().top")
    other = client_as(database, "point", login="kim", person=KIM)
    other.post("/queue/acknowledge", data={"one": "1002"})
    expect(page.locator(card(page, 1002))).to_contain_text("Kim Point")
    assert active(page) == "open-1015"
    assert page.evaluate("row.isConnected")
    assert page.locator("#tick-1016").is_checked()
    assert abs(page.evaluate("row.getBoundingClientRect().top") - top) < 150


def test_the_whole_life_of_a_case_by_keyboard_alone(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    save(database, angry(sender=Person("Ann", "ann@x.example")), angry())
    page = come_in(context, desk)
    keys = page.keyboard
    keys.press("/")
    keys.type("dana")
    keys.press("Enter")
    expect(page).to_have_url(f"{desk.url}/?q=dana&severity=&status=")
    listens(page)
    keys.press("j")
    assert active(page) == "open-1002"
    keys.press("Enter")
    expect(page).to_have_url(f"{desk.url}/cases/1002")
    listens(page)
    keys.press("a")
    done(page, "You have the case.")
    assert active(page) == "done"
    keys.press("r")
    keys.type("Phoned her.")
    send(page)
    done(page, "The customer has an answer.")
    keys.press("d")
    keys.type("Refunded 40 EUR.")
    send(page)
    done(page, "What was done is noted.")
    keys.press("o")
    send(page)
    done(page, "The customer was told the outcome.")
    keys.press("y")
    keys.type("She is content.")
    send(page)
    done(page, "The customer says that it works.")
    keys.press("c")
    done(page, "The case is closed.")
    keys.press("u")
    done(page, "The case is open again")
    assert status(database, 1002) == "in hand"
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()


def send(page: Page) -> None:
    """By Tab to the button, and Enter."""
    page.keyboard.press("Tab")
    assert active(page).startswith("do-")
    page.keyboard.press("Enter")


def done(page: Page, said: str) -> None:
    expect(page.locator("#done")).to_contain_text(said)
    expect(page.locator("#said")).to_contain_text(said)


def status(database: Database, case_id: int) -> str:
    with database.transaction() as tx:
        state = life.look(tx, case_id)
    assert state is not None
    return state.status


def test_single_keys_can_be_turned_off(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    save(database, angry())
    page = come_in(context, desk)
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Single keys work").uncheck()
    page.keyboard.press("Escape")
    sent: list[str] = []
    context.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    page.goto(f"{desk.url}/cases/1001")
    listens(page)
    page.keyboard.press("a")
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Single keys work").check()
    page.keyboard.press("Escape")
    assert sent == []
    page.keyboard.press("a")
    done(page, "You have the case.")
    assert len(sent) == 1


def test_several_are_ticked_and_taken_by_keyboard(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    people = [Person(f"Customer {n}", f"c{n}@customer.example") for n in range(4)]
    save(database, *(angry(sender=one) for one in people))
    page = come_in(context, desk)
    for key in "jxjjx":
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Acknowledge 2 ticked")).to_be_visible()
    page.keyboard.press("a")
    done(page, "You have these 2 cases.")
    assert {status(database, id) for id in (1001, 1003)} == {"acknowledged"}
    assert {status(database, id) for id in (1002, 1004)} == {"flagged"}
    assert active(page) == "open-1003"
    page.get_by_role("button", name="Undo: give back").click()
    done(page, "Given back")
    assert status(database, 1001) != "acknowledged"


def test_two_people_on_one_case(
    browser: Browser, context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    """What one does the other sees at once; what the other types stays, and is not done unseen."""
    save(database, angry())
    account(database, Role.POINT, login="kim", person=KIM, password=PASSWORD)
    with profile(browser) as theirs:
        pat, kim = come_in(context, desk), come_in(theirs, desk, "kim")
        for page in (pat, kim):
            page.goto(f"{desk.url}/cases/1001")
            listens(page)
        _two_people(pat, kim)


def _two_people(pat: Page, kim: Page) -> None:
    pat.keyboard.press("d")
    pat.keyboard.type("I sent a new sofa.")
    kim.keyboard.press("a")
    done(kim, "You have the case.")
    expect(pat.locator("#changed")).to_contain_text("Acknowledged by Kim Point")
    expect(pat.locator(".labels")).to_contain_text("Kim Point")
    expect(pat.locator("#note-done-done")).to_have_value("I sent a new sofa.")
    assert active(pat) == "note-done-done"
    pat.keyboard.press("Tab")
    pat.keyboard.press("Enter")
    expect(pat.locator("#since")).to_contain_text("Acknowledged by Kim Point")
    expect(pat.locator("#note-done-done")).to_have_value("I sent a new sofa.")
    pat.locator("#do-note-done").click()
    done(pat, "What was done is noted.")
    expect(kim.locator("#history-list")).to_contain_text("I sent a new sofa.")


@pytest.mark.parametrize("scripted", [True, False])
def test_what_was_refused_stays_while_more_is_heard(
    context: BrowserContext, desk: RunningDesk, database: Database, scripted: bool
) -> None:
    """Whether the form was sent by the script, or by a browser whose script was not there yet."""
    save(database, angry())
    page = at_case(context, desk)
    kim = client_as(database, "point", login="kim", person=KIM)
    page.keyboard.press("d")
    page.keyboard.type("I sent a new sofa.")
    kim.post("/queue/acknowledge", data={"one": "1001"})
    expect(page.locator("#changed")).to_contain_text("Acknowledged by Kim Point")
    if scripted:
        send(page)
    else:
        page.evaluate("document.getElementById('form-note-done').submit()")
    expect(page.locator("#since")).to_contain_text("Acknowledged by Kim Point")
    listens(page)
    notes(kim, "She called again.")
    expect(page.locator("#history-list")).to_contain_text("She called again.")
    expect(page.locator("#since")).to_contain_text("Acknowledged by Kim Point")
    expect(page.locator("#note-done-done")).to_have_value("I sent a new sofa.")
    page.locator("#do-note-done").click()
    expect(page.locator("#since")).to_contain_text("Note by Kim Point")
    page.locator("#do-note-done").click()
    done(page, "What was done is noted.")
    expect(page.locator("#since")).to_have_count(0)


def test_what_was_asked_before_an_act_does_not_hide_what_came_of_it(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    """The answer that shows the case as it was comes in last."""
    save(database, angry())
    page = at_case(context, desk)
    kim = client_as(database, "point", login="kim", person=KIM)
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/cases/1001", hold)
    with page.expect_request("**/cases/1001"):
        notes(kim, "She called.")
    page.keyboard.press("a")
    done(page, "You have the case.")
    for route in late:
        route.continue_()
    page.unroute_all()
    notes(kim, "She called again.")
    expect(page.locator("#history-list")).to_contain_text("She called again.")
    expect(page.locator("#done")).to_contain_text("You have the case.")
    assert active(page) == "done"


def test_how_many_are_ticked_stays_said_when_a_case_comes_in(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    save(database, angry())
    page = come_in(context, desk)
    page.locator("#tick-1001").check()
    save(database, angry(sender=Person("Ann", "ann@x.example")))
    expect(page.locator(card(page, 1002))).to_be_visible()
    expect(page.get_by_role("button", name="Acknowledge 1 ticked")).to_be_visible()


@pytest.mark.parametrize("let_in", [False, True])
def test_nothing_is_missed_before_the_desk_listens(
    context: BrowserContext,
    desk: RunningDesk,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    let_in: bool,
) -> None:
    """It takes long to reach its database; after a while it lets the page in nevertheless."""
    may, listening = Event(), news.listening

    @asynccontextmanager
    async def late(url: str) -> AsyncIterator[AsyncIterator[news.News]]:
        while not may.is_set():
            await asyncio.sleep(0.05)
        async with listening(url) as heard:
            yield heard

    monkeypatch.setattr(news, "listening", late)
    page = context.new_page()
    page.goto(desk.url)
    with page.expect_response("**/api/v1/events"):
        enter(page, desk.login)
    if let_in:
        listens(page)
    else:
        page.wait_for_timeout(600)  # for a page that would not wait until the desk listens
    save(database, angry())
    may.set()
    expect(page.locator(card(page, 1001))).to_be_visible()


def test_a_session_that_ends_in_mid_edit_loses_no_text(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    save(database, angry())
    page = at_case(context, desk)
    page.keyboard.press("n")
    page.keyboard.type("She likes blue.")
    with database.transaction() as tx:
        tx.execute("delete from session")
    send(page)
    expect(page.locator("#state")).to_contain_text("You were signed out")
    expect(page.locator("#note-text")).to_have_value("She likes blue.")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in another tab").click()
    again = opened.value
    enter(again, desk.login)
    again.close()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#state")).to_be_hidden()
    page.locator("#do-note").click()
    done(page, "The note is in the case.")
    expect(page.locator("#history-list")).to_contain_text("She likes blue.")


def test_a_lost_connection_is_said_and_what_was_missed_shows_afterwards(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    page = come_in(context, desk)
    context.set_offline(True)
    expect(page.locator("#state")).to_contain_text("Connection lost")
    save(database, angry())
    context.set_offline(False)
    expect(page.locator("#state")).to_be_hidden()
    expect(page.locator(card(page, 1001))).to_be_visible()


def test_what_somebody_opened_and_typed_stays_when_mail_comes_in(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    first = angry(quoted="On Monday you wrote:\n> Soon.")
    save(database, first)
    page = at_case(context, desk)
    page.get_by_text("Quoted history").click()
    page.keyboard.press("n")
    page.keyboard.type("half a th")
    save(database, answering(first, angry("This is a disgrace. Still!")))
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_text("> Soon.")).to_be_visible()
    page.keyboard.type("ought")
    expect(page.locator("#note-text")).to_have_value("half a thought")


def test_html_is_fetched_only_when_it_is_asked_for_and_acts_on_nothing(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    from tests.test_service_case import HTML, with_bytes

    save(database, with_bytes(HTML))
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = at_case(context, desk)
    assert not [url for url in asked if "as-sent" in url]
    page.get_by_text("As it was sent").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("leads to https://evil.example")).to_be_visible()
    assert [url for url in asked if not url.startswith(desk.url)] == []


def test_without_a_script_everything_works_by_plain_forms(
    browser: Browser, desk: RunningDesk, database: Database
) -> None:
    save(database, angry())
    with profile(browser, java_script_enabled=False) as context:
        _by_plain_forms(context.new_page(), desk)


def _by_plain_forms(page: Page, desk: RunningDesk) -> None:
    page.goto(f"{desk.url}/sign-in")
    enter(page, desk.login)
    page.get_by_role("button", name="Acknowledge T-1001").click()
    expect(page.locator("#done")).to_contain_text("You have the case.")
    page.get_by_role("link", name="Dana Reyes").click()
    page.locator("#act-note-done > summary").click()
    page.locator("#note-done-done").fill("Refunded.")
    page.locator("#do-note-done").click()
    expect(page.locator("#done")).to_contain_text("What was done is noted.")
    page.get_by_role("link", name="First answer").or_(
        page.locator("[data-draft]").first
    ).first.click()
    expect(page.get_by_role("button", name="Check it")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 2560])
def test_a_case_fits_the_screen_with_every_form_open(
    context: BrowserContext, desk: RunningDesk, database: Database, width: int
) -> None:
    save(database, angry())
    with database.transaction() as tx:
        tx.execute("update cases set severity = 'emergency'")
        tx.execute("update clock set due = due - interval '30 hours'")
    page = come_in(context, desk)
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/", "/cases/1001", "/cases/1001/drafts/first-answer"):
        page.goto(desk.url + path)
        listens(page)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_the_first_view_weighs_little(
    context: BrowserContext, desk: RunningDesk, database: Database
) -> None:
    """All that crosses the wire for the queue of a busy day, nothing kept before."""
    people = [Person(f"Customer {n}", f"c{n}@customer.example") for n in range(60)]
    save(database, *(angry(sender=one) for one in people))
    page = come_in(context, desk)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    weights: list[float] = []
    session.on("Network.loadingFinished", lambda done: weights.append(done["encodedDataLength"]))
    page.goto(desk.url)
    listens(page)
    assert len(weights) >= 8, "the page, its style and its scripts, and the page once more"
    assert sum(weights) < 100_000
