"""Every kind of notice, worded from true rows and sent by a true server."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.at_work import MONDAY, PEOPLE, AtWork
from tests.readings import calm, flagged
from tests.servers.smtp import SmtpServer
from tests.servers.webhook import WebhookServer
from triage.duty import Answer, Channel
from triage.life import TellKind, deeds
from triage.store import Database
from triage.types import Severity


@pytest.fixture
def desk(database: Database) -> Iterator[AtWork]:
    with SmtpServer() as smtp:
        yield AtWork(database, smtp)


@pytest.fixture
def case(desk: AtWork) -> int:
    """Flagged, taken by pat; everybody knows."""
    case = desk.flag(1, case_number="4711")
    desk.act(case, deeds.Acknowledge(), "pat")
    desk.go()
    desk.smtp.clear()
    return case


def words(desk: AtWork, to: str) -> str:
    """Of the last mail to that person."""
    return desk.text(max(at for at, who in enumerate(desk.told()) if who == to))


def test_a_flag_says_who_what_why(desk: AtWork) -> None:
    desk.flag(1, case_number="4711")
    desk.go()
    for part in ("Jane Doe", "4711 (T-1001)", "I want your manager", "Asks for someone higher"):
        assert part in desk.text()
    assert "12:00" not in desk.text()  # the desk's own clock, not the mail's
    assert "13:00 CET" in desk.text()


def test_a_reminder_says_how_often(desk: AtWork) -> None:
    desk.rules = replace(
        desk.rules,
        clocks={name: replace(table, tries=3) for name, table in desk.rules.clocks.items()},
    )
    desk.flag()
    desk.wait(minutes=11)
    assert "reminder 2" in desk.mails()[-1][1]
    assert "2nd time" in desk.text()


def test_an_escalation_says_who_did_not_answer(desk: AtWork) -> None:
    desk.flag()
    desk.wait(minutes=21)
    assert desk.told()[-1] == "rita"
    assert "Pat and Sam did not answer for 20 minutes" in " ".join(desk.text().split())


def test_a_call_for_help_carries_its_words_and_how_often(desk: AtWork, case: int) -> None:
    desk.act(case, deeds.AskHelp("I do not know what to say."), "pat")
    desk.go()
    assert "Pat" in words(desk, "rita")
    assert "I do not know what to say." in words(desk, "rita")
    desk.wait(minutes=11)
    assert "2nd time" in words(desk, "rita")


def test_a_hand_over_carries_all_that_was_said(desk: AtWork, case: int) -> None:
    desk.act(case, deeds.Note("He moved house in May."), "pat")
    desk.act(case, deeds.HandOver("kim", "He wants a call before noon."), "pat")
    desk.go()
    assert "He moved house in May." in words(desk, "kim")
    assert "He wants a call before noon." in words(desk, "kim")


def test_an_overdue_answer_is_named(desk: AtWork, case: int) -> None:
    desk.wait(hours=2, minutes=1)
    assert "answer overdue" in desk.mails()[-1][1]
    assert desk.told()[-1] == "pat"


def test_an_overdue_promise_is_quoted(desk: AtWork, case: int) -> None:
    due = desk.now + timedelta(minutes=30)
    desk.act(case, deeds.MakePromise("Call back with the price.", due), "pat")
    desk.wait(minutes=31)
    assert "Call back with the price." in words(desk, "pat")
    assert "promised by Pat" in words(desk, "pat")


def test_a_promise_kept_in_time_is_not_spoken_of(desk: AtWork, case: int) -> None:
    due = desk.now + timedelta(minutes=30)
    desk.act(case, deeds.MakePromise("Call back.", due), "pat")
    desk.now += timedelta(minutes=31)
    desk.ringer.step()
    desk.act(case, deeds.KeepPromise(1), "pat")
    desk.go()
    assert desk.mails() == []


def test_the_customer_wrote(desk: AtWork, case: int) -> None:
    desk.save(calm(2, in_reply_to="1@customer.example"))
    desk.go()
    assert "wrote again" in desk.mails()[-1][1]


def test_whoever_stands_down_learns_who_has_it(desk: AtWork) -> None:
    case = desk.flag()
    desk.go()
    desk.act(case, deeds.Acknowledge(), "sam")
    desk.go()
    assert desk.told() == ["pat", "pat"]
    assert "Sam has it" in desk.mails()[-1][1]


def test_p4_the_manager_reads_what_was_done_by_whom(desk: AtWork, case: int) -> None:
    desk.act(case, deeds.NoteDone("Refunded 30 euros."), "pat")
    desk.act(case, deeds.TellManager(), "pat")
    desk.go()
    for part in ("Jane Doe", "4711", "Refunded 30 euros.", "Pat"):
        assert part in words(desk, "max")


def test_p4_unresolved_it_says_what_runs_next(desk: AtWork) -> None:
    desk.flag()
    desk.rules = replace(desk.rules)
    desk.wait(hours=4, minutes=1)
    at = max(
        place
        for place, (_, subject) in enumerate(desk.mails())
        if "not resolved" in subject.lower()
    )
    assert "somebody takes the case" in desk.text(at)


def test_p6_the_task_says_how_and_where(desk: AtWork) -> None:
    desk.duty = replace(PEOPLE, answers=(Answer("phone"),))
    desk.now = MONDAY.replace(hour=19)
    case = desk.flag(signature="Jane\nMobile +49 170 1234567")
    desk.go()
    first = words(desk, "max")
    assert "+491701234567" in first
    assert "jane@customer.example" in first
    desk.act(case, deeds.Acknowledge(), "pat")
    desk.wait(hours=2, minutes=1)
    assert "overdue" in words(desk, "max")
    assert "+491701234567" in words(desk, "max")
    desk.wait(minutes=20)
    assert "Get Max to call the customer" in words(desk, "pat")


def test_the_end_of_a_hold_says_why_it_was(desk: AtWork, case: int) -> None:
    until = desk.now + timedelta(hours=1)
    desk.act(case, deeds.Hold(until, "Waits for the part."), "pat")
    desk.wait(hours=1, minutes=1)
    assert "hold ended" in desk.mails()[-1][1]
    assert "Waits for the part." in words(desk, "pat")


def test_every_kind_of_telling_has_its_words(desk: AtWork) -> None:
    """Whatever the life of a case may say; the tests above show what each becomes."""
    from triage.matters import _MATTERS

    assert set(TellKind) == set(_MATTERS) | {TellKind.FLAG, TellKind.MANAGER}


def test_a_case_logged_without_a_mail_is_told_of_all_the_same(
    desk: AtWork, database: Database
) -> None:
    """A call has no mail, no scores and no flag."""
    case = desk.flag()
    with database.transaction() as tx:
        tx.execute("update notice set flag_id = null")
        tx.execute("delete from flag")
        tx.execute("update cases set source = 'call', rule = 'by hand'")
    desk.go()
    desk.act(case, deeds.RaiseSeverity(Severity.EMERGENCY, "threat"), "pat")
    desk.go()
    assert desk.told() == ["pat", "pat", "sam", "rita", "max"]
    assert "Jane Doe" in desk.text()


def test_p8_an_emergency_goes_out_on_every_channel(desk: AtWork, tmp_path: Path) -> None:
    with WebhookServer() as hook:
        (tmp_path / "pat.url").write_text(hook.url())
        pat = replace(PEOPLE.people[0], channels=(Channel("chat", tmp_path / "pat.url"),))
        desk.duty = replace(PEOPLE, people=(pat, *PEOPLE.people[1:]))
        desk.flag(severity=Severity.EMERGENCY)
        desk.go()
        (message,) = hook.received
    told = str(message.fields)
    assert "EMERGENCY" in told
    assert "T-1001" in told
    assert "https://triage.example/cases/1001" in told
    assert "Jane Doe" not in told
    assert "I want your manager" not in told
    assert desk.told() == ["pat", "sam", "rita", "max"]
    assert desk.notices() == {("flag", "sent"): 5}


def test_a_channel_that_breaks_delays_no_mail(desk: AtWork, tmp_path: Path) -> None:
    pat = replace(PEOPLE.people[0], channels=(Channel("chat", tmp_path / "missing.url"),))
    desk.duty = replace(PEOPLE, people=(pat, *PEOPLE.people[1:]))
    desk.flag(severity=Severity.EMERGENCY)
    desk.go()
    assert len(desk.mails()) == 4
    assert len(desk.queue) == 1  # until the operator mends it
    desk.duty = PEOPLE
    desk.go()
    assert len(desk.refused) == 1  # pat has no such channel any more


def test_a_high_case_stays_off_the_phones(desk: AtWork, tmp_path: Path) -> None:
    pat = replace(PEOPLE.people[0], channels=(Channel("chat", tmp_path / "missing.url"),))
    desk.duty = replace(PEOPLE, people=(pat, *PEOPLE.people[1:]))
    desk.save(flagged())
    desk.go()
    assert desk.notices() == {("flag", "sent"): 1}
