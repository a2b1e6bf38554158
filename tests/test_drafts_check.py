"""The check of a draft: what it finds, and what it must not take for a fault."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drafting import (
    KIM,
    MAIL,
    NOTES,
    NOW,
    PAT,
    PEOPLE,
    PHONE,
    found,
    kinds,
    ours,
    the_facts,
)
from triage import drafts
from triage.drafts import AtFault, Kind
from triage.duty import gives_away


@pytest.mark.parametrize(
    "text",
    [
        f"Ring Pat on {PHONE}.",
        "Ring Pat on 0171/5550001.",
        "0 1 7 1 - 5 5 5 - 0 0 0 1",
        "0171 (that is Pat) 555 and then 0001",
        "zero one seven one five five five zero zero zero one",
        "Oh one seven one, triple five, triple oh one",
        "O171-5SS-OOOl",
        "٠١٧١٥٥٥٠٠٠١",
        "０１７１ ５５５ ０００１",
        "0171\u200b555\u20600001",
        MAIL,
        MAIL.upper(),
        "pat.private(at)home.example",
        "pat dot private at home dot example",
        "pat.private [at] home [dot] example",
        "p a t . private @ home . example",
        "pat.private\u200b@home.example",
        "> pat.private@home.example",
        "He works nights only, if asked.",
    ],
)
def test_p5_a_private_number_address_or_note_stops_the_draft(text: str) -> None:
    stops = [one for one in found(text) if one.kind is Kind.PRIVATE]
    assert stops
    assert all(one.stops and one.rule == "P5" for one in stops)
    for one in stops:
        assert PHONE not in one.what + one.do
        assert one.end - one.start >= 9


def test_p5_the_span_is_where_it_stands() -> None:
    text = f"Order 4711 of 3 March. Ring {PHONE} today."
    (fault,) = (one for one in found(text) if one.kind is Kind.PRIVATE)
    assert text[fault.start : fault.end] == "49 171 555 0001"


def test_p5_it_is_found_in_the_subject_too() -> None:
    (fault,) = found("Hello.", subject=f"Ring {PHONE}")
    assert fault.in_subject
    assert fault.kind is Kind.PRIVATE


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["0171", "555", "0001", "0002", " ", "-", "x", "one"]), max_size=9))
def test_p5_the_check_finds_all_that_the_duty_room_finds(parts: list[str]) -> None:
    text = "".join(parts) or "x"
    if gives_away(text, PEOPLE):
        assert "private" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Call me on +49 30 23125 101 or write to pat@example.org.",
        "Max Weiss, phone +49 30 23125 120, mail max@example.org.",
        "Your number is +49 30 23125 900, your address dana@customer.example.",
        "See https://example.org/help and [1].",
    ],
)
def test_p5_office_numbers_and_the_customers_own_may_stand(text: str) -> None:
    assert kinds(text) == set()


def test_p5_a_number_that_nobody_knows_is_asked_about() -> None:
    assert kinds("Call me on 0160 1234567.") == {"unknown phone"}
    assert kinds("Your order 2026-0301-1234-56 is here.") == set()


@pytest.mark.parametrize(
    "text",
    [
        "Billing double-booked him again, keep that",
        "it seems BILLING (double booked) him again - keep that quiet",
        "Billing\ndouble-booked\nhim again, keep that",
    ],
)
def test_p18_six_words_of_an_internal_note_stop_the_draft(text: str) -> None:
    (fault,) = (one for one in found(text) if one.kind is Kind.INTERNAL)
    assert fault.stops
    assert text[fault.start : fault.end].lower().startswith("billing")


def test_p18_five_words_are_chance() -> None:
    assert "internal" not in kinds("Billing double-booked him again!")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("abcdefg", min_size=1, max_size=6), min_size=6, max_size=30),
    st.integers(0, 24),
    st.sampled_from([" ", ", ", "\n", " – "]),
)
def test_p18_any_six_words_of_any_note_are_found(words: list[str], at: int, between: str) -> None:
    note, part = " ".join(words), words[min(at, len(words) - 6) :][:6]
    text = f"Hello, {between.join(part)}."
    told = drafts.faults(text, the_facts(), (), [note])
    assert Kind.INTERNAL in {one.kind for one in told}


@pytest.mark.parametrize(
    "text",
    [
        "Kim forgot to book the van.",
        "Kim Novak has unfortunately lost your form.",
        "Kim Novák, our new colleague, did not pass it on.",
        "It was Kim's mistake.",
        "The mistake was made by Kim.",
        "This is because of Kim.",
        "KIM should have called you.",
        "Kim never called the depot.",
        "Our warehouse sent you the wrong one.",
        "My colleague didn't read your mail.",
        "The driver was rude, we know.",
        "That was the billing department's fault.",
    ],
)
def test_p18_blame_of_somebody_of_the_house(text: str) -> None:
    assert "blame" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Kim has found your parcel.",
        "Kim Novák and I have looked at what went wrong.",
        "Please ask for Kim, who knows the case.",
        "Max Weiss is our Manager.",
        "You told us that something was wrong with the sofa.",
        "We have corrected the mistake. Kim has booked the money back.",
    ],
)
def test_p18_naming_somebody_is_not_blaming(text: str) -> None:
    assert "blame" not in kinds(text)


APOLOGIES = (
    "We apologise for the delay.",
    "We apologize.",
    "I would like to apologise on behalf of the company.",
    "Please accept our apologies.",
    "My sincerest apologies!",
    "We are very sorry.",
    "I am so sorry for the inconvenience.",
    "Sorry about the delay.",
    "We’re sorry that we kept you waiting.",
    "We are sorry for our mistake.",
    "We cannot apologise enough.",
    "Please forgive us.",
    "We regret the error.",
)
ADMISSIONS = (
    "It was our fault.",
    "This is entirely our own mistake.",
    "We made a big mistake.",
    "We have let you down.",
    "We messed up.",
    "The error was on our side.",
    "The fault is clearly ours.",
    "We take full responsibility.",
    "We failed to deliver.",
    "This should never have happened.",
)
FEELING = (
    "I am sorry to hear that.",
    "I am so sorry to read what you went through.",
    "We are sorry that you had such a day.",
    "I am sorry this happened to you.",
    "I understand that you are upset.",
    "I’m sorry, but I need your order number first.",
    "There is no need to apologise.",
    "Thank you for your apology.",
    "If it turns out that we made a mistake, we tell you so.",
    "We are finding out whether the error was ours.",
    "> We apologise for everything, they said.",
    "I regret to say that the shop is closed.",
)


@pytest.mark.parametrize("text", [*APOLOGIES, *ADMISSIONS])
def test_p12_no_apology_for_the_company_before_the_facts_are_known(text: str) -> None:
    assert kinds(text) == {"early apology"}
    assert kinds(text, the_facts(facts_known=True)) == {"early apology"}
    assert kinds(text, ours(facts_known=False)) == {"early apology"}
    assert kinds(text, ours()) == set()


@pytest.mark.parametrize("text", FEELING)
def test_p12_feeling_with_the_customer_is_no_apology(text: str) -> None:
    assert kinds(text) == set()


def test_p12_an_apology_for_what_is_not_ours_is_pointed_out() -> None:
    facts = the_facts(facts_known=True, fault=AtFault.THIRD_PARTY)
    assert kinds("We apologise.", facts) == {"idle apology"}


def test_p12_one_sincere_apology_and_no_second() -> None:
    once = "We made a mistake, and I sincerely apologise for it. I am sorry to hear of your loss."
    assert kinds(once, ours()) == set()
    twice = f"{once} Once more, our apologies."
    (fault,) = found(twice, ours())
    assert fault.kind is Kind.SECOND_APOLOGY
    assert twice[fault.start : fault.end] == "apologies"
    assert kinds(once, ours(apologised=True)) == {"second apology"}


@pytest.mark.parametrize(
    "text",
    [
        "We will refund you.",
        "I'll call you as soon as possible.",
        "You will hear from me soon.",
        "A supervisor will be in touch with you shortly.",
        "I promise to look into it.",
        "The sofa will be delivered.",
        "We are going to send you a new one.",
    ],
)
def test_p13_a_promise_needs_a_date(text: str) -> None:
    assert kinds(text) == {"no date"}


@pytest.mark.parametrize(
    "text",
    [
        "We will refund you by Friday.",
        "I will call you tomorrow at noon.",
        "You will hear from me within two working days.",
        "We will send a new one. It arrives on 6 March.",
        "We will refund you\nby 6 March 2026.",
        "I'll ring you today.",
        "We will not send anybody.",
        "Will you call me?",
        "If you will send me your number, that helps.",
        "I will be glad to read from you.",
    ],
)
def test_p13_a_date_or_no_promise(text: str) -> None:
    assert kinds(text) == set()


def test_p13_a_date_gone_by_is_pointed_out() -> None:
    facts = the_facts(by=NOW)
    text = "You will hear from me by Wednesday 4 March 2026 at 11:30 (CET)."
    assert kinds(text, facts) == {"past date"}
    assert kinds(text, replace(facts, now=NOW.replace(day=3))) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Dear {{ name }},",
        "{% if done %}Done.",
        "Dear ,\n\nthank you.",
        "Your order [number] is here.",
        "Dear <name>,",
        "Call ____ please.",
        "Your number is XXXX.",
        "We will call you by .",
        "Dear %(name)s,",
        "Dear ${name},",
        "TODO write this",
        "His number is (private).",
    ],
)
def test_gaps_and_marks_of_templates_stop_the_draft(text: str) -> None:
    told = [one for one in found(text) if one.kind is Kind.GAP]
    assert told
    assert all(one.stops for one in told)


def test_p11_the_case_number_must_be_there_in_text_or_subject() -> None:
    facts = the_facts(own_numbers=("4711",))
    for text, subject, wanted in (
        ("Hello.", None, {"no number"}),
        ("Hello, T-12.", None, set()),
        ("Hello.", "Re: sofa [t-12]", set()),
        ("Hello, [T-12].", None, set()),
        ("Hello, #4711.", None, set()),
        ("Hello, T-123.", "", {"no number", "other number"}),
        ("> T-12", None, {"no number"}),
    ):
        told = drafts.faults(text, facts, PEOPLE, NOTES, subject=subject)
        assert {str(one.kind) for one in told} == wanted, text


@pytest.mark.parametrize(
    "text", ["As in T-13.", "See case number 99812.", "Ticket #4712-B too?", "case no. 7"]
)
def test_a_number_of_another_case_is_pointed_out(text: str) -> None:
    assert "other number" in kinds(text)


@pytest.mark.parametrize("text", ["In case 5 days go by.", "Order 99812.", "Your case T-12"])
def test_other_numbers_are_no_cases(text: str) -> None:
    assert "other number" not in kinds(text)


def test_an_address_of_somebody_else_stops_the_draft() -> None:
    (fault,) = found("As I told bob@elsewhere.example already.")
    assert (fault.kind, fault.stops) == (Kind.OTHER_ADDRESS, True)
    facts = the_facts(desk_mails=("help@example.org",))
    assert kinds("Write to help@example.org or kim@example.org.", facts) == set()


def test_nothing_and_too_much_are_not_sent() -> None:
    assert found("") == ()
    assert [one.kind for one in drafts.faults(" \n", the_facts(), PEOPLE, NOTES)] == [Kind.EMPTY]
    (fault,) = found("x" * 60_000)
    assert (fault.kind, fault.stops) == (Kind.TOO_LONG, True)


def test_every_kind_of_fault_says_rule_reason_and_remedy() -> None:
    for kind in Kind:
        fault = drafts.Fault(kind)
        assert fault.rule.startswith("P")
        assert fault.what.endswith(".")
        assert fault.do.endswith(".")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400), st.text(max_size=60))
def test_any_text_is_checked_and_every_span_lies_in_it(text: str, subject: str) -> None:
    for one in drafts.faults(text, the_facts(), (PAT, KIM), NOTES, subject=subject):
        assert 0 <= one.start <= one.end <= len(subject if one.in_subject else text)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "part",
    ["we have ", "our ", "1 ", "at dot ", "Kim, ", "will we ", "a@a.", "sorry ", "[", "{", "<a ",
     "case ", "T-1 ", "pat . ", "one ", "\n", "> ", "the team has, ", "will will call ", "+4 "],
)  # fmt: skip
def test_a_long_draft_made_to_stall_the_check_does_not(part: str) -> None:
    text = (part * 50_000)[:50_000]
    assert isinstance(drafts.faults(text, the_facts(), PEOPLE, NOTES), tuple)
