"""Once a day, however often it is looked: holes of the rota, the Manager's digest, a seal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from tests.at_work import MONDAY, PEOPLE, AtWork
from tests.duties import a_layer
from tests.servers.smtp import SmtpServer
from triage.duty import Absence, Duty, Override, Role, Rota
from triage.life import deeds
from triage.store import Database, audit
from triage.types import Person, Severity

WEEKDAYS = a_layer("pat", "sam", hours=("mon-fri 00:00-24:00",))


@pytest.fixture
def desk(database: Database) -> Iterator[AtWork]:
    with SmtpServer() as smtp:
        yield AtWork(database, smtp)


def with_rota(**rota: object) -> Duty:
    return replace(PEOPLE, rota=replace(PEOPLE.rota, **rota))  # type: ignore[arg-type]


def look(desk: AtWork) -> list[tuple[str, str]]:
    """What a look has sent, once as if by four workers."""
    desk.smtp.clear()
    for _ in range(4):
        desk.daily.look()
    desk.go()
    return desk.mails()


def test_without_a_rota_there_are_no_holes(desk: AtWork) -> None:
    assert look(desk) == []


def test_a_hole_is_told_a_week_ahead_once_to_operator_and_manager(desk: AtWork) -> None:
    desk.duty = with_rota(layers=(WEEKDAYS,))
    mails = look(desk)
    assert [to for to, _ in mails] == ["max@example.org", "ops@desk.example"]
    assert all("ROTA" in subject for _, subject in mails)
    assert "Sat 7 Nov 2026, 00:00 CET" in desk.text()
    assert "Max" in desk.text()
    for _ in range(5):
        desk.now += timedelta(hours=20)
        assert look(desk) == []
    desk.now += timedelta(hours=20)
    assert all("Sat 14 Nov" in subject for _, subject in look(desk))  # the next week-end
    desk.now += timedelta(hours=20)
    assert look(desk) == []  # nor while it lasts


def test_a_hole_seen_late_is_told_once_too(desk: AtWork) -> None:
    """It began before anybody looked, and goes on past the week."""
    desk.duty = with_rota(layers=(replace(WEEKDAYS, week=(), until=MONDAY - timedelta(days=2)),))
    assert len(look(desk)) == 2
    for _ in range(10):
        desk.now += timedelta(hours=11)
        assert look(desk) == []


def test_a_new_hole_is_told_beside_an_old_one(desk: AtWork) -> None:
    desk.duty = with_rota(layers=(WEEKDAYS,))
    look(desk)
    away = Absence("pat", MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
    alone = replace(WEEKDAYS, people=("pat",))
    desk.duty = with_rota(layers=(alone,), absences=(away,))
    ((_, subject), _) = look(desk)
    assert "Tue 3 Nov" in subject
    assert "everyone in turn is away" in desk.text()


def test_a_hole_that_is_filled_is_not_told(desk: AtWork) -> None:
    start, end = (datetime(2026, 11, day, tzinfo=UTC) for day in (6, 10))
    filled = Override("kim", Role.POINT, start, end)
    desk.duty = with_rota(layers=(WEEKDAYS,), changes=(filled,))
    assert look(desk) == []


def test_a_rota_of_another_role_has_holes_as_well(desk: AtWork) -> None:
    layer = replace(WEEKDAYS, role=Role.SUPERVISOR, people=("rita",), turns=None, start=None)
    desk.duty = replace(PEOPLE, rota=Rota(PEOPLE.rota.zone, (layer,)))
    assert "supervisor" in look(desk)[0][1]


def test_without_a_wish_there_is_no_digest(desk: AtWork) -> None:
    desk.now += timedelta(days=1)
    assert look(desk) == []


def test_the_digest_comes_at_its_time_by_the_desks_clock_once_a_day(desk: AtWork) -> None:
    desk.rules = replace(desk.rules, manager_digest=time(7, 30))
    desk.now = MONDAY.replace(hour=7, minute=29)
    assert look(desk) == []
    desk.now += timedelta(minutes=1)
    ((to, subject),) = look(desk)
    assert to == "max@example.org"
    assert "Sun 1 Nov 2026" in subject
    desk.now += timedelta(hours=23, minutes=59)
    assert look(desk) == []
    desk.now += timedelta(minutes=2)
    ((_, subject),) = look(desk)
    assert "Mon 2 Nov 2026" in subject


def test_a_digest_of_the_evening_is_about_its_own_day(desk: AtWork) -> None:
    desk.rules = replace(desk.rules, manager_digest=time(18, 0))
    desk.now = MONDAY.replace(hour=18)
    ((_, subject),) = look(desk)
    assert "Mon 2 Nov 2026" in subject


def test_the_digest_counts_what_happened(desk: AtWork) -> None:
    desk.now = MONDAY
    dealt_with = desk.flag(1)
    desk.wait(minutes=4, ringing=False)
    for deed in (
        deeds.Acknowledge(),
        deeds.NoteDone("Refunded."),
        deeds.MakePromise("A letter.", desk.now + timedelta(hours=1)),
        deeds.KeepPromise(1),
        deeds.Told(),
        deeds.Confirmed(),
        deeds.Close(),
    ):
        desk.act(dealt_with, deed, "pat")
    desk.flag(2, sender=Person("Eve", "eve@customer.example"))
    desk.flag(3, sender=Person("Bob", "bob@customer.example"), severity=Severity.LOW)
    desk.wait(minutes=11)
    desk.rules = replace(desk.rules, manager_digest=time(18, 0))
    desk.now = MONDAY.replace(hour=18)
    ((_, subject),) = look(desk)
    assert "3 new, 2 open, 1 overdue" in subject
    words = " ".join(desk.text().split())
    assert "1 kept, 0 overdue, 0 due the next day" in words
    assert "4 minutes" in words
    assert "Eve" in words
    assert "Bob" not in words


def test_a_seal_is_made_once_a_day_when_something_happened(
    desk: AtWork, database: Database
) -> None:
    look(desk)
    assert seals(database) == 0
    desk.flag()
    look(desk)
    assert seals(database) == 1
    desk.go()
    look(desk)
    assert seals(database) == 1
    desk.now += timedelta(days=1)
    look(desk)
    assert seals(database) == 2
    assert audit.verify(database, lambda broken: None).broken == 0


def seals(database: Database) -> int:
    with database.transaction() as tx:
        row = tx.execute("select count(*) from seal").fetchone()
    assert row is not None
    return int(row[0])
