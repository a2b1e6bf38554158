"""Drafts for every step: what they say, and what can never get into one."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drafting import (
    BOOK,
    MAIL,
    MAX,
    NOTES,
    NOW,
    PAT,
    PEOPLE,
    PHONE,
    bare_facts,
    ours,
    the_facts,
)
from triage import drafts, duty
from triage.drafts import AtFault, DraftFacts, Kind, Step
from triage.drafts.private import private_in
from triage.drafts.words import in_words, name_in_letter, one_line, paragraphs
from triage.duty import ContactSheet, Private

FACTS = {
    "not known": the_facts(),
    "ours": ours(),
    "ours, apologised": ours(apologised=True),
    "the customer's": the_facts(facts_known=True, fault=AtFault.CUSTOMER),
    "by mail": the_facts(means="mail", phone=""),
}


def written(step: Step, facts: DraftFacts) -> drafts.Draft:
    return drafts.drafted(BOOK, step, facts, PEOPLE, NOTES)


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("facts", FACTS.values(), ids=FACTS)
def test_p12_a_draft_with_all_facts_passes_its_own_check(step: Step, facts: DraftFacts) -> None:
    draft = written(step, facts)
    assert draft.faults == ()
    assert draft.text.startswith("Dear Dana Reyes,\n\n")
    assert "T-12" in draft.subject
    assert "T-12" in draft.text


@pytest.mark.parametrize("step", Step)
def test_what_the_facts_lack_is_a_gap_that_stops_the_draft(step: Step) -> None:
    draft = written(step, bare_facts())
    assert draft.text.startswith("Hello,\n\n")
    gaps = set(re.findall(r"\[[^\]]+\]", draft.text))
    assert {draft.text[one.start : one.end] for one in draft.faults} == gaps
    assert all(one.kind is Kind.GAP and one.stops for one in draft.faults)
    without_gaps = {Step.REFERENCE, Step.CLOSING}
    assert bool(gaps) is (step not in without_gaps)


def test_p12_the_apology_is_there_once_when_it_is_due_and_only_then() -> None:
    assert "sincerely apologise" in written(Step.OUTCOME, ours()).text
    for facts in (the_facts(), ours(apologised=True), FACTS["the customer's"]):
        assert "apologise" not in written(Step.OUTCOME, facts).text
    for step in set(Step) - {Step.OUTCOME}:
        assert "apologise" not in written(step, ours()).text


def test_p5_the_manager_is_given_by_name_office_phone_and_mail() -> None:
    text = written(Step.MANAGER_CONTACT, the_facts()).text
    assert "Max Weiss\nPhone: +49 30 23125 120\nMail: max@example.org\n" in text


def test_p6_after_hours_says_who_how_and_when_and_asks_for_what_is_missing() -> None:
    by_phone = written(Step.AFTER_HOURS, the_facts()).text
    assert "by phone by Thursday 5 March 2026 at 11:30 (CET)" in by_phone
    assert "+49 30 23125 900" in by_phone
    unknown = written(Step.AFTER_HOURS, the_facts(means=None, phone="", mail="")).text
    assert "How can we reach you best?" in unknown


def test_p11_the_reference_number_is_given() -> None:
    assert "Your case number is T-12." in written(Step.REFERENCE, the_facts()).text


def test_p13_promises_carry_their_dates() -> None:
    text = written(Step.PROMISE, the_facts()).text
    assert "- We send you the receipt: by Friday 6 March 2026 at 11:30 (CET)\n" in text


def test_p18_there_is_no_field_for_anything_internal() -> None:
    fields = set(DraftFacts.__dataclass_fields__)
    assert not {name for name in fields if re.search("note|internal|colleague|private", name)}
    with pytest.raises(TypeError):
        DraftFacts(notes="x")  # type: ignore[call-arg]


def test_a_private_number_in_the_facts_is_blotted_out_and_stops_the_draft() -> None:
    draft = written(Step.PROGRESS, the_facts(done=f"Ring Pat on {PHONE}, any time."))
    assert "Ring Pat on +██ ███ ███ ████, any time." in draft.text
    assert Kind.MASKED in {one.kind for one in draft.faults if one.stops}


def test_p5_a_sheet_made_wrongly_gives_nothing_away_either() -> None:
    sheet = ContactSheet("Pat", PHONE, MAIL)
    text = written(Step.MANAGER_CONTACT, the_facts(signer=sheet, manager=sheet)).text
    assert not duty.gives_away(text, PEOPLE)
    assert MAIL not in text


_secrets = st.sampled_from(
    [
        PHONE,
        MAIL,
        "0171 / 555.0001",
        "0 1 7 1 5 5 5 0 0 0 1",
        "oh one seven one triple five triple zero one",
        "O171-SSS-OOO1",
        "٠١٧١ ٥٥٥ ٠٠٠١",
        "0171\u200b5550\u200b001",
        "pat.private at home dot example",
        "PAT.PRIVATE (at) home (dot) example",
        "p a t . p r i v a t e @ h o m e . e x a m p l e",
        "nights only if asked; bad knee",
        "0171 5550002",
    ]
)
_text = st.text(max_size=30) | _secrets | st.tuples(st.text(max_size=9), _secrets).map("".join)


@st.composite
def any_facts(draw: st.DrawFn) -> DraftFacts:
    sheet = st.builds(ContactSheet, _text, _text, _text)
    return replace(
        the_facts(),
        customer=draw(_text),
        case_number=draw(_text),
        subject=draw(_text),
        matter=draw(_text),
        offer=draw(_text),
        agreed=draw(_text),
        done=draw(_text),
        phone=draw(_text),
        mail=draw(_text),
        signer=draw(sheet),
        manager=draw(st.none() | sheet),
        means=draw(st.sampled_from(["phone", "mail", None])),
        promises=tuple(drafts.Commitment(what, NOW) for what in draw(st.lists(_text, max_size=2))),
        facts_known=draw(st.booleans()),
        fault=draw(st.sampled_from(AtFault)),
    )


@settings(max_examples=80, deadline=None)
@given(facts=any_facts(), step=st.sampled_from(Step))
def test_p5_whatever_is_put_in_the_facts_nothing_private_reaches_a_draft(
    facts: DraftFacts, step: Step
) -> None:
    draft = written(step, facts)
    for text in (draft.subject, draft.text):
        assert not duty.gives_away(text, PEOPLE)
        assert not private_in(text, PEOPLE)
        assert "bad knee" not in text.lower()
    assert draft.subject.isprintable()


_HOSTILE = (
    "{{ 7 * 191 }}",
    "{% for x in ''.__class__.__mro__ %}1337{% endfor %}",
    "{{ signer.__class__ }}",
    "{{ ''.join(['13', '37']) }}",
    "{# gone #}1337",
    "${7*191} #{7*191} %(number)s {number}",
    "{{ self._TemplateReference__context }}",
)


@settings(max_examples=40, deadline=None)
@given(
    hostile=st.sampled_from(_HOSTILE),
    step=st.sampled_from(Step),
    field=st.sampled_from(["customer", "subject", "matter", "offer", "agreed", "done", "phone"]),
)
def test_template_syntax_of_a_customer_is_text(hostile: str, step: Step, field: str) -> None:
    facts = the_facts(**{field: hostile})
    draft = written(step, facts)
    assert "1337" not in draft.text.replace(hostile, "")
    assert "class 'dict'" not in draft.text
    if hostile in draft.text:
        assert Kind.GAP in {one.kind for one in draft.faults}


@pytest.mark.parametrize(
    ("given_name", "greeted"),
    [
        ("Dana Reyes", "Dana Reyes"),
        ("Reyes, Dana", "Dana Reyes"),
        ("Dana Reyes, PhD", "Dana Reyes"),
        ("'Dana Reyes' via Support", "Dana Reyes"),
        ("  Zoë   O’Neil-Smith ", "Zoë O’Neil-Smith"),
        ("李小龙", "李小龙"),
        ("Dr. Ana María de la Cruz", "Dr. Ana María de la Cruz"),
        ("", ""),
        ("X", ""),
        ("dana@customer.example", ""),
        ("https://evil.example", ""),
        ("Dana\r\nBcc: all@example.org", ""),
        ("Dana\u2028Reyes", ""),
        ("{{ signer.mail }}", ""),
        ("<b>Dana</b>", ""),
        ("no-reply", ""),
        ("Call 0171 5550001", ""),
        ("D" * 500, ""),
        ("=?utf-8?q?Dana?=", ""),
    ],
)
def test_only_a_name_is_greeted_by(given_name: str, greeted: str) -> None:
    assert name_in_letter(given_name) == greeted


@settings(deadline=None)
@given(st.text(max_size=300))
def test_a_subject_is_one_line_whatever_the_customer_wrote(text: str) -> None:
    line = one_line(text)
    assert line.isprintable() or "\u200c" in line or "\u200d" in line
    assert len(line.splitlines()) <= 1
    assert "=?" not in line
    draft = written(Step.HOLDING, the_facts(subject=text))
    assert len(draft.subject.splitlines()) == 1


def test_a_text_cannot_begin_a_signature_or_a_quotation() -> None:
    assert paragraphs("a\n-- \nb\r\n> c\n\n\n\nd\x00\x1b[31m\u202e") == "a\n—\nb\nc\n\nd[31m"
    assert len(paragraphs("x" * 100_000)) == 4_000


def test_dates_are_said_by_the_clock_of_the_desk() -> None:
    zone = the_facts().zone
    assert in_words(NOW, zone) == "Wednesday 4 March 2026 at 11:30 (CET)"
    assert in_words(NOW.replace(month=7), zone) == "Saturday 4 July 2026 at 12:30 (CEST)"


def test_a_person_without_private_fields_costs_nothing() -> None:
    nobody = replace(PAT, personal_phone=Private(""), home_mail=Private(""), notes=Private(""))
    assert (
        private_in(f"{PHONE} {MAIL}", (nobody, replace(MAX, personal_phone=Private("123")))) == []
    )
