"""Whom a call by hand reaches, on a true mail server: like a mail, to the last step (P17)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.at_work import MONDAY, AtWork
from tests.servers.smtp import SmtpServer
from tests.test_byhand import as_read
from triage.byhand import ByHand, Contact, Wish, as_mail
from triage.complaints import How
from triage.life import deeds
from triage.store import Database
from triage.types import Severity


@pytest.fixture
def work(database: Database) -> Iterator[AtWork]:
    with SmtpServer() as smtp:
        yield AtWork(database, smtp)


def call(work: AtWork, **known: str) -> int:
    contact = Contact(How.CALL, "She shouts: the router is dead again.", work.now, **known)
    hand = ByHand(work.caseload, as_read)
    with work.database.transaction() as tx:
        done = hand.log(tx, contact, hand.read(*as_mail(contact, "pat")), "pat", Severity.HIGH)
    assert done.case_id is not None
    return done.case_id


@pytest.mark.parametrize("known", [{"phone": "030 1234567"}, {"name": "Jo"}], ids=["phone", "name"])
def test_a_call_without_an_address_goes_through_every_kind_of_notice(
    work: AtWork, known: dict[str, str]
) -> None:
    case = call(work, **known)
    work.go()
    work.wait(hours=1)
    work.act(case, deeds.Acknowledge(), "pat")
    work.act(case, deeds.AskHelp("she shouts"), "pat")
    work.act(case, deeds.Insists(phone=known.get("phone", "")), "pat")
    work.act(case, deeds.HandOver("sam", "called twice"), "pat")
    work.wait(hours=30)
    work.act(case, deeds.NoteDone("a new router was sent"), "sam")
    work.act(case, deeds.TellManager(), "sam")
    work.wait(hours=1)
    assert work.refused == []
    with work.database.transaction() as tx:
        states = tx.execute(
            "select distinct kind from notice where state not in ('sent', 'dropped', 'bundled')"
        ).fetchall()
        kinds = {row[0] for row in tx.execute("select distinct kind from notice").fetchall()}
    assert states == []
    wanted = {"flag", "reminder", "help", "handover", "manager", "manager_task", "overdue"}
    assert wanted <= kinds


def test_help_by_keyword_names_how_it_was_asked(work: AtWork) -> None:
    case = call(work, mail="jo@x.example")
    work.go()
    hand = ByHand(work.caseload, as_read)
    with work.database.transaction() as tx:
        hand.heed(tx, 1, Wish.HELP, "by keyword in support/INBOX")
    work.go()
    work.wait(minutes=30)
    assert work.now == MONDAY + timedelta(minutes=30)
    with work.database.transaction() as tx:
        left = tx.execute(
            "select count(*) from notice where kind = 'help' and state = 'refused'"
        ).fetchone()
    assert left == (0,)
    texts = [work.text(at) for at in range(len(work.smtp.received))]
    assert any("by keyword in support/INBOX" in text for text in texts)
    assert case == 1001
