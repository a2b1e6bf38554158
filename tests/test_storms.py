"""Many flags at once: a few mails, one bundle, no emergency late; on a true mail server."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread

import pytest

from tests.at_work import AtWork
from tests.servers.smtp import SmtpServer
from tests.waiting import PATIENCE
from triage.life import deeds
from triage.store import Database
from triage.types import Person, Severity


@pytest.fixture
def desk(database: Database) -> Iterator[AtWork]:
    with SmtpServer() as smtp:
        yield AtWork(database, smtp)


def storm(desk: AtWork, count: int, seconds: float, severity: Severity = Severity.HIGH) -> None:
    """So many customers within that time; each notice is taken out as it comes."""
    first = len(desk.queue)
    start = desk.now
    for number in range(count):
        desk.now = start + timedelta(seconds=seconds * number / count)
        name = f"Customer {number}"
        desk.flag(
            first + number + 1,
            severity=severity,
            subject=f"Order {number}",
            sender=Person(name, f"c{number}@customer.example"),
        )
        desk.go()


def test_200_flags_in_five_minutes_are_three_mails_and_one_bundle(desk: AtWork) -> None:
    storm(desk, 200, 290)
    assert desk.told() == ["pat"] * 3
    desk.wait(minutes=5, seconds=20, ringing=False)
    desk.ringer.bundle(desk.now)
    desk.go()
    to, subject = desk.mails()[-1]
    assert len(desk.mails()) == 4
    assert to == "pat@example.org"
    assert "197 cases" in subject
    words = desk.text()
    assert all(f"Customer {number}" in words for number in range(3, 200))
    assert desk.notices() == {("flag", "sent"): 200, ("bundle", "sent"): 1}


def test_every_case_of_a_bundle_knows_that_it_was_told(desk: AtWork, database: Database) -> None:
    storm(desk, 6, 30)
    desk.wait(minutes=6, ringing=False)
    desk.ringer.bundle(desk.now)
    desk.go()
    with database.transaction() as tx:
        rows = tx.execute(
            """select status, (select count(*) from event where case_id = cases.id
                               and what = 'notice sent') from cases"""
        ).fetchall()
    assert rows == [("notified", 1)] * 6


def test_p8_emergencies_go_alone_whatever_the_storm(desk: AtWork) -> None:
    storm(desk, 10, 30)
    desk.smtp.clear()
    desk.flag(50, severity=Severity.EMERGENCY, sender=Person("Eve", "eve@customer.example"))
    desk.go()
    assert desk.told() == ["pat", "sam", "rita", "max"]
    assert all("EMERGENCY" in subject for _, subject in desk.mails())


def test_p8_what_becomes_an_emergency_while_it_waits_goes_alone(desk: AtWork) -> None:
    storm(desk, 5, 30)
    desk.smtp.clear()
    desk.act(1005, deeds.RaiseSeverity(Severity.EMERGENCY, "he is at the door"), "sam")
    desk.go()
    assert set(desk.told()) == {"pat", "sam", "rita", "max"}
    desk.smtp.clear()
    desk.wait(minutes=6, ringing=False)
    desk.ringer.bundle(desk.now)
    desk.go()
    subjects = [subject for _, subject in desk.mails()]
    assert [subject for subject in subjects if "1 case for you" in subject]
    assert desk.notices()["flag", "sent"] == 9


def test_what_somebody_took_meanwhile_is_not_in_the_bundle(desk: AtWork) -> None:
    storm(desk, 8, 30)
    for case in (1004, 1005):
        desk.act(case, deeds.Acknowledge(), "sam")
    desk.wait(minutes=6, ringing=False)
    desk.ringer.bundle(desk.now)
    desk.go()
    assert "3 cases" in desk.mails()[-1][1]
    assert "Customer 3" not in desk.text()
    assert desk.notices()["flag", "dropped"] == 2
    assert ("taken", "sent") not in desk.notices()


def test_a_bundle_of_what_is_all_taken_is_not_sent(desk: AtWork) -> None:
    storm(desk, 5, 30)
    for case in (1004, 1005):
        desk.act(case, deeds.Acknowledge(), "sam")
    desk.wait(minutes=6, ringing=False)
    desk.ringer.bundle(desk.now)
    desk.go()
    assert len(desk.mails()) == 3
    assert desk.notices()["bundle", "dropped"] == 1


def test_standing_down_from_a_storm_is_no_storm(desk: AtWork) -> None:
    storm(desk, 20, 30)
    desk.wait(minutes=6, ringing=False)
    desk.ringer.bundle(desk.now)
    desk.go()
    desk.smtp.clear()
    for case in range(1001, 1021):
        desk.act(case, deeds.Acknowledge(), "sam")
    desk.go()
    assert desk.told() == ["pat"] * 3


def test_after_the_storm_a_notice_goes_out_at_once_again(desk: AtWork) -> None:
    storm(desk, 5, 30)
    desk.wait(minutes=6, ringing=False)
    desk.ringer.bundle(desk.now)
    desk.go()
    desk.smtp.clear()
    desk.now += timedelta(minutes=6)
    desk.flag(60, sender=Person("Eve", "eve@customer.example"))
    desk.go()
    assert desk.told() == ["pat"]


def test_a_bundle_put_off_goes_out_whole_and_once(desk: AtWork) -> None:
    storm(desk, 6, 30)
    desk.wait(minutes=6, ringing=False)
    desk.ringer.bundle(desk.now)
    desk.smtp.defer(2)
    desk.go()
    assert desk.notices()["flag", "bundled"] == 3
    desk.go()
    desk.go()
    assert ["cases for you" in subject for _, subject in desk.mails()] == [False] * 3 + [True]


def test_a_bundle_refused_is_told_to_the_operator_and_can_be_tried_again(desk: AtWork) -> None:
    from triage.store import notices

    storm(desk, 6, 30)
    desk.wait(minutes=6, ringing=False)
    desk.ringer.bundle(desk.now)
    desk.smtp.refuse("pat@example.org")
    desk.go()
    assert len(desk.refused) == 1
    desk.courier.tell_of_refusal(desk.refused[0])
    assert desk.mails()[-1][0] == "ops@desk.example"
    desk.smtp.clear()
    with desk.database.transaction() as tx:
        desk.queue += notices.reopen_refused(tx)
    desk.go()
    desk.wait(minutes=6, ringing=False)
    desk.ringer.bundle(desk.now)
    desk.go()
    assert not {state for _, state in desk.notices()} - {"sent", "dropped"}


def test_reminders_of_a_storm_are_bundled_too(desk: AtWork) -> None:
    storm(desk, 40, 60)
    desk.wait(minutes=30)
    assert len([to for to in desk.told() if to == "pat"]) <= 3 + 1
    assert len([to for to in desk.told() if to == "sam"]) <= 3 + 1


def test_nobody_waits_for_a_mail_server_that_hangs(desk: AtWork) -> None:
    """The bundle is made as soon as the notice on its way is out; the ringer goes on meanwhile."""
    storm(desk, 4, 30)
    desk.wait(minutes=6, ringing=False)
    entered, leave = Event(), Event()

    def hold_the_recipient() -> None:
        with desk.database.transaction() as tx:
            tx.execute(
                "select pg_advisory_xact_lock(hashtextextended(recipient, 2)) from notice limit 1"
            )
            entered.set()
            leave.wait(PATIENCE)

    holding = Thread(target=hold_the_recipient)
    holding.start()
    assert entered.wait(PATIENCE)
    assert desk.courier.bundle(desk.now) == 0
    leave.set()
    holding.join()
    assert desk.courier.bundle(desk.now) == 1
