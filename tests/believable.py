"""A desk in the middle of its work: the demo's mails read by the true model, cases in all states.

``tests/test_desk_axe.py`` looks at it, and ``make screenshots`` takes its pictures.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from itertools import islice
from pathlib import Path

from tests.complaints import FILLED
from triage import complaints, duty, policy
from triage.caseload import Caseload
from triage.classifier import Classifier, live_model
from triage.demo.samples import letter, samples
from triage.duty import Role
from triage.life import deeds
from triage.life.deeds import Deed
from triage.mail import PRESETS, ReadingRules
from triage.pipeline import Reader, Saver
from triage.ringer import Ringer
from triage.store import Database, mailboxes
from triage.store import complaints as records
from triage.types import Place, RawMail

ROOT = Path(__file__).parent.parent
OWN = "help@harbour.example"
PAST = ROOT / "training" / "data" / "extra_h4.jsonl"
"""Mails of the weeks before, of which the log and the trends are made."""
WEEKS_BEFORE = 60
"""How many of them."""

DUTY = """
zone = "Europe/Berlin"
fallback = ["morgan"]
[[people]]
id = "pat"
name = "Pat Lindqvist"
roles = ["rep", "point"]
mail = "pat@harbour.example"
[[people]]
id = "sam"
name = "Sam Okafor"
roles = ["rep", "point"]
mail = "sam@harbour.example"
[[people]]
id = "kim"
name = "Kim Novák"
roles = ["rep", "point"]
mail = "kim@harbour.example"
[[people]]
id = "robin"
name = "Robin Ferrari"
roles = ["supervisor"]
mail = "robin@harbour.example"
[[people]]
id = "alex"
name = "Alex Duarte"
roles = ["specialist"]
mail = "alex@harbour.example"
[[people]]
id = "morgan"
name = "Morgan Weiss"
roles = ["manager"]
mail = "morgan@harbour.example"
[[layers]]
name = "weeks"
people = ["pat", "sam", "kim"]
every = "1 week"
hand_over = "mon 09:00"
from = 2026-01-05
[hours]
week = ["mon-sun 00:00-24:00"]
[[answers]]
severity = ["emergency"]
by = "phone"
[[answers]]
by = "mail"
"""
Step = tuple[float, str, str, Deed | None]
"""Hours ago, the sample that it is about, who, and what they did; nothing: the mail comes in."""


def _came(hours: float, *ids: str) -> Iterator[Step]:
    for at, id in enumerate(ids):
        yield hours - at * 0.01, id, "", None


def _ended(hours: float, id: str, who: str, done: str) -> Iterator[Step]:
    """A case from its mail to its end, within three hours."""
    yield hours, id, "", None
    yield hours - 0.1, id, who, deeds.Acknowledge()
    yield hours - 0.8, id, who, deeds.Answered("Rang at once.")
    yield hours - 1.5, id, who, deeds.NoteDone(done)
    yield hours - 2.0, id, who, deeds.Told()
    yield hours - 3.0, id, who, deeds.Confirmed("“That is all I wanted.”")
    yield hours - 3.1, id, who, deeds.Close()


def story(now: datetime) -> list[Step]:
    """What happened, oldest first."""
    steps: list[Step] = [
        *_came(150, "export-csv", "invoice-copy", "printer", "ooo", "vpn", "seat", "password"),
        *_ended(140, "never-again", "sam", "The router was replaced and a month credited."),
        *_ended(120, "cold", "pat", "The four points were answered one by one, by phone."),
        *_came(119, "address", "api-limit", "newsletter", "bounce", "font", "webinar"),
        *_came(98, "ombudsman"),
        (97.8, "ombudsman", "sam", deeds.Acknowledge()),
        (97, "ombudsman", "sam", deeds.Answered("Rang Ms Greaves; she keeps to a written answer.")),
        (
            96.9,
            "ombudsman",
            "sam",
            deeds.MakePromise("A written answer", now - timedelta(hours=20)),
        ),
        *_came(50, "thread-1", "dark-mode", "not-angry"),
        (49.9, "not-angry", "pat", deeds.Dismiss("Puzzled, not upset; answered as any mail.")),
        *_came(40, "leaving", "german", "spanish"),
        (39.5, "leaving", "pat", deeds.Acknowledge()),
        (39.2, "leaving", "pat", deeds.Answered()),
        (39, "leaving", "pat", deeds.Note("Prefers to be called after four; knows our Ms Aalto.")),
        (38.9, "leaving", "pat", deeds.Hold(now + timedelta(hours=30), "Away until Wednesday.")),
        *_came(30, "legal"),
        (29.9, "legal", "pat", deeds.Acknowledge()),
        (29.5, "legal", "pat", deeds.HandOver("robin", "Final notice; the contract is attached.")),
        *_came(27, "thread-2"),
        (26.9, "thread-2", "kim", deeds.Acknowledge()),
        (26.5, "thread-2", "kim", deeds.Answered("Sent the new firmware.")),
        (26.4, "thread-2", "kim", deeds.MakePromise("A courier", now + timedelta(hours=3))),
        *_came(9, "manager-please"),
        (8.9, "manager-please", "sam", deeds.Acknowledge()),
        (8.5, "manager-please", "sam", deeds.Insists("+44 20 7946 0018", "")),
        *_came(6, "abuse"),
        (5.9, "abuse", "kim", deeds.Acknowledge()),
        (5.8, "abuse", "kim", deeds.NoteRudeness("Insults throughout; the matter itself is ours.")),
        (5.7, "abuse", "kim", deeds.AskHelp("He wants a refund above what I may grant.")),
        *_came(2, "third-outage", "sarcasm"),
        (1.9, "third-outage", "pat", deeds.Acknowledge()),
        (1.8, "third-outage", "pat", deeds.TakeInHand()),
        *_came(1.2, "press", "disappointed", "scam", "import"),
        *_came(0.7, "thread-3", "overcharged", "human"),
        *_came(0.2, "html-history", "safety", "waiting", "supervisor-2", "cat"),
    ]
    return sorted(steps, key=lambda step: -step[0])


@dataclass
class Believable:
    """``caseload`` is to be the desk's too; its clock stands still at ``now`` once it is filled."""

    database: Database
    folder: Path
    now: datetime
    cases: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        file = self.folder / "duty.toml"
        file.write_text(DUTY, encoding="utf-8")
        people, self._rules = replace(duty.load(file), source="duty.toml"), policy.load()
        self._end = self.now
        self.caseload = Caseload(
            lambda: people, lambda: self._rules, lambda tx, notice: None, lambda: self.now
        )
        model = Classifier.load(live_model(ROOT / "models"), threads=1)
        own = ReadingRules(frozenset({OWN}), case_patterns=(), case_presets=tuple(PRESETS))
        self._reader = Reader(own, model, lambda: self._rules)
        self.model, self.thresholds = model.name, model.thresholds
        self._ringer = Ringer(self.database, self.caseload, lambda now: 0)
        self._numbers = {sample.id: number for number, sample in enumerate(samples())}
        self._uid = 0

    def fill(self) -> None:
        """Everything that happened, each at its time; clocks ring in between."""
        with self.database.transaction() as tx:
            mailboxes.meet(tx, "support", "INBOX", self._end - timedelta(days=90))
        mailboxes.report(self.database, "support", "INBOX", "waiting")
        for number, said in enumerate(islice(_earlier(), WEEKS_BEFORE)):
            self._long_ago(number, said)
        for hours, id, who, deed in story(self._end):
            self._until(self._end - timedelta(hours=hours))
            if deed is None:
                self._comes(id)
            else:
                with self.database.transaction() as tx:
                    self.caseload.act(tx, self.cases[id], deed, who)
        self._until(self._end)
        self._write_records()
        with self.database.transaction() as tx:
            tx.execute("update notice set state = 'sent' where state in ('waiting', 'held')")

    def _until(self, moment: datetime) -> None:
        """Ring what is due until then, each at its moment."""
        while True:
            with self.database.transaction() as tx:
                row = tx.execute("select min(due) from clock").fetchone()
            if row is None or row[0] is None or row[0] > moment:
                break
            self.now = max(self.now if self.now < moment else row[0], row[0])
            self._ringer.step()
        self.now = moment

    def _comes(self, id: str) -> None:
        case = self._save(letter(self._numbers[id], self.now))
        if case is not None:
            self.cases[id] = case

    def _save(self, content: bytes) -> int | None:
        """The case that the mail is in."""
        self._uid += 1
        raw = RawMail(Place("support", "INBOX", 1, self._uid), self.now, content, len(content))
        read = self._reader.read([self._reader.parsed(raw)])
        with self.database.transaction() as tx:
            Saver(self.caseload).save(tx, read)
            row = tx.execute("select case_id from mail order by id desc limit 1").fetchone()
        assert row is not None
        return None if row[0] is None else int(row[0])

    def _long_ago(self, number: int, said: tuple[str, str]) -> None:
        """A case of the weeks before, looked after and closed, with its record."""
        self.now = self._end - timedelta(days=84 - number * 1.25, hours=number % 7)
        case = self._save(_mail(number, *said, self.now))
        if case is None:
            return
        who = ("pat", "sam", "kim")[number % 3]
        for minutes, deed in (
            (7 + number % 9, deeds.Acknowledge()),
            (60, deeds.Answered()),
            (90, deeds.NoteDone("It was put right the same day.")),
            (100, deeds.Told()),
            (150, deeds.Confirmed()),
            (160, deeds.Close()),
        ):
            self.now += timedelta(minutes=minutes)
            with self.database.transaction() as tx:
                self.caseload.act(tx, case, deed, who)
        self._record(case, _CAUSES[number * 7 % len(_CAUSES)], who)

    def _record(self, case: int, cause: str, who: str, *, ended: bool = True) -> None:
        book, now = complaints.load(), self.now
        kept = {"product", "team", "fault", *(_HOW_IT_ENDED if ended else ())}
        said = {"how": "mail", "cause": cause, "happened": "See the mails of the case."}
        changes = {name: text for name, text in FILLED.items() if name in kept} | said
        with self.database.transaction() as tx:
            records.edit(tx, case, changes, book, seen=10**6, who=who, now=now)

    def _write_records(self) -> None:
        book, now = complaints.load(), self.now
        self._record(self.cases["never-again"], "defect", "sam")
        case = self.cases["ombudsman"]
        self._record(case, "refund-late", "sam", ended=False)
        with self.database.transaction() as tx:
            for side, text in (
                ("customer", "No answer in six weeks."),
                ("ours", "It lay in spam."),
            ):
                records.add_fact(tx, case, side, text, who="sam", now=now, internal=side == "ours")
        grant = {"seen": 10**6, "who": "sam", "roles": (Role.REP, Role.POINT), "now": now}
        with self.database.transaction() as tx:
            kind = next(one.choice.id for one in book.remedies if one.has_amount)
            records.propose(tx, case, kind, Decimal(480), book, **grant)  # type: ignore[arg-type]


_HOW_IT_ENDED = ("ending", "resolution", "lesson")
_CAUSES = ("late", "late", "late", "outage", "wrong-charge", "no-answer", "defect", "late", "lost")


def _earlier() -> Iterator[tuple[str, str]]:
    """Subject and text of angry mails, one after the other."""
    for line in PAST.read_text("utf-8").splitlines():
        mail = json.loads(line)
        if mail["anger"] >= 2 and mail["kind"] == "customer" and not mail["threat_safety"]:
            yield mail["subject"], mail["body"]


def _mail(number: int, subject: str, text: str, now: datetime) -> bytes:
    message = EmailMessage(policy=SMTP)
    first = ("Asta", "Bruno", "Chiara", "Daan", "Esi", "Farid", "Greta", "Hugo", "Iris", "Jonas")
    last = ("Berg", "Costa", "Dietz", "Eklund", "Fabre", "Gruber", "Haas")
    name, house = first[number % len(first)], last[number % len(last)]
    message["From"] = f"{name} {house} <{name.lower()}.{house.lower()}@example.org>"
    message["To"] = OWN
    message["Subject"] = " ".join(subject.split()) or "Complaint"
    message["Message-ID"] = f"<earlier-{number}@example.org>"
    message["Date"] = now
    message.set_content(text)
    return message.as_bytes()
