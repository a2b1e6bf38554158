"""Saving what was read: each mail once, each flag told once, all in one transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.caseloads import caseload
from tests.readings import NOON, calm, email, flagged, raw_mail
from triage.pipeline import Saver
from triage.store import Database, Transaction, cases, ledger, mails, notices
from triage.types import Decision, MailKind, Outcome, Person, Place, Reading, Severity

Save = Callable[..., list[int]]


@pytest.fixture
def save(database: Database) -> Save:
    """Saves readings in a transaction each; the ids of the notices deferred."""

    def saving(*readings: Reading, quiet: bool = False) -> list[int]:
        told: list[int] = []
        people = caseload(
            "pat@desk.example", "sam@desk.example", tell=lambda _, notice: told.append(notice)
        )
        saver = Saver(people, quiet)
        for reading in readings:
            with database.transaction() as tx:
                saver.save(tx, [reading])
        return told

    return saving


def _outcomes(database: Database) -> dict[int, str]:
    with database.transaction() as tx:
        return ledger.entered(tx, "support", "INBOX", 7)


def test_a_flagged_mail_opens_a_case_and_tells_point(database: Database, save: Save) -> None:
    assert len(save(flagged())) == 1
    with database.transaction() as tx:
        (row,) = cases.page(tx)
        case = cases.detail(tx, row.id)
    assert (row.customer_name, row.reference) == ("Jane Doe", "T-1001")
    assert row.sentence == "Nobody answers. I want your manager."
    assert case is not None
    assert case.mails[0].because == "Asks for someone higher."
    assert case.mails[0].original
    assert [event.what for event in case.events] == ["flagged"]
    assert _outcomes(database) == {1: "flag"}


def test_a_calm_mail_is_kept_and_nobody_is_told(database: Database, save: Save) -> None:
    assert save(calm()) == []
    with database.transaction() as tx:
        assert cases.page(tx) == []
        assert mails.tally(tx) == {"pass": 1}
        assert mails.original(tx, 1) is None
    assert _outcomes(database) == {1: "pass"}


def test_the_same_mail_at_another_place_is_a_repeat(database: Database, save: Save) -> None:
    first = flagged()
    moved = replace(first, raw=replace(first.raw, place=Place("support", "INBOX", 8, 55)))
    assert len(save(first, moved, first)) == 1
    with database.transaction() as tx:
        assert ledger.entered(tx, "support", "INBOX", 8) == {55: "repeat"}


def test_the_same_writing_delivered_twice_is_a_repeat(database: Database, save: Save) -> None:
    copy = raw_mail(2, b"Received: elsewhere\n\nother bytes")
    twice = replace(flagged(), raw=copy)
    assert len(save(flagged(), twice)) == 1
    assert _outcomes(database) == {1: "flag", 2: "repeat"}


@pytest.mark.parametrize(
    "difference",
    [
        {"text": "And now you hang up on me!"},
        {"sent": NOON + timedelta(minutes=1)},
        {"sender": Person("Eve", "eve@elsewhere.example")},
        {"subject": "Refund"},
    ],
)
def test_a_borrowed_message_id_hides_nothing(
    database: Database, save: Save, difference: dict[str, object]
) -> None:
    other = flagged(2, message_id="1@customer.example", **difference)
    assert len(save(flagged(), other)) == 2
    assert _outcomes(database) == {1: "flag", 2: "flag"}


def test_mails_without_message_id_are_never_taken_for_each_other(
    database: Database, save: Save
) -> None:
    assert len(save(flagged(1, message_id=None), flagged(2, message_id=None))) == 2


def test_an_answer_joins_its_thread_and_raises_the_severity(database: Database, save: Save) -> None:
    again = flagged(2, severity=Severity.EMERGENCY, in_reply_to="1@customer.example")
    save(flagged(), again)
    with database.transaction() as tx:
        (row,) = cases.page(tx)
    assert row.severity == "emergency"


def test_a_milder_mail_does_not_lower_the_severity(database: Database, save: Save) -> None:
    save(flagged(), flagged(2, severity=Severity.LOW, references=("1@customer.example",)))
    with database.transaction() as tx:
        (row,) = cases.page(tx)
    assert row.severity == "high"


def test_a_case_number_joins_only_the_same_customers_mail(database: Database, save: Save) -> None:
    stranger = Person("Eve", "eve@elsewhere.example")
    save(
        flagged(1, case_number="12345"),
        flagged(2, case_number="12345", text="Still nothing."),
        flagged(3, case_number="12345", sender=stranger),
    )
    with database.transaction() as tx:
        numbers = [(row.number, row.customer_address) for row in cases.page(tx)]
    assert numbers == [("12345", "eve@elsewhere.example"), ("12345", "jane@customer.example")]


def test_the_case_reference_in_an_answer_finds_the_case(database: Database, save: Save) -> None:
    save(flagged(1), flagged(2, case_number="T-1001", text="Still nothing."))
    with database.transaction() as tx:
        assert len(cases.page(tx)) == 1


def test_what_was_written_before_in_the_thread_is_gathered(database: Database, save: Save) -> None:
    ours = {"kind": MailKind.OWN, "sender": Person("Desk", "support@desk.example")}
    stranger = {"sender": Person("Eve", "eve@elsewhere.example")}
    thread = tuple(f"{uid}@customer.example" for uid in (1, 2, 3))
    save(calm(1), calm(2, **ours), calm(3, **stranger), flagged(4, references=thread))
    with database.transaction() as tx:
        case = cases.detail(tx, 1001)
    assert case is not None
    assert [mail.id for mail in case.mails] == [1, 2, 4]


def test_a_calm_answer_is_added_to_the_case(database: Database, save: Save) -> None:
    save(flagged(), calm(2, in_reply_to="1@customer.example"))
    with database.transaction() as tx:
        case = cases.detail(tx, 1001)
    assert case is not None
    assert [event.what for event in case.events] == ["flagged", "customer wrote again"]


def test_a_mail_that_cannot_be_read_is_kept_whole_for_a_person(
    database: Database, save: Save
) -> None:
    raw = raw_mail(1, b"\x00broken")
    failed = Decision(Outcome.FAILED, None, "unreadable")
    save(Reading(raw, None, None, failed, "no headers"))
    with database.transaction() as tx:
        (waiting,) = mails.waiting_for_a_person(tx)
        assert mails.original(tx, waiting.id) == b"\x00broken"
    assert waiting.outcome == "failed"


def test_a_mail_the_model_does_not_read_waits_for_a_person(database: Database, save: Save) -> None:
    raw = raw_mail()
    unscored = Decision(Outcome.UNSCORED, None, "not scored: language de")
    save(Reading(raw, email(raw, language="de"), None, unscored, "For a person."))
    with database.transaction() as tx:
        (waiting,) = mails.waiting_for_a_person(tx)
    assert (waiting.language, waiting.rule) == ("de", "not scored: language de")


def test_a_quiet_save_opens_no_case(database: Database, save: Save) -> None:
    assert save(flagged(), quiet=True) == []
    with database.transaction() as tx:
        assert cases.page(tx) == []
        assert mails.tally(tx) == {"flag": 1}


def test_nothing_is_saved_when_the_job_cannot_be_deferred(database: Database) -> None:
    def broken(_: Transaction, notice: int) -> None:
        raise RuntimeError("no queue")

    saver = Saver(caseload("pat@desk.example", tell=broken))
    with pytest.raises(RuntimeError), database.transaction() as tx:
        saver.save(tx, [flagged()])
    with database.transaction() as tx:
        assert mails.tally(tx) == {}
        assert ledger.entered(tx, "support", "INBOX", 7) == {}
        assert notices.tally(tx) == {}
