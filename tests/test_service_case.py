"""The case page: its acts, verdicts, drafts, and the mail as it was sent."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from service.act_forms import FORMS
from service.as_sent import harmless
from service.judging import judging, saying
from service.warmth import level, picture
from tests.filling import angry, answering, reading, save
from tests.readings import raw_mail
from tests.service_client import PERSON, client_as, visitor
from tests.test_service_pages import text_of
from triage.store import Database, cases, life, verdicts
from triage.types import Attachment, Decision, Outcome, Reading

KIM = "kim@desk.example"
HTML = b"""From: dana@customer.example\r
Subject: Order\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=x\r
\r
--x\r
Content-Type: text/html; charset=utf-8\r
\r
<p style="color:red;position:fixed" onclick="a()">I wait.\r
<a href="https://evil.example/?a=1&amp;b=2">my bank</a> <a href="javascript:alert(1)">run</a>\r
<img src="https://evil.example/x.png" alt="a sofa"><script>alert(1)</script>\r
<form action="//evil.example"><input name=q></form><style>@import "//evil.example"</style></p>\r
--x\r
Content-Type: text/html; name="../../run.html"\r
Content-Disposition: attachment; filename="../../run.html"\r
\r
<script>alert(1)</script>\r
--x--\r
"""


def act(client: TestClient, name: str, **said: str) -> str:
    """The page that follows an act that is done."""
    answer = client.post(f"/cases/1001/acts/{name}", data=said)
    assert answer.status_code == 303, text_of(answer.text)
    page = client.get(answer.headers["location"])
    assert page.status_code == 200
    return page.text


def status(database: Database) -> str:
    with database.transaction() as tx:
        state = life.look(tx, 1001)
    assert state is not None
    return state.status


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found is not None
    return found[1]


def offered(page: str) -> list[str]:
    """Acts in the order of the page, the first is the one to press."""
    return re.findall(r' id="act-([a-z-]+)"', page)


def with_bytes(content: bytes) -> Reading:
    flagged = angry(attachments=(Attachment("../../run.html", "text/html", 25),))
    raw = raw_mail(7_001)
    return replace(flagged, raw=replace(raw, content=content, size=len(content)))


def test_the_whole_life_of_a_case(database: Database) -> None:
    save(database, angry())
    client = client_as(database, "point")
    page = client.get("/cases/1001").text
    assert offered(page)[0] == "acknowledge"
    page = act(client, "acknowledge")
    assert "You have the case." in page
    assert "Undo: give back" in page
    assert offered(page)[0] == "answered"
    page = act(client, "answered", note="Phoned.")
    page = act(client, "note-done", done="Refunded.")
    assert offered(page)[0] == "tell-manager"
    assert "told" in offered(page)
    page = act(client, "told", note="By mail.")
    assert status(database) == "told"
    page = act(client, "confirmed", note="Works.")
    assert "close" in offered(page)
    page = act(client, "close")
    assert status(database) == "closed"
    assert "Undo: open again" in page
    assert offered(page)[0] == "reopen"
    page = act(client, "reopen", reason="Not yet.")
    assert status(database) == "in hand"
    said = text_of(page)
    for event in ("Acknowledged by you", "Refunded.", "Customer told the outcome", "Closed"):
        assert event in said


@pytest.mark.parametrize(
    ("name", "undo"), [("acknowledge", "give-back"), ("hold", "end-hold"), ("dismiss", "reopen")]
)
def test_what_is_done_can_be_taken_back(database: Database, name: str, undo: str) -> None:
    save(database, angry())
    client = client_as(database, "point")
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M}"
    if name == "hold":
        act(client, "acknowledge")
    page = act(client, name, reason="A joke.", until=tomorrow, why="Waits for the courier.")
    strip = page[page.index('id="done"') : page.index('class="acts"')]
    assert f'action="/cases/1001/acts/{undo}"' in strip
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', strip))
    act(client, undo, **fields)


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(database: Database) -> None:
    save(database, angry())
    client = client_as(database, "point")
    answer = client.post(
        "/cases/1001/acts/make-promise", data={"what": "A call <b>back</b>", "due": "soon"}
    )
    assert answer.status_code == 422
    page = answer.text
    assert 'value="A call &lt;b&gt;back&lt;/b&gt;"' in page
    assert "Write the time as 2026-06-03 17:00." in page
    due = page[page.index('id="make-promise-due"') :]
    assert 'aria-invalid="true"' in due[: due.index(">")]
    assert 'aria-describedby="make-promise-due-said"' in due[: due.index(">")]
    assert re.search(r'<details class="act[^"]*" id="act-make-promise" name="act" open>', page)
    past = client.post(
        "/cases/1001/acts/make-promise", data={"what": "x", "due": "2020-01-01T10:00"}
    )
    assert past.status_code == 422
    assert "Due must lie ahead" in past.text
    endless = client.post("/cases/1001/acts/note", data={"text": "x" * 10_001})
    assert endless.status_code == 422
    assert "at most 10000 characters" in endless.text
    assert "x" * 10_001 in endless.text


def test_a_page_that_is_out_of_date_does_nothing_and_says_what_happened(
    database: Database,
) -> None:
    save(database, angry())
    client = client_as(database, "point")
    old = seen(act(client, "acknowledge"))
    other = client_as(database, "point", login="kim", person=KIM)
    other.post("/cases/1001/acts/note-done", data={"done": "Kim refunded it.", "seen": old})
    answer = client.post("/cases/1001/acts/note-done", data={"done": "I sent a sofa.", "seen": old})
    assert answer.status_code == 409
    said = text_of(answer.text)
    assert "The case changed since you saw it. Nothing was done" in said
    assert "Noted what was done by Kim Point" in said
    assert "I sent a sofa.</textarea>" in answer.text
    with database.transaction() as tx:
        state = life.look(tx, 1001)
    assert state is not None
    assert state.done == "Kim refunded it."
    act(client, "note-done", done="I sent a sofa.", seen=seen(answer.text))


def test_a_note_is_kept_whatever_happened_meanwhile(database: Database) -> None:
    save(database, angry())
    client = client_as(database, "point")
    old = seen(client.get("/cases/1001").text)
    act(client_as(database, "point", login="kim", person=KIM), "acknowledge")
    page = act(client, "note", text="She likes blue.", seen=old)
    assert "What colleagues say" in page
    assert "She likes blue." in page


def test_what_was_written_for_an_act_that_fits_no_more_is_shown(database: Database) -> None:
    save(database, angry())
    client = client_as(database, "point")
    answer = client.post("/cases/1001/acts/give-back", data={"why": "I am off at six."})
    assert answer.status_code == 409
    assert "does not fit the case as it stands" in answer.text
    assert "I am off at six.</textarea>" in answer.text


def test_only_what_the_roles_allow_is_offered_and_done(database: Database) -> None:
    save(database, angry())
    rep = client_as(database, "rep")
    page = rep.get("/cases/1001").text
    assert "acknowledge" in offered(page)
    assert "dismiss" not in offered(page)
    assert rep.post("/cases/1001/acts/dismiss", data={"reason": "x"}).status_code == 403
    admin = client_as(database, "admin", person="")
    page = admin.get("/cases/1001").text
    assert offered(page) == []
    assert "stands for nobody" in page
    assert admin.post("/cases/1001/acts/note", data={"text": "x"}).status_code == 403
    assert status(database) == "flagged"


def test_every_act_has_a_form_and_no_two_that_meet_share_a_key() -> None:
    always = ("note", "insists", "raise-severity", "note-rudeness", "ask-help", "make-promise")
    phases = (
        ("acknowledge", "take-in-hand", "answered", "note-done", "told", "dismiss", *always),
        ("close", "asked-again", "confirmed", "keep-promise", "tell-manager", "hand-over"),
    )
    keys = [FORMS[name].key for phase in phases for name in phase]
    assert len(keys) == len(set(keys)), keys
    for form in FORMS.values():
        assert form.key not in {"j", "k", "/", "?", "u"} or form.name == "keep-promise"


@pytest.mark.parametrize("name", ["nonsense", "Note", ""])
def test_no_such_act(database: Database, name: str) -> None:
    save(database, angry())
    assert visitor(database).post(f"/cases/1001/acts/{name}").status_code in {404, 405}
    assert visitor(database).post("/cases/1/acts/note", data={"text": "x"}).status_code == 404


def test_how_angry_over_the_thread_in_a_picture_and_in_words(database: Database) -> None:
    first = angry()
    save(database, first)
    calm = reading("Thanks.", Decision(Outcome.PASS, None, "none"), raised={"upset": 0.1})
    save(database, answering(first, calm))
    page = visitor(database).get("/cases/1001").text
    assert page.count("<circle cx=") == 2
    assert "2 mails: now calm; at first angry." in page
    with database.transaction() as tx:
        found = cases.detail(tx, 1001)
    assert found is not None
    assert picture(found.mails[:1], datetime.now(UTC)) is None
    assert [level(warm) for warm in (-1, 0.4, 1.2, 2.4, 2.6, 9)] == [
        "calm",
        "calm",
        "upset",
        "angry",
        "irate",
        "irate",
    ]


def test_a_customers_other_cases_and_rudeness_are_beside_it(database: Database) -> None:
    save(database, angry(), angry(subject="Once more"))
    client = client_as(database, "point")
    act(client, "note-rudeness", text="Shouted at Kim.")
    said = text_of(client.get("/cases/1002").text)
    assert "Rude behaviour noted once." in said
    assert "T-1001 Order 5512" in said


def test_right_or_wrong_is_one_click_and_can_be_taken_back(database: Database) -> None:
    save(database, angry())
    client = client_as(database, "point")
    where = {"back": "/cases/1001"}
    answer = client.post("/mails/1/verdicts", data={"say": "anger:calm", **where})
    assert answer.headers["location"] == "/cases/1001"
    assert verdict(database) == {
        "upset": (False, "calm"),
        "angry": (False, "calm"),
        "irate": (True, "calm"),
    }
    page = client.get("/cases/1001").text
    assert re.search(r'value="anger:calm" aria-pressed="true"', page)
    client.post("/mails/1/verdicts", data={"say": "anger:irate", **where})
    assert verdict(database)["irate"] == (False, "irate")
    client.post("/mails/1/verdicts", data={"say": "complaint:yes"})
    assert verdict(database)["complaint"] == (False, "yes")
    client.post("/mails/1/verdicts", data={"say": "anger:"})
    client.post("/mails/1/verdicts", data={"say": "complaint:"})
    client.post("/mails/1/verdicts", data={"say": "complaint:"})
    assert verdict(database) == {}


def verdict(database: Database) -> dict[str, tuple[bool, str]]:
    with database.transaction() as tx:
        return {one.signal: (one.is_right, one.it_was) for one in verdicts.of_mail(tx, 1)}


@pytest.mark.parametrize("say", ["", "x", "anger:yes", "complaint:calm", "upset:upset", "no:yes"])
def test_what_no_button_says_is_no_verdict(database: Database, say: str) -> None:
    save(database, angry())
    client = client_as(database, "point")
    assert client.post("/mails/1/verdicts", data={"say": say}).status_code == 404
    assert saying(say) is None
    assert verdict(database) == {}


def test_a_signal_counts_as_read_from_its_threshold_on() -> None:
    scores = {"angry": 0.6, "upset": 0.9, "irate": 0.1, "urgent": 0.4}
    assert judging(scores, {}, ()).read[0].what == "reads angry"
    asked = judging(scores, {"angry": 0.7, "urgent": 0.3}, ())
    assert [one.what for one in asked.read] == ["reads upset", "urgent"]


def test_guidance_and_a_draft_that_is_checked_and_never_sent(database: Database) -> None:
    save(database, angry())
    client = client_as(database, "point")
    page = client.get("/cases/1001").text
    assert "What to do now" in page
    assert 'href="/cases/1001/drafts/first-answer"' in page
    draft = client.get("/cases/1001/drafts/first-answer").text
    assert "Dear Dana Reyes" in draft
    assert "Something is still to be filled in." in draft
    answer = client.post(
        "/cases/1001/drafts/first-answer",
        data={"subject": "Re: T-1001", "text": "Dear Dana,\nthat was our fault <i>. T-1001"},
    )
    assert answer.status_code == 200
    assert "Line 2: Apologises for the company, or admits a fault" in text_of(answer.text)
    assert "our fault &lt;i&gt;. T-1001</textarea>" in answer.text
    assert client.get("/cases/1001/drafts/nonsense").status_code == 404
    assert client.get("/cases/9/drafts/first-answer").status_code == 404


def test_the_mail_as_it_was_sent_is_confined(database: Database) -> None:
    save(database, with_bytes(HTML))
    client = visitor(database)
    assert '<iframe src="/mails/1/as-sent" sandbox=""' in client.get("/cases/1001").text
    answer = client.get("/mails/1/as-sent")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox;" in policy
    assert "form-action 'none'" in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    body = answer.text[answer.text.index("<body>") :]
    assert "I wait." in body
    assert "leads to https://evil.example/?a=1&amp;b=2" in body
    assert "picture: a sofa" in body
    for gone in ("<a", "<img", "<script", "<form", "<input", "onclick", "position", "@import"):
        assert gone not in body, gone
    assert "javascript:" not in body


@pytest.mark.parametrize(
    "markup",
    [
        "<svg onload=alert(1)><a xlink:href='javascript:x'>y</a></svg>",
        "<a href='https://x.example/\"><script>alert(1)</script>'>z</a>",
        "<img alt='\"><script>alert(1)</script>' src=x>",
        "<a href=https://x.example><a href=https://y.example>nested</a></a>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<iframe srcdoc='<script>1</script>'></iframe><object data=x></object><embed src=x>",
        "<p style='background:url(//x.example);color:expression(1)'>q</p><base href=//x.example>",
        "<meta http-equiv=refresh content='0;url=//x.example'><link rel=stylesheet href=//x>",
        "<div" * 20_000,
        "<a href='https://x.example'>" * 5_000,
    ],
)
def test_nothing_in_a_strangers_markup_acts(markup: str) -> None:
    tags = set(re.findall(r"<([a-z0-9]+)", harmless(markup)))
    assert tags <= {"p", "div", "span"}
    assert "url(" not in harmless(markup)
    assert not re.search(r"<[^>]*\s(?:on\w+|src|href|xlink:href)=", harmless(markup))


def test_a_link_whose_text_lies_shows_where_it_leads() -> None:
    said = harmless('<a href="https://evil.example/">https://bank.example/</a>')
    assert "[leads to https://evil.example/]" in said
    same = harmless('<a href="https://bank.example/">https://bank.example/</a>')
    assert "leads to" not in same


def test_an_attachment_is_a_file_that_no_browser_opens(database: Database) -> None:
    save(database, with_bytes(HTML))
    client = visitor(database)
    assert 'href="/mails/1/attachments/1" download' in client.get("/cases/1001").text
    answer = client.get("/mails/1/attachments/1")
    assert b"<script>" in answer.content
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "/" not in answer.headers["content-disposition"]
    assert 'run.html"' in answer.headers["content-disposition"]
    assert client.get("/mails/1/attachments/2").status_code == 404
    assert client.get("/mails/9/attachments/1").status_code == 404


def test_a_case_says_who_has_it_and_what_is_waited_for(database: Database) -> None:
    save(database, angry())
    client = client_as(database, "point")
    said = text_of(client.get("/cases/1001").text)
    assert "Somebody must take it" in said
    act(client, "acknowledge")
    said = text_of(client.get("/cases/1001").text)
    assert "Acknowledged: You" in said
    assert "The customer waits for an answer" in said
    assert "Still missing before it can be closed: what was done" in said
    other = client_as(database, "point", login="kim", person=KIM)
    assert "Acknowledged: Pat Point" in text_of(other.get("/cases/1001").text)
    assert PERSON


def test_html_nested_to_stall_a_browser_keeps_its_words_alone() -> None:
    deep = "<div>" * 3000 + "hello <b>you</b>" + "</div>" * 3000
    assert harmless(deep) == "hello you"
    assert harmless("<div>" * 100 + "<b>you</b>" + "</div>" * 100).count("<div>") == 100
