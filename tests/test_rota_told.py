"""A swap of turns is told to whom it concerns: asked at the desk, sent by a true server."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from tests.at_work import DESK
from tests.caseloads import POLICY
from tests.roomy import PEOPLE, client_of
from tests.servers.smtp import SmtpServer
from triage.caseload import named
from triage.courier import Courier
from triage.duty import Person
from triage.notify import Smtp, SmtpSettings
from triage.notify.channels import send
from triage.store import Database, Transaction
from triage.wording import Wording

NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
# The packaged desk is in Berlin: CEST until the last Sunday of October.
TIMES = {"from": "2026-10-24T09:00", "until": "2026-10-26T18:00"}
SWAP = {"role": "point", "person": "pat", "other": "sam", "note": "Dentist on Monday", **TIMES}


@dataclass
class Told:
    """A desk with accounts, and the mail it sends."""

    database: Database
    smtp: SmtpServer
    queue: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        parts = {"duty": lambda: PEOPLE, "policy": lambda: POLICY}
        self.courier = Courier(
            database=self.database,
            send=Smtp(SmtpSettings(self.smtp.host, self.smtp.port, "plain")).send,
            send_short=send,
            wording=Wording(DESK, "https://triage.example", **parts),
            **parts,
            tell=self._tell,
            tell_operator=self._tell,
            clock=lambda: NOW,
        )

    def _tell(self, tx: Transaction, notice: int) -> None:
        self.queue.append(notice)

    def does(self, person: str, role: str, path: str, sent: dict[str, str]) -> int:
        """The answer's status."""
        client = client_of(self.database, person, role, tell=self._tell, clock=lambda: NOW)
        return int(client.post(path, data=sent).status_code)

    def swap(self) -> None:
        assert self.does("pat", "point", "/rota/swap", SWAP) == 303

    def settle(self, person: str, do: str, role: str = "point") -> None:
        assert self.does(person, role, "/rota/changes/1", {"do": do}) == 303

    def mails(self) -> list[tuple[str, str, str]]:
        """Who gets what, by its subject and first two lines."""
        self.smtp.clear()
        for notice in self.queue:
            self.courier.deliver(notice)
        self.queue.clear()
        found = []
        for one in self.smtp.received:
            (to,) = one.recipients
            body = one.message.get_body(("plain",))
            assert body is not None
            first = " ".join(str(body.get_content()).splitlines()[:2])
            found.append((to.partition("@")[0], str(one.message["Subject"]), first))
        return sorted(found)

    def text(self) -> str:
        body = self.smtp.received[-1].message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())


@pytest.fixture
def desk(database: Database) -> Iterator[Told]:
    with SmtpServer() as smtp:
        yield Told(database, smtp)


def person(id: str) -> Person:
    found = PEOPLE.person(id)
    assert found is not None
    return found


def name(id: str) -> str:
    return person(id).name


def mailbox(id: str) -> str:
    return person(id).mail.partition("@")[0]


def test_whoever_is_asked_for_a_swap_learns_the_days_and_where_to_answer(desk: Told) -> None:
    desk.swap()
    ((to, subject, first),) = desk.mails()
    asks = f"{name('pat')} asks you to swap turns as point"
    assert to == mailbox("sam")
    assert subject == f"[Triage ROTA] {asks}, from Sat 24 Oct, 09:00 CEST"
    assert first == f"{asks}. Please accept or decline it. Until then the rota stays as it is."
    for words in (
        "Answer on the rota’s page: https://triage.example/rota?role=point",
        f"{name('pat')} and {name('sam')} take each other’s turns",
        "From   Sat 24 Oct 2026, 09:00 CEST",
        "Until  Mon 26 Oct 2026, 18:00 CET",
        "Note   Dentist on Monday",
    ):
        assert words in desk.text()


@pytest.mark.parametrize(
    ("do", "said"),
    [
        ("accept", "accepted the swap of turns as point. It is in force."),
        ("decline", "declined the swap of turns as point. The rota stays as it was."),
    ],
)
def test_whoever_asked_learns_the_answer(desk: Told, do: str, said: str) -> None:
    desk.swap()
    desk.mails()
    desk.settle("sam", do)
    ((to, subject, first),) = desk.mails()
    assert (to, first) == (mailbox("pat"), f"{name('sam')} {said}")
    assert subject.endswith("from Sat 24 Oct, 09:00 CEST")
    assert "Open the rota: https://triage.example/rota?role=point" in desk.text()


def test_both_learn_what_a_third_answers(desk: Told) -> None:
    desk.swap()
    desk.mails()
    desk.settle("robin", "accept", "supervisor")
    mails = desk.mails()
    assert [to for to, _, _ in mails] == sorted([mailbox("pat"), mailbox("sam")])
    assert all(first.startswith(f"{name('robin')} accepted") for _, _, first in mails)


def test_a_swap_set_at_once_and_one_taken_back_are_told(desk: Told) -> None:
    assert desk.does("robin", "supervisor", "/rota/swap", SWAP) == 303
    mails = desk.mails()
    assert [to for to, _, _ in mails] == sorted([mailbox("pat"), mailbox("sam")])
    assert all("swapped turns of yours as point. It is in" in first for _, _, first in mails)
    desk.settle("sam", "withdraw")
    ((to, _, first),) = desk.mails()
    assert to == mailbox("pat")
    assert first.startswith(f"{name('sam')} took the swap of turns as point back.")


def test_nobody_is_asked_for_what_was_taken_back_before_the_mail_went(desk: Told) -> None:
    desk.swap()
    desk.settle("pat", "withdraw")
    ((to, _, first),) = desk.mails()
    assert to == mailbox("sam")
    assert "took the swap of turns as point back" in first


def test_what_is_refused_tells_nobody_and_absences_and_overrides_neither(desk: Told) -> None:
    assert desk.does("kim", "point", "/rota/swap", SWAP) == 422
    sent = {"role": "point", "person": "kim", **TIMES}
    assert desk.does("robin", "supervisor", "/rota/absence", sent) == 303
    assert desk.does("robin", "supervisor", "/rota/override", sent) == 303
    desk.settle("robin", "withdraw", "supervisor")
    assert desk.mails() == []


def test_a_swap_is_not_held_back_by_a_storm(desk: Told) -> None:
    """A bundle has lines of cases alone."""
    with desk.database.transaction() as tx:
        tx.execute(
            """insert into notice (key, kind, recipient, state, changed_at)
               select 'flag.' || one, 'flag', %s, 'sent', %s from generate_series(1, 20) one""",
            [named(person("sam")), NOW],
        )
    desk.swap()
    assert [to for to, _, _ in desk.mails()] == [mailbox("sam")]
