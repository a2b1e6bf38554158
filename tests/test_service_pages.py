import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI

from service.pages.queue import REFRESH_SECONDS
from tests.filling import angry, answering, reading, save, unreadable, unscored
from tests.service_client import unreachable, visitor
from triage.store import Database, mailboxes, mails, notices
from triage.store.notices import NewNotice
from triage.types import Attachment, Decision, Outcome, Person, Severity

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% include 'base.html' %}",
    "</textarea></title></style><base href=//evil.example>",
    "javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
)


def settle(database: Database, state: str, answer: str) -> None:
    """End an attempt at every notice."""
    with database.transaction() as tx:
        for notice in notices.unsent(tx):
            due = notices.claim(tx, notice.id)
            if due is not None:
                notices.settle(tx, due, state, answer, datetime.now(UTC))


def text_of(html: str) -> str:
    """The page without its tags, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_an_empty_queue_says_that_nobody_waits(database: Database) -> None:
    page = visitor(database).get("/").text
    assert "No upset customer is waiting." in page
    assert "No mailbox is watched yet" in page
    assert "not every mailbox is being watched" in page


def test_an_empty_queue_is_good_news_only_while_everything_is_watched(database: Database) -> None:
    with database.transaction() as tx:
        mailboxes.meet(tx, "support", "INBOX", None)
    mailboxes.report(database, "support", "INBOX", "waiting")
    page = visitor(database).get("/").text
    assert "The next one appears here within seconds." in page
    assert "Watching 1 folder, last heard just now" in page


def test_the_queue_says_what_the_point_person_needs(database: Database) -> None:
    save(database, angry(case_number="88-20417"))
    said = text_of(visitor(database).get("/").text)
    for words in ("High", "Dana Reyes", "T-1001", "88-20417", "This is a disgrace.", "Angry"):
        assert words in said
    assert "just now" in said
    assert "Not told yet" in said


def test_severity_is_a_word_and_a_shape_beside_its_colour(database: Database) -> None:
    for severity in Severity:
        decision = Decision(Outcome.FLAG, severity, "angry")
        name = f"{severity}@customer.example"
        save(database, reading("Now!", decision, raised={}, sender=Person("", name)))
    page = visitor(database).get("/").text
    shown = re.findall(r'class="severity (\w+)">\s*(<svg.*?</svg>)(\w+)', page, re.S)
    assert [(level, word.lower()) for level, _, word in shown] == [
        (severity, severity) for severity in Severity
    ]
    assert len({shape for _, shape, _ in shown}) == 4


def test_without_a_script_the_queue_comes_anew_by_itself(database: Database) -> None:
    page = visitor(database).get("/").text
    assert f'<noscript><meta http-equiv="refresh" content="{REFRESH_SECONDS}"></noscript>' in page


def test_a_notice_refused_or_put_off_or_late_is_on_top(database: Database) -> None:
    save(database, angry())
    client = visitor(database)
    assert "Needs a look" not in client.get("/").text
    with database.transaction() as tx:
        tx.execute("update notice set created_at = now() - interval '2 minutes'")
    assert "is not sent yet" in client.get("/").text
    settle(database, "deferred", "451 later")
    assert "is put off; it is tried again" in client.get("/").text
    settle(database, "refused", "550 no such <user>")
    said = client.get("/").text
    assert "is refused for good" in said
    assert "550 no such &lt;user&gt;" in said
    assert 'href="/cases/1001"' in said


def test_a_notice_of_no_case_that_is_put_off_is_on_top_too(database: Database) -> None:
    with database.transaction() as tx:
        wanted = NewNotice(
            "hole.1", "hole", None, None, "max", "max@desk.example", "mail", {}, True
        )
        notices.prepare(tx, [wanted], datetime.now(UTC))
    settle(database, "deferred", "451 later")
    said = visitor(database).get("/").text
    assert "A hole in the rota: the notice to max@desk.example is put off" in said
    assert "Because: 451 later" in said


def test_a_mailbox_in_trouble_or_silent_is_on_top(database: Database) -> None:
    with database.transaction() as tx:
        for name in ("support", "billing", "sales"):
            mailboxes.meet(tx, name, "INBOX", None)
    mailboxes.report(database, "support", "INBOX", "waiting")
    mailboxes.report(database, "billing", "INBOX", "refused", trouble="login refused")
    mailboxes.report(database, "sales", "INBOX", "waiting")
    with database.transaction() as tx:
        tx.execute(
            "update mailbox set seen_at = now() - %s where mailbox = 'sales'",
            [timedelta(minutes=11)],
        )
    said = text_of(visitor(database).get("/").text)
    assert "Mailbox billing / INBOX: refuses us" in said
    assert "login refused" in said
    assert "Mailbox sales / INBOX: no word from its watcher" in said
    assert "Mailbox support" not in said
    assert "Watching 1 of 3 folders" in said


def test_mail_that_nothing_could_read_is_counted_and_listed(database: Database) -> None:
    save(database, *(unscored(subject=f"Frage {n}") for n in range(8)), unreadable())
    client = visitor(database)
    queue = text_of(client.get("/").text)
    assert "Not scored, for a person 9" in queue
    assert "In German" in queue
    assert "Frage 7" in queue
    assert "Frage 0" not in queue
    listed = text_of(client.get("/mails/unscored").text)
    assert all(f"Frage {n}" in listed for n in range(8))
    assert "Unknown sender" in listed
    assert "Wo bleibt meine Bestellung?" in client.get("/mails/1").text
    assert "could not be read as a mail: no header" in client.get("/mails/9").text


def test_a_case_shows_the_mail_with_its_deciding_sentence_marked(database: Database) -> None:
    quoted, signature = "On Monday you wrote:\n> Soon.", "Dana\n+1 555 0100"
    file = Attachment("bill.pdf", "application/pdf", 48_211)
    save(database, angry(quoted=quoted, signature=signature, attachments=(file,)))
    page = visitor(database).get("/cases/1001").text
    assert "I waited. <mark>This is a disgrace.</mark>" in page
    assert re.search(r"<details[^>]*><summary>Signature</summary>", page)
    assert re.search(r"<details[^>]*><summary>Quoted history</summary>", page)
    said = text_of(page)
    assert "High Angry The customer is angry with us. (angry 93 %, enough from 60 %)" in said
    assert "reads angry upset 97 %, angry 93 %, irate" in said
    assert "bill.pdf application/pdf, 47 KB" in said
    assert "Pat Point &lt;pat@desk.example&gt; not sent yet" in said
    assert "Flagged angry, high" in said
    assert "&gt; Soon." in said


def test_a_case_shows_the_whole_thread_the_newest_first(database: Database) -> None:
    first = angry()
    save(database, first)
    reply = reading("Thanks, it works.", Decision(Outcome.PASS, None, "none"), raised={})
    save(database, answering(first, reply))
    page = visitor(database).get("/cases/1001").text
    assert page.index("Thanks, it works.") < page.index("This is a disgrace.")
    assert "Not flagged: no rule holds." in page
    assert "Customer wrote again" in page


def test_an_endless_thread_is_cut(database: Database) -> None:
    first = angry()
    save(database, first)
    calm = Decision(Outcome.PASS, None, "none")
    save(database, *(answering(first, reading(f"No {n}.", calm, raised={})) for n in range(105)))
    page = visitor(database).get("/cases/1001").text
    assert page.count("<article") == 100
    assert "6 earlier mails of this case are not shown." in page


def test_what_came_of_a_notice_is_in_the_case(database: Database) -> None:
    save(database, angry())
    settle(database, "refused", "550 5.1.1 unknown")
    said = text_of(visitor(database).get("/cases/1001").text)
    assert "refused for good , just now" in said
    assert "Notice refused Pat Point &lt;pat@desk.example&gt;: 550 5.1.1 unknown" in said


@pytest.mark.parametrize("attack", HOSTILE)
def test_no_text_of_a_mail_is_markup(database: Database, attack: str) -> None:
    file = Attachment(attack, attack, 1)
    sender = Person(attack, f"x{attack}@customer.example")
    hostile = {"subject": attack, "sender": sender, "quoted": attack, "signature": attack}
    flagged = angry(
        f"{attack} This is a disgrace.",
        **hostile,
        case_number=attack,
        attachments=(file,),
        remarks=(attack,),
    )
    save(database, flagged, unscored(attack, **hostile), told=(attack,))
    settle(database, "refused", attack)
    client = visitor(database)
    for path in ("/", "/cases/1001", "/mails/1", "/mails/2", "/mails/unscored"):
        page = client.get(path)
        assert page.status_code == 200
        for tag in ("<script>", "<img src=x", "<svg/", "<base", "onerror=alert(1)>"):
            assert tag not in page.text
        assert "49" not in page.text or "{{" not in attack
        assert 'href="javascript' not in page.text


def test_a_name_that_turns_the_line_around_is_tamed(database: Database) -> None:
    name = "\u202egnp.exe\u202c مريم"
    save(database, angry("\u202eThis is a disgrace.", sender=Person(name, "m@x.example")))
    client = visitor(database)
    for path in ("/", "/cases/1001"):
        page = client.get(path).text
        assert "\u202e" not in page
        assert "<bdi>gnp.exe مريم</bdi>" in page


def test_a_huge_mail_is_shown_in_part_and_says_so(database: Database) -> None:
    huge = "This is a disgrace. " + "word " * 200_000
    save(database, angry(huge, subject="s" * 100_000, quoted=huge, signature=huge))
    client = visitor(database)
    page = client.get("/cases/1001")
    assert len(page.content) < 300_000
    assert "Only the first part is shown: 980,0" in text_of(page.text)
    assert "the original mail" in page.text
    assert len(client.get("/").content) < 20_000


def test_the_original_is_a_file_that_no_browser_opens(database: Database) -> None:
    flagged = angry()
    save(database, flagged)
    answer = visitor(database).get("/mails/1/original.eml")
    assert answer.content == flagged.raw.content
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="mail-1.eml"')
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_bytes_that_were_not_kept_are_not_offered(database: Database) -> None:
    save(database, reading("Thanks.", Decision(Outcome.PASS, None, "none"), raised={}))
    with database.transaction() as tx:
        assert mails.original(tx, 1) is None
    client = visitor(database)
    assert client.get("/mails/1/original.eml").status_code == 404
    assert "original.eml" not in client.get("/mails/1").text


@pytest.mark.parametrize(
    "path",
    ["/cases/1", "/cases/x", "/cases/-1", f"/cases/{2**63}", "/mails/9", "/?after=x", "/nowhere"],
)
def test_what_is_not_there_gets_a_page(database: Database, path: str) -> None:
    answer = visitor(database).get(path)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_without_a_database_a_page_says_so_and_comes_back(database: Database) -> None:
    client = visitor(database)
    assert isinstance(client.app, FastAPI)
    with unreachable(database) as store:
        client.app.state.desk = replace(client.app.state.desk, database=store)
        answer = client.get("/")
    assert answer.status_code == 503
    assert answer.headers["refresh"] == "15"
    assert "The database does not answer" in answer.text
