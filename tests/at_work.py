"""A desk at work on a true store and mail server, under a clock that a test moves."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.caseloads import POLICY
from tests.duties import a_desk, someone
from tests.readings import flagged
from tests.servers.smtp import Received, SmtpServer
from triage.caseload import Caseload
from triage.config import Desk
from triage.courier import Courier
from triage.daily import Daily
from triage.duty import Duty, Role
from triage.errors import DeliveryDeferred
from triage.life import CaseState
from triage.life.deeds import Deed
from triage.notify import Smtp, SmtpSettings
from triage.notify.channels import send
from triage.pipeline import Saver
from triage.policy import Policy
from triage.ringer import Ringer
from triage.store import Database, Transaction, cases
from triage.store import life as lives
from triage.types import Reading
from triage.wording import Wording

MONDAY = datetime.fromisoformat("2026-11-02T10:00:00+01:00")
DESK = Desk(sender="Triage <triage@desk.example>", operator="ops@desk.example")
PEOPLE = a_desk(people=(someone("rita", Role.SUPERVISOR),))
"""The ladder is pat, sam, rita, max; open on weekdays from 9 to 17, in Berlin."""


@dataclass
class AtWork:
    """``duty``, ``rules`` and ``now`` may be set at any time. Jobs wait in ``queue``."""

    database: Database
    smtp: SmtpServer
    duty: Duty = PEOPLE
    rules: Policy = POLICY
    now: datetime = MONDAY
    queue: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        parts = {"duty": lambda: self.duty, "policy": lambda: self.rules}
        self.caseload = Caseload(**parts, tell=self._tell, clock=lambda: self.now)
        self.courier = Courier(
            database=self.database,
            send=Smtp(SmtpSettings(self.smtp.host, self.smtp.port, "plain")).send,
            send_short=send,
            wording=Wording(DESK, "https://triage.example", **parts),
            **parts,
            tell=self._tell,
            tell_operator=lambda _, notice: self.refused.append(notice),
            clock=lambda: self.now,
        )
        self.ringer = Ringer(self.database, self.caseload, self.courier.bundle)
        self.daily = Daily(self.database, DESK, **parts, tell=self._tell, clock=lambda: self.now)

    def _tell(self, tx: Transaction, notice: int) -> None:
        self.queue.append(notice)

    def save(self, *readings: Reading) -> None:
        with self.database.transaction() as tx:
            Saver(self.caseload).save(tx, readings)

    def flag(self, uid: int = 1, **changes: object) -> int:
        """A flagged mail comes in; its case."""
        self.save(flagged(uid, **changes))  # type: ignore[arg-type]
        with self.database.transaction() as tx:
            row = tx.execute("select case_id from mail order by id desc limit 1").fetchone()
        assert row is not None
        return int(row[0])

    def act(self, case_id: int, deed: Deed, who: str, revision: int | None = None) -> CaseState:
        with self.database.transaction() as tx:
            return self.caseload.act(tx, case_id, deed, who, revision)

    def go(self) -> None:
        """Notices go out; what is put off stays in the queue."""
        waiting, self.queue[:] = self.queue[:], []
        for notice in waiting:
            try:
                self.courier.deliver(notice)
            except DeliveryDeferred:
                self.queue.append(notice)

    def wait(self, *, ringing: bool = True, **time: float) -> None:
        """Time goes by (``minutes=10``): clocks ring and bundles are made, each at its moment, and
        notices go out."""
        until = self.now + timedelta(**time)
        self.go()
        while ringing and (following := self._next()) is not None and following <= until:
            self.now = max(self.now, following)
            while self.ringer.step():
                pass
            self.go()
        self.now = until

    def _next(self) -> datetime | None:
        with self.database.transaction() as tx:
            row = tx.execute(
                """select least((select min(due) from clock),
                     (select min(held_until) from notice where state = 'held'))"""
            ).fetchone()
        assert row is not None
        following: datetime | None = row[0]
        return following

    def mails(self) -> list[tuple[str, str]]:
        """Recipient and subject of what went out, in order."""
        return [(_to(one), str(one.message["Subject"])) for one in self.smtp.received]

    def told(self) -> list[str]:
        """Who got a mail, in order."""
        return [_to(one).removesuffix("@example.org") for one in self.smtp.received]

    def text(self, at: int = -1) -> str:
        body = self.smtp.received[at].message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def state(self, case_id: int) -> CaseState:
        with self.database.transaction() as tx:
            found = lives.state(tx, case_id)
        assert found is not None
        return found

    def history(self, case_id: int) -> list[str]:
        with self.database.transaction() as tx:
            case = cases.detail(tx, case_id)
        assert case is not None
        return [event.what for event in case.events]

    def notices(self) -> dict[tuple[str, str], int]:
        """(kind, state) -> how many."""
        with self.database.transaction() as tx:
            rows = tx.execute("select kind, state, count(*) from notice group by 1, 2").fetchall()
        return {(str(kind), str(state)): int(count) for kind, state, count in rows}


def _to(mail: Received) -> str:
    (recipient,) = mail.recipients
    return recipient


def with_storm(rules: Policy, singly: int) -> Policy:
    return replace(rules, storm=replace(rules.storm, singly=singly))


def without(duty: Duty, *ids: str) -> Duty:
    """The desk after these left it."""
    people = tuple(one for one in duty.people if one.id not in ids)
    return replace(duty, people=people, digest="without")
