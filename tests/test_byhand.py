"""Flagging by hand, asking for help, and contacts logged as mails are (P7, P17)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from threading import Barrier, Thread

import pytest

from tests.caseloads import POLICY, caseload
from tests.readings import JANE, NOON, calm, flagged, scores
from triage.byhand import FLAGGED_BY_HAND, ByHand, Contact, Wish, as_mail
from triage.complaints import How
from triage.errors import ActRefused
from triage.life import CaseState, ClockKind, Status, deeds
from triage.pipeline import Saver
from triage.store import Database, Transaction, cases, life, mails
from triage.types import (
    Assessment,
    Decision,
    Email,
    MailKind,
    Outcome,
    RawMail,
    Reading,
    Severity,
)

PAT, SAM = "pat@desk.example", "sam@desk.example"


def as_read(raw: RawMail, email: Email) -> Reading:
    """A model that sees no anger in anything."""
    assessment = Assessment(email.text, scores(), (), "model-1")
    return Reading(raw, email, assessment, Decision(Outcome.PASS, None, "none"), "No rule holds.")


@pytest.fixture
def told() -> list[int]:
    return []


@pytest.fixture
def hand(told: list[int]) -> ByHand:
    return ByHand(caseload(PAT, SAM, tell=lambda _, notice: told.append(notice)), as_read)


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    with database.transaction() as opened:
        yield opened


def saved(tx: Transaction, hand: ByHand, *readings: Reading) -> None:
    Saver(hand.caseload).save(tx, readings)


def state(tx: Transaction, case_id: int = 1001) -> CaseState:
    found = life.state(tx, case_id)
    assert found is not None
    return found


def happened(tx: Transaction, case_id: int = 1001) -> list[tuple[str, str]]:
    case = cases.detail(tx, case_id)
    assert case is not None
    return [(event.who, event.what) for event in case.events]


def test_a_mail_that_passed_is_flagged_whatever_the_model_said(
    tx: Transaction, hand: ByHand, told: list[int]
) -> None:
    saved(tx, hand, calm(1))
    done = hand.flag(tx, 1, Severity.HIGH, PAT)
    assert (done.case_id, done.new) == (1001, True)
    mail = cases.mail(tx, 1)
    assert mail is not None
    assert (mail.outcome, mail.severity, mail.rule) == ("flag", "high", FLAGGED_BY_HAND)
    assert mail.model == "model-1"
    assert mail.scores == calm(1).assessment.scores.as_dict()  # type: ignore[union-attr]
    assert state(tx).timetable == POLICY.clocks[Severity.HIGH]
    assert happened(tx) == [(PAT, "flagged")]
    assert len(told) == 1


def test_twice_does_nothing(tx: Transaction, hand: ByHand, told: list[int]) -> None:
    saved(tx, hand, calm(1))
    hand.flag(tx, 1, Severity.HIGH, PAT)
    before = state(tx)
    again = hand.flag(tx, 1, Severity.EMERGENCY, SAM, "really")
    assert (again.case_id, again.new) == (1001, False)
    assert state(tx) == before
    assert len(told) == 1


def test_two_at_the_same_moment_open_one_case(database: Database, hand: ByHand) -> None:
    with database.transaction() as tx:
        saved(tx, hand, calm(1))
    start, done = Barrier(4), []

    def flag(who: str) -> None:
        start.wait()
        with database.transaction() as tx:
            done.append(hand.flag(tx, 1, Severity.HIGH, who).new)

    threads = [Thread(target=flag, args=[who]) for who in (PAT, SAM, PAT, SAM)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]
    with database.transaction() as tx:
        assert len(cases.page(tx)) == 1


def test_a_flag_by_hand_joins_the_case_of_its_thread(tx: Transaction, hand: ByHand) -> None:
    saved(tx, hand, flagged(1, message_id="a"), calm(2, references=("a",)))
    assert hand.flag(tx, 2, Severity.NORMAL, PAT).case_id == 1001
    assert ("triage", "flagged") in happened(tx)
    assert (PAT, "flagged") in happened(tx)


def test_one_that_is_flagged_already_becomes_graver_never_milder(
    tx: Transaction, hand: ByHand, told: list[int]
) -> None:
    saved(tx, hand, flagged(1, severity=Severity.NORMAL))
    pings = len(told)
    hand.flag(tx, 1, Severity.EMERGENCY, PAT)
    assert state(tx).severity is Severity.EMERGENCY
    assert len(told) > pings
    saved(tx, hand, flagged(2, severity=Severity.HIGH, message_id="2@x"))
    pings = len(told)
    hand.flag(tx, 2, Severity.LOW, PAT)
    assert state(tx, 1002).severity is Severity.HIGH
    assert len(told) == pings
    mail = cases.mail(tx, 2)
    assert mail is not None
    assert mail.rule == "supervisor"  # whose flag it was stays to be seen


@pytest.mark.parametrize("wish", Wish)
def test_a_case_that_had_ended_is_opened_again(tx: Transaction, hand: ByHand, wish: Wish) -> None:
    saved(tx, hand, flagged(1))
    hand.caseload.act(tx, 1001, deeds.Dismiss("a joke"), PAT)
    done = hand.heed(tx, 1, wish, "by keyword in support/INBOX")
    assert done.new
    assert state(tx).status is Status.FLAGGED
    assert state(tx).clocks
    reopened = cases.detail(tx, 1001).events  # type: ignore[union-attr]
    assert {"because": FLAGGED_BY_HAND} in [one.data for one in reopened]


def test_what_cannot_be_flagged_is_refused_and_changes_nothing(
    tx: Transaction, hand: ByHand
) -> None:
    saved(tx, hand, calm(1))
    for mail_id, who, why in ((9, PAT, "no mail 9"), (1, "stranger", "nobody called")):
        with pytest.raises(ActRefused, match=why):
            hand.flag(tx, mail_id, Severity.HIGH, who)
    assert cases.page(tx) == []


def test_a_mail_that_could_not_be_read_can_be_flagged(tx: Transaction, hand: ByHand) -> None:
    broken = replace(calm(1), email=None, assessment=None)
    broken = replace(broken, decision=Decision(Outcome.FAILED, None, "unreadable"))
    saved(tx, hand, broken)
    hand.flag(tx, 1, Severity.HIGH, PAT)
    (case,) = cases.page(tx)
    assert case.customer_name == "unknown sender"


def test_help_flags_first_and_goes_up_the_ladder(
    tx: Transaction, hand: ByHand, told: list[int]
) -> None:
    saved(tx, hand, calm(1))
    assert hand.ask_help(tx, 1, "he shouts", PAT).new
    assert not hand.ask_help(tx, 1, "again", PAT).new
    assert state(tx).clock(ClockKind.HELP, PAT)
    assert happened(tx) == [(PAT, "flagged"), (PAT, "help asked")]
    recipients = tx.execute("select kind, recipient from notice order by id").fetchall()
    assert recipients == [("flag", f'"{PAT}" <{PAT}>'), ("help", f'"{SAM}" <{SAM}>')]


def test_help_asked_by_nobody_named_is_asked_again_until_it_comes(
    tx: Transaction, told: list[int]
) -> None:
    times = [NOON]
    team = caseload(PAT, SAM, tell=lambda _, one: told.append(one), clock=lambda: times[0])
    hand = ByHand(team, as_read)
    saved(tx, hand, calm(1))
    by = "by keyword in support/INBOX"
    hand.heed(tx, 1, Wish.HELP, by)
    clock = state(tx).clock(ClockKind.HELP, by)
    assert clock is not None
    times[0] = clock.due
    team.ring(tx, 1001)
    assert ("triage", "help asked again") in happened(tx)
    assert (by, "help asked") in happened(tx)


CALL = Contact(How.CALL, "She is furious about the third router.", NOON, "Jo", "jo@x.example")


@pytest.mark.parametrize("how", [How.CALL, How.CHAT, How.VISIT])
def test_a_contact_runs_the_same_clocks(
    tx: Transaction, hand: ByHand, told: list[int], how: How
) -> None:
    """P17."""
    contact = replace(CALL, how=how)
    done = hand.log(tx, contact, hand.read(*as_mail(contact, PAT)), PAT, Severity.HIGH)
    assert (done.mail_id, done.case_id, done.new) == (1, 1001, True)
    saved(tx, hand, flagged(1))
    by_hand, by_mail = state(tx, 1001), state(tx, 1002)
    assert by_hand.timetable == by_mail.timetable
    assert {one.kind for one in by_hand.clocks} == {one.kind for one in by_mail.clocks}
    assert len(told) == 2
    row = tx.execute("select source, customer_name from cases where id = 1001").fetchone()
    assert row == (how, "Jo")
    row = tx.execute("select source, kind, digest from mail where id = 1").fetchone()
    assert row == (how, MailKind.CUSTOMER, as_mail(contact, PAT)[0].digest)
    original = message_from_bytes(mails.original(tx, 1) or b"")
    words = original.get_payload(decode=True)
    assert isinstance(words, bytes)
    assert "She is furious" in words.decode()


def test_the_same_contact_twice_is_one(tx: Transaction, hand: ByHand, told: list[int]) -> None:
    first = hand.log(tx, CALL, hand.read(*as_mail(CALL, PAT)), PAT, Severity.HIGH)
    again = hand.log(tx, CALL, hand.read(*as_mail(CALL, PAT)), PAT, Severity.HIGH)
    assert again == replace(first, new=False)
    assert len(told) == 1


def test_a_contact_without_a_mail_address_works_and_is_known_by_its_phone(
    tx: Transaction, hand: ByHand
) -> None:
    first = Contact(How.CALL, "Nobody came.", NOON, "Jo", phone="+49 30 1234567")
    again = Contact(How.CALL, "Still nobody.", NOON, phone="030/1234567")
    for contact in (first, again):
        hand.log(tx, contact, hand.read(*as_mail(contact, PAT)), PAT, Severity.NORMAL)
    (case,) = cases.page(tx)
    assert (case.customer_name, case.customer_address) == ("Jo", "")
    assert state(tx).phone == "+49 30 1234567"


@pytest.mark.parametrize(
    "told_about",
    [{"mail": JANE.address.upper()}, {"case": "T-1001"}, {"case": "4711"}],
    ids=["address", "reference", "number"],
)
def test_a_call_joins_the_open_case_of_the_customer(
    tx: Transaction, hand: ByHand, told_about: dict[str, str]
) -> None:
    saved(tx, hand, flagged(1, case_number="4711"))
    contact = Contact(How.CALL, "Where is my answer?", NOON, "Jane", **told_about)
    done = hand.log(tx, contact, hand.read(*as_mail(contact, PAT)), PAT, Severity.HIGH)
    assert done.case_id == 1001


def test_a_call_that_names_no_case_we_have_is_refused(tx: Transaction, hand: ByHand) -> None:
    contact = replace(CALL, case="T-4")
    with pytest.raises(ActRefused, match="no case T-4"):
        hand.log(tx, contact, hand.read(*as_mail(contact, PAT)), PAT, Severity.HIGH)
    assert tx.execute("select count(*) from mail").fetchone() == (0,)


def test_without_a_severity_the_policy_decides(tx: Transaction, hand: ByHand) -> None:
    done = hand.log(tx, CALL, hand.read(*as_mail(CALL, PAT)), PAT)
    assert done.case_id is None
    saved(tx, hand, flagged(1, sender=replace(JANE, address="jo@x.example")))
    later = replace(CALL, words="Thank you, all is well.", at=datetime.now(UTC))
    done = hand.log(tx, later, hand.read(*as_mail(later, PAT)), PAT)
    assert done.case_id == 1001
    assert (PAT, "customer wrote again") in happened(tx)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"words": " "}, "words"),
        ({"words": "x" * 100_001}, "words"),
        ({"words": "\ud800"}, "words"),
        ({"name": "", "mail": ""}, "name"),
        ({"name": "a\r\nBcc: x@y.example"}, "name"),
        ({"mail": "two@x.example, three@x.example"}, "mail"),
        ({"mail": "no address"}, "mail"),
        ({"phone": "1" * 61}, "phone"),
        ({"how": How.MAIL}, "how"),
        ({"at": datetime(2026, 1, 1)}, "at"),  # noqa: DTZ001 - what is refused
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(ActRefused) as refused:
        replace(CALL, **changes)  # type: ignore[arg-type]
    assert refused.value.missing == (field,)
