"""Notices of a case, of every kind: what the reader should do, and that nobody can bend them."""

import email
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP, default
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from tests.hostile import HOSTILE, poisoned
from tests.notices import AT, BRIEF, CASES, EVERY, SAFETY
from triage.notify import (
    CaseNotice,
    Due,
    Handover,
    Help,
    HelpGiven,
    HoldEnded,
    ManagerTask,
    NoticeKind,
    Overdue,
    PromiseDue,
    Said,
    Told,
    compose_any,
)
from triage.types import Person, Severity

NOW = datetime(2026, 11, 3, 13, 6, tzinfo=UTC)
KINDS = ("plain", "html")


def text(message: EmailMessage, kind: str = "plain") -> str:
    """As it is read after a true round trip over bytes."""
    back = email.message_from_bytes(message.as_bytes(policy=SMTP), policy=default)
    body = back.get_body((kind,))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def links(message: EmailMessage) -> list[str]:
    return [str(found) for found in lxml_html.fromstring(text(message, "html")).xpath("//@href")]


FIRST_LINES = {
    "reminder": "Take this case by Tue 3 Nov, 14:35 CET: nobody has it yet.",
    "escalation": "Take this case by Tue 3 Nov, 14:35 CET: Pat Point and Bo Backup did not answer.",
    "help": "Call or write to Rita Rep by Tue 3 Nov, 14:35 CET: they ask for your help with this "
    "case.",
    "help_given": "Read what Sam Supervisor says to your call for help.",
    "handover": "This case is yours now, from Rita Rep: read what was said, and answer by "
    "Tue 3 Nov, 14:35 CET.",
    "overdue": "Please answer the customer by Tue 3 Nov, 14:35 CET: the answer was due "
    "Tue 3 Nov, 14:05 CET.",
    "promise": "Keep the promise by Tue 3 Nov, 14:35 CET and tell the customer: it was due "
    "Tue 3 Nov, 14:05 CET.",
    "customer_wrote": "Read what the customer wrote and answer by Tue 3 Nov, 14:35 CET. "
    "The case is open again.",
    "taken": "Nothing to do for you: Sam Supervisor has taken this case.",
    "manager_task": "Call the customer by Tue 3 Nov, 14:35 CET: they asked for a manager.",
    "hold_ended": "Go on with this case by Tue 3 Nov, 14:35 CET: its hold has ended.",
}


def test_there_is_a_notice_of_every_kind() -> None:
    assert set(FIRST_LINES) == set(CASES) == set(NoticeKind)
    assert all(CASES[kind].kind == kind for kind in CASES)


@pytest.mark.parametrize("kind", CASES)
def test_the_first_line_says_what_to_do_and_until_when(kind: str) -> None:
    message = compose_any(CASES[kind], NOW)
    assert text(message).startswith(FIRST_LINES[kind] + "\nJane Doe – asks for a manager\n")
    assert FIRST_LINES[kind] in text(message, "html")


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("body", KINDS)
def test_every_notice_shows_the_case_and_who_was_told(kind: str, body: str) -> None:
    said = text(compose_any(CASES[kind], NOW), body).replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        "Jane Doe (jane@customer.example)",
        "Third outage",
        "in hand",
        "Tue 3 Nov 2026, 14:05 CET",
        "supervisor 93 %, enough from 41 %",
        "Sam Supervisor (Tue 3 Nov, 14:05 CET), Bo Backup",
        "https://triage.desk.example/cases/7",
        "desk@desk.example, never to the customer",
    ):
        assert words in said


@pytest.mark.parametrize("kind", CASES)
def test_the_headers(kind: str) -> None:
    message = compose_any(CASES[kind], NOW)
    assert message["Subject"].startswith("[Triage HIGH] Case 12345: ")
    assert message["Subject"].endswith(" – Jane Doe – asks for a manager")
    assert message["X-Triage-Kind"] == kind
    assert message["X-Triage-Severity"] == "high"
    assert message["References"] == "<case-7.triage@desk.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "Help desk <desk@desk.example>"
    assert (message["Importance"] is None) == (kind == "taken")


def test_a_reply_never_goes_to_the_customer() -> None:
    customer = replace(BRIEF, customer=Person("Jane", "Desk@desk.example"))
    message = compose_any(replace(CASES["help"], case=customer), NOW)
    assert message["Reply-To"].addresses[0].addr_spec == "triage@desk.example"


def test_told_alone_and_without_a_limit() -> None:
    said = text(compose_any(replace(CASES["reminder"], told=(), until=None), NOW))
    assert said.startswith("Take this case now: nobody has it yet.")
    assert "Also told   nobody else" in said


def test_many_told_are_counted() -> None:
    told = tuple(Told(f"P{number}") for number in range(15))
    assert "P11, 3 more" in text(compose_any(replace(CASES["reminder"], told=told), NOW))


WHAT_THEY_WROTE = {
    "help": "He shouts at me, I do not know what to say.",
    "help_given": "Offer a month free; I ring him with you.",
    "handover": "The router is still dead.",
    "promise": "A new router by Friday",
    "hold_ended": "Waiting for the part",
    "reminder": "I want to speak to your manager.",
    "customer_wrote": "I want to speak to your manager.",
}


@pytest.mark.parametrize("kind", WHAT_THEY_WROTE)
@pytest.mark.parametrize("body", KINDS)
def test_what_was_said_is_shown(kind: str, body: str) -> None:
    assert WHAT_THEY_WROTE[kind] in text(compose_any(CASES[kind], NOW), body)


def test_a_long_history_is_handed_over_with_its_end() -> None:
    said = tuple(Said(AT + timedelta(hours=n), "Rita", f"entry {n}.") for n in range(50))
    matter = Handover("Rita Rep", said)
    content = text(compose_any(replace(CASES["handover"], matter=matter), NOW))
    assert "10 earlier entries are in the case" in content
    assert "entry 49." in content
    assert "entry 9." not in content


OVERDUE = {
    Due.ANSWER: "answer the customer",
    Due.PROGRESS: "tell the customer how it stands",
    Due.OUTCOME: "tell the customer the outcome",
    Due.CONFIRMATION: "ask the customer whether it works",
}


@pytest.mark.parametrize("what", Due)
@pytest.mark.parametrize(
    ("owner", "start"),
    [
        ("Pat Point", "Please {}"),
        ("Rita Rep", "Get Rita Rep to {}, or do it yourself"),
        ("", "Take this case and {}"),
    ],
)
def test_what_is_overdue_is_asked_of_who_has_it(what: Due, owner: str, start: str) -> None:
    case = replace(BRIEF, owner=owner)
    notice = replace(CASES["overdue"], case=case, matter=Overdue(what, AT), until=None)
    message = compose_any(notice, NOW)
    assert text(message).startswith(start.format(OVERDUE[what]) + " now: ")
    assert f"{what} overdue" in message["Subject"]


def test_a_promise_that_comes_due() -> None:
    matter = PromiseDue("A new router", AT + timedelta(days=1), "Rita Rep", gone_by=False)
    message = compose_any(replace(CASES["promise"], matter=matter), NOW)
    assert text(message).startswith("Keep the promise to the customer by Wed 4 Nov, 14:05 CET.")
    assert "promise due" in message["Subject"]


def test_the_managers_task_is_a_tap_away() -> None:
    message = compose_any(CASES["manager_task"], NOW)
    assert "tel:+49301234567" in links(message)
    assert "mailto:jane@customer.example" in links(message)


def test_a_managers_task_that_is_overdue_is_told_to_others_too() -> None:
    late = ManagerTask("phone", ("+49301234567",), (), "Max Manager", since=AT)
    message = compose_any(replace(CASES["manager_task"], matter=late, until=None), NOW)
    first = "Get Max Manager to call the customer, or do it yourself now: they asked for a manager."
    assert text(message).startswith(first)
    assert "It is overdue since Tue 3 Nov 2026, 14:05 CET." in text(message)
    assert "call the customer, overdue" in message["Subject"]
    envelope = replace(CASES["help"].envelope, recipient=Person("Max Manager", "max@desk.example"))
    own = replace(CASES["manager_task"], envelope=envelope, matter=late)
    assert text(compose_any(own, NOW)).startswith("Call the customer by ")


def test_a_hold_of_nobody_known_ends_too() -> None:
    notice = replace(CASES["hold_ended"], matter=HoldEnded("", AT))
    said = text(compose_any(notice, NOW))
    assert "It was on hold until Tue 3 Nov 2026, 14:05 CET." in said
    assert "Why it was on hold" not in said


def test_help_asked_for_without_words_is_told() -> None:
    notice = replace(CASES["help"], matter=Help("Rita Rep", "", AT, number=2))
    said = text(compose_any(notice, NOW))
    assert "you are told for the 2nd time" in said
    assert "What Rita Rep says" not in said


def test_help_by_taking_the_case_has_no_words() -> None:
    matter = HelpGiven("Sam Supervisor", AT)
    message = compose_any(replace(CASES["help_given"], matter=matter), NOW)
    said = text(message)
    assert said.startswith("Nothing to do for you: Sam Supervisor has taken this case.")
    assert "You asked for help with it; Sam Supervisor answered on Tue 3 Nov 2026" in said
    assert "What Sam Supervisor says" not in said
    assert "Case 12345: Sam Supervisor has it – Jane Doe" in message["Subject"]


def test_what_is_no_number_is_no_link() -> None:
    odd = ManagerTask("mail", ("+49 30 1234567;ext=1", "javascript:1"), ("a@b.c?bcc=x@y.z",))
    message = compose_any(replace(CASES["manager_task"], matter=odd), NOW)
    assert links(message) == ["https://triage.desk.example/cases/7"]
    assert text(message).startswith("Write to the customer by ")
    assert "javascript:1" in text(message)


EMERGENCY = replace(BRIEF, severity=Severity.EMERGENCY)


@pytest.mark.parametrize("kind", sorted(set(CASES) - {"taken"}))
@pytest.mark.parametrize("body", KINDS)
def test_an_emergency_begins_with_numbers_and_steps(kind: str, body: str) -> None:
    notice = replace(CASES[kind], case=EMERGENCY, safety=SAFETY)
    said = text(compose_any(notice, NOW), body)
    said = said[said.index("omebody may come to harm") :] if body == "html" else said
    place = said.index(FIRST_LINES[kind][:20])
    for words in ("Police", "110", "+49 800 1110111", "Tell the Rep Supervisor.", "without proof"):
        assert -1 < said.index(words) < place
    assert "Nothing is sent to the customer by itself" in said


def test_who_stands_down_is_not_alarmed() -> None:
    message = compose_any(replace(CASES["taken"], case=EMERGENCY, safety=SAFETY), NOW)
    assert "110" not in text(message)
    assert message["Importance"] is None


def test_the_numbers_of_an_emergency_are_a_tap_away() -> None:
    message = compose_any(replace(CASES["reminder"], case=EMERGENCY, safety=SAFETY), NOW)
    assert {"tel:110", "tel:+498001110111"} <= set(links(message))


TAGS = "html head meta title style body table tbody tr td div p a b ol li bdi"
INVISIBLE_BUT_WANTED = "\n\u200c\u200d\u2060"


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(EVERY)), st.lists(HOSTILE, min_size=1, max_size=7))
def test_nothing_hostile_breaks_or_bends_a_notice_of_any_kind(kind: str, texts: list[str]) -> None:
    calm = compose_any(EVERY[kind], NOW)
    notice = poisoned(EVERY[kind], cycle(texts))
    if kind in {"flag", "trouble"}:
        ours = EVERY[kind]
        notice = replace(notice, sender=ours.sender, recipient=ours.recipient)  # type: ignore[union-attr]
        if kind == "flag":
            notice = replace(notice, reply_to=ours.reply_to)  # type: ignore[union-attr]
    if kind in {"done", "not yet"}:
        notice = _with_what_p4_asks_for(notice)
    message = compose_any(notice, NOW)
    content = message.as_bytes(policy=SMTP)
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    back = email.message_from_bytes(content, policy=default)
    assert sorted(back.keys()) == sorted(calm.keys())
    for header in ("To", "From", "Reply-To", "Date", "References", "X-Triage-Kind"):
        assert back[header] == calm[header]
    assert back["Subject"] == message["Subject"]
    assert len(message["Subject"]) < 300
    _is_harmless(text(message, "html"), set(links(calm)))
    unseen = {c for c in text(message) if unicodedata.category(c)[0] == "C"}
    assert unseen <= set(INVISIBLE_BUT_WANTED)


def _with_what_p4_asks_for(notice: Any) -> Any:
    case = replace(notice.case, case_number="7", customer=Person("J", notice.case.customer.address))
    standing = notice.standing
    named = {"what": "x", "by": "y"} if hasattr(standing, "what") else {"next": "z"}
    given = {name: getattr(standing, name) + value for name, value in named.items()}
    return replace(notice, case=case, standing=replace(standing, **given))


def _is_harmless(page: str, ours: set[str]) -> None:
    tree = lxml_html.fromstring(page)
    assert {str(one.tag) for one in tree.iter()} <= set(TAGS.split())
    assert not tree.xpath("//@src | //@onclick | //@onerror | //@action")
    found = {str(link) for link in tree.xpath("//@href")}
    assert all(re.fullmatch(r"tel:[\d+]+", link) for link in found - ours)


def test_html_of_a_customer_stays_text() -> None:
    attack = '<img src="https://evil.example/x.png"><script>1</script>"&'
    for kind in CASES:
        notice = poisoned(CASES[kind], cycle([attack]))
        page = text(compose_any(notice, NOW), "html")
        _is_harmless(page, set(links(compose_any(CASES[kind], NOW))))
        assert "<img" not in page


def test_a_customers_link_is_not_a_tap_away() -> None:
    for kind in set(CASES) - {"manager_task"}:  # that one is there to be tapped
        notice = poisoned(CASES[kind], cycle(["see https://evil.example/x or www.evil.example"]))
        case = replace(notice.case, case_number="1", customer=Person("evil.example", ""))
        told = (Told("https://evil.example"),)
        message = compose_any(replace(notice, case=case, told=told), NOW)
        for body in KINDS:
            assert "evil.example" not in text(message, body)
            assert "://evil" not in text(message, body)


def test_a_notice_is_the_same_mail_each_time() -> None:
    notice: CaseNotice = CASES["reminder"]
    assert compose_any(notice, NOW)["Message-ID"] == compose_any(notice, AT)["Message-ID"]
    other = replace(notice, envelope=replace(notice.envelope, notice_key="other"))
    assert compose_any(other, NOW)["Message-ID"] != compose_any(notice, NOW)["Message-ID"]
