"""What happens to a case, on the true store: told, reminded, taken, and everything on record."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.at_work import PEOPLE, AtWork, without
from tests.readings import calm, flagged
from tests.servers.smtp import SmtpServer
from triage.duty import Answer
from triage.errors import ActRefused
from triage.life import ClockKind, Status, deeds
from triage.store import Database, Transaction
from triage.store import life as lives
from triage.types import MailKind, Person, Severity


@pytest.fixture
def desk(database: Database) -> Iterator[AtWork]:
    with SmtpServer() as smtp:
        yield AtWork(database, smtp)


def test_p1_a_flag_tells_point_and_starts_the_clocks(desk: AtWork) -> None:
    case = desk.flag()
    desk.go()
    assert desk.told() == ["pat"]
    state = desk.state(case)
    assert state.status is Status.NOTIFIED
    assert {clock.kind for clock in state.clocks} == {
        *(ClockKind.ACKNOWLEDGE, ClockKind.ANSWER, ClockKind.OUTCOME, ClockKind.MANAGER)
    }


def test_a_flag_nobody_acknowledges_climbs_the_ladder_and_never_ends(desk: AtWork) -> None:
    """High: ten minutes a step, then everybody each quarter of an hour."""
    case = desk.flag()
    desk.wait(minutes=29)
    assert desk.told() == ["pat", "sam", "rita"]
    desk.wait(minutes=16)
    assert desk.told() == ["pat", "sam", "rita", "max", "pat", "sam", "rita", "max"]
    assert {"escalated", "reminded"} <= set(desk.history(case))
    desk.smtp.clear()
    desk.wait(hours=3)
    assert desk.told().count("pat") >= 12
    assert desk.state(case).status is Status.NOTIFIED


def test_p2_who_asks_for_a_manager_waits_half_as_long(desk: AtWork) -> None:
    reading = flagged()
    desk.save(replace(reading, decision=replace(reading.decision, rule="asks for a manager")))
    desk.wait(minutes=6)
    assert desk.told() == ["pat", "sam"]


def test_an_acknowledgement_ends_the_pings_at_once(desk: AtWork) -> None:
    case = desk.flag()
    desk.wait(minutes=11)
    desk.act(case, deeds.Acknowledge(), "sam")
    desk.smtp.clear()
    desk.wait(minutes=100)
    assert {subject for _, subject in desk.mails() if "Sam has it" not in subject} == set()
    assert desk.told() == ["pat"]


def test_notices_in_the_queue_are_dropped_once_somebody_has_the_case(desk: AtWork) -> None:
    """As where the mail server is down for an hour."""
    case = desk.flag()
    desk.smtp.defer(1000)
    desk.wait(minutes=45)
    desk.act(case, deeds.Acknowledge(), "kim")
    desk.smtp.clear()
    desk.go()
    assert desk.mails() == []
    assert desk.queue == []
    states = desk.notices()
    assert states[("flag", "dropped")] == 1
    assert ("taken", "sent") not in states
    assert sum(states[kind, state] for kind, state in states if state != "dropped") == 0


def test_the_owner_is_told_though_the_case_is_theirs(desk: AtWork) -> None:
    """What came after they took it is no ping."""
    case = desk.flag(1)
    desk.go()
    desk.act(case, deeds.Acknowledge(), "kim")
    desk.go()
    desk.smtp.clear()
    desk.now += timedelta(minutes=5)
    desk.flag(2, in_reply_to="1@customer.example", text="Still nothing! Where is your manager?")
    desk.go()
    assert desk.told() == ["kim", "pat"]


def test_a_calm_word_of_the_customer_reaches_the_owner(desk: AtWork) -> None:
    case = desk.flag(1)
    desk.act(case, deeds.Acknowledge(), "kim")
    desk.go()
    desk.smtp.clear()
    desk.save(calm(2, in_reply_to="1@customer.example"))
    desk.go()
    assert desk.told() == ["kim"]
    assert desk.history(case)[-2:] == ["customer wrote again", "notice sent"]


def test_mail_of_ours_answers_the_customer(desk: AtWork) -> None:
    case = desk.flag(1)
    desk.act(case, deeds.Acknowledge(), "pat")
    ours = {"kind": MailKind.OWN, "sender": Person("Desk", "support@desk.example")}
    desk.save(calm(2, in_reply_to="1@customer.example", **ours))
    assert desk.state(case).status is Status.ANSWERED
    assert desk.state(case).clock(ClockKind.ANSWER) is None


def test_p8_an_emergency_reaches_several_at_once(desk: AtWork) -> None:
    desk.flag(severity=Severity.EMERGENCY)
    desk.go()
    assert desk.told() == ["pat", "sam", "rita", "max"]
    assert "112" in desk.text()


def test_p8_a_case_that_becomes_an_emergency_begins_anew(desk: AtWork) -> None:
    case = desk.flag()
    desk.go()
    desk.act(case, deeds.Acknowledge(), "pat")
    desk.smtp.clear()
    desk.act(case, deeds.RaiseSeverity(Severity.EMERGENCY, "says he waits outside"), "pat")
    desk.go()
    assert set(desk.told()) == {"pat", "sam", "rita", "max"}
    assert desk.state(case).status is Status.NOTIFIED
    assert desk.state(case).timetable.every_channel


def test_p4_the_manager_is_told_by_itself_and_again_when_it_is_done(desk: AtWork) -> None:
    case = desk.flag(case_number="4711")
    desk.act(case, deeds.Acknowledge(), "pat")
    desk.wait(hours=4, minutes=1)
    (at,) = [place for place, who in enumerate(desk.told()) if who == "max"]
    words = desk.text(at)
    assert "not resolved yet" in words.lower()
    assert "Jane Doe" in words
    assert "4711" in words
    desk.act(case, deeds.NoteDone("Sent a new router by courier."), "pat")
    desk.act(case, deeds.TellManager(), "pat")
    desk.go()
    assert desk.told()[-1] == "max"
    assert "Sent a new router by courier." in desk.text()
    assert "told of this case before" in desk.text()


def test_p6_after_hours_the_manager_gets_a_task_with_the_phone_of_the_signature(
    desk: AtWork,
) -> None:
    desk.duty = replace(PEOPLE, answers=(Answer("phone"),))
    desk.now = desk.now.replace(hour=18)
    case = desk.flag(signature="Jane Doe\nTel. +49 30 901820\njane@elsewhere.example")
    desk.go()
    assert sorted(desk.told()) == ["max", "pat"]
    at = desk.told().index("max")
    assert "+4930901820" in desk.text(at)
    assert desk.state(case).phone == "+4930901820"
    due = desk.state(case).clock(ClockKind.MANAGER_ANSWER)
    assert due is not None
    assert due.due == desk.now + timedelta(hours=2)
    desk.act(case, deeds.Acknowledge(), "pat")
    desk.smtp.clear()
    desk.wait(hours=3)
    assert "max" in desk.told()
    desk.act(case, deeds.ManagerAnswered("Called her; she is content."), "max")
    assert desk.state(case).clock(ClockKind.MANAGER_ANSWER) is None


def test_p6_while_the_desk_is_open_there_is_no_such_task(desk: AtWork) -> None:
    case = desk.flag(signature="Tel. +49 30 901820")
    assert desk.state(case).clock(ClockKind.MANAGER_ANSWER) is None


def test_p7_help_is_asked_again_until_it_is_given(desk: AtWork) -> None:
    case = desk.flag()
    desk.act(case, deeds.Acknowledge(), "pat")
    desk.go()
    desk.smtp.clear()
    desk.act(case, deeds.AskHelp("He shouts at me on the phone."), "pat")
    desk.wait(minutes=11)
    assert desk.told()[0] == "rita"
    assert "He shouts at me" in desk.text(0)
    assert len(desk.told()) > 1
    desk.smtp.clear()
    desk.act(case, deeds.GiveHelp("Offer him a month free."), "rita")
    desk.wait(minutes=60)
    assert desk.told() == ["pat"]
    assert "Case T-1001: Rita helps you" in desk.mails()[0][1]
    assert "Read what Rita says to your call for help." in desk.text()
    assert "Offer him a month free." in desk.text()


def test_p7_who_asked_hears_that_somebody_took_the_case(desk: AtWork) -> None:
    case = desk.flag()
    desk.act(case, deeds.AskHelp("He shouts at me."), "sam")
    desk.go()
    desk.smtp.clear()
    desk.act(case, deeds.Acknowledge(), "rita")
    desk.wait(minutes=1)
    assert sorted(desk.told()) == ["pat", "sam"]
    (text,) = (desk.text(at) for at, who in enumerate(desk.told()) if who == "sam")
    assert text.startswith("Nothing to do for you: Rita has taken this case.")
    assert "You asked for help with it" in text


def test_whoever_left_the_desk_leaves_no_case_behind(desk: AtWork) -> None:
    case = desk.flag()
    desk.act(case, deeds.Acknowledge(), "pat")
    desk.go()
    desk.smtp.clear()
    desk.duty = without(PEOPLE, "pat")
    desk.wait(hours=3)
    assert desk.told()[0] == "sam"
    assert desk.state(case).owner is None
    assert "given back" in desk.history(case)
    with pytest.raises(ActRefused, match="nobody called"):
        desk.act(case, deeds.Acknowledge(), "pat")


def test_what_a_person_did_not_see_is_not_overwritten(desk: AtWork) -> None:
    case = desk.flag()
    seen = desk.state(case).revision
    desk.go()
    desk.act(case, deeds.Acknowledge(), "pat", seen)  # that a notice went out is no change
    with pytest.raises(ActRefused, match="changed"):
        desk.act(case, deeds.Close(), "sam", seen)
    with pytest.raises(ActRefused, match="changed"):
        desk.act(case, deeds.Note("x"), "sam", 99)


def test_a_deed_for_a_case_that_is_not_there_is_refused(desk: AtWork) -> None:
    with pytest.raises(ActRefused, match="no case 5"):
        desk.act(5, deeds.Acknowledge(), "pat")


def test_a_refused_deed_changes_nothing(desk: AtWork) -> None:
    case = desk.flag()
    before = desk.state(case)
    with pytest.raises(ActRefused):
        desk.act(case, deeds.Close(), "pat")
    assert desk.state(case) == before


def test_a_case_without_clocks_is_given_some(desk: AtWork, database: Database) -> None:
    case = desk.flag()
    desk.go()
    desk.smtp.clear()
    with database.transaction() as tx:
        tx.execute("delete from clock")
        assert lives.clockless(tx) == [case]
    desk.ringer.step()
    desk.go()
    assert desk.told() == ["pat"]
    assert ClockKind.ACKNOWLEDGE in {clock.kind for clock in desk.state(case).clocks}
    with database.transaction() as tx:
        assert lives.clockless(tx) == []


def test_the_rule_of_a_case_is_that_of_its_last_flag(desk: AtWork) -> None:
    case = desk.flag(1)
    again = flagged(2, in_reply_to="1@customer.example")
    desk.save(replace(again, decision=replace(again.decision, rule="irate")))
    assert desk.state(case).rule == "irate"


def test_nothing_of_a_change_stays_when_its_notice_cannot_be_queued(desk: AtWork) -> None:
    case = desk.flag()
    before = desk.state(case)

    def no_queue(tx: Transaction, notice: int) -> None:
        raise RuntimeError("no queue")

    broken = replace(desk.caseload, tell=no_queue)
    with pytest.raises(RuntimeError), desk.database.transaction() as tx:
        broken.act(tx, case, deeds.AskHelp("please"), "pat")
    assert desk.state(case) == before
