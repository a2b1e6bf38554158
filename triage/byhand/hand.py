"""Flagging, asking for help and logging contacts: each one transaction, each by somebody."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from triage import life, policy
from triage.byhand.contact import Contact
from triage.caseload import Caseload
from triage.duty import Person, Role
from triage.errors import ActRefused
from triage.life import CaseState, Change, Event, Moment, deeds
from triage.life.begin import SEVERITIES
from triage.store import Transaction, cases, mails, placing
from triage.store import byhand as store
from triage.store.byhand import Kept
from triage.types import (
    Decision,
    Email,
    Outcome,
    Place,
    RawMail,
    Reading,
    Severity,
)

FLAGGED_BY_HAND = "flagged by hand"
"""As the rule of a mail that a person flagged, whatever the model made of it."""

Read = Callable[[RawMail, Email], Reading]
"""The model's and the policy's view of a mail."""

_NOWHERE = Place("", "", 0, 0)


class Wish(StrEnum):
    FLAG = "flag"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Flagged:
    """``new`` is false where it had been done for this mail before."""

    case_id: int
    new: bool


@dataclass(frozen=True, slots=True)
class Logged:
    """``case_id`` is ``None`` for a contact that raised no flag and belongs to no case; ``new`` is
    false where the very same contact had been logged before."""

    mail_id: int
    case_id: int | None
    new: bool


@dataclass(frozen=True, slots=True)
class ByHand:
    """``severity`` is that of mail flagged where none can be chosen: by keyword or forward."""

    caseload: Caseload
    read: Read
    severity: Severity = Severity.NORMAL

    def flag(
        self, tx: Transaction, mail_id: int, severity: Severity, who: str, note: str = ""
    ) -> Flagged:
        """Flag a kept mail, whatever the model made of it. Where it is flagged already, its case
        becomes as serious as ``severity``, and is opened again where it had ended.

        Raises ``ActRefused`` where there is no such mail, or ``who`` is nobody of the desk.
        """
        self._somebody(who)
        return self._flag(tx, mail_id, severity, who, note)

    def ask_help(self, tx: Transaction, mail_id: int, why: str, who: str) -> Flagged:
        """Ask for help with a kept mail; it is flagged first where it has no open case.

        Raises ``ActRefused`` as ``flag`` does, and where there is nobody to ask.
        """
        return self._help(tx, mail_id, deeds.AskHelp(why), self._somebody(who))

    def heed(
        self, tx: Transaction, mail_id: int, wish: Wish, by: str, *, who: str = "", note: str = ""
    ) -> Flagged:
        """Do what was asked for without a word: ``by`` says how ("by keyword in support/INBOX").
        ``who`` is the person of the desk, where that is known. Raises as ``flag`` does."""
        if wish is Wish.FLAG:
            return self._flag(tx, mail_id, self.severity, who or by, note)
        person = self._somebody(who) if who else _nobody_named(by)
        return self._help(tx, mail_id, deeds.AskHelp(note or f"asked {by}"), person)

    def log(
        self,
        tx: Transaction,
        contact: Contact,
        reading: Reading,
        who: str,
        severity: Severity | None = None,
    ) -> Logged:
        """Keep a call, a chat or a visit as a mail is kept, in the case it belongs to.

        ``reading`` is that of ``as_mail(contact, ...)``; ``severity`` is the word of whoever took
        it, without which the policy decides. Raises ``ActRefused`` as ``flag`` does, and for a
        case number that no case has.
        """
        self._somebody(who)
        assert reading.email is not None
        if severity is not None:
            rule = f"{contact.how} logged by hand"
            decision = Decision(Outcome.FLAG, severity, rule)
            said = f"{who} took this {contact.how} and called it {severity}."
            reading = replace(reading, decision=decision, because=said)
        placing.one_at_a_time(tx, contact.mail)
        case_id = store.case_of(tx, contact.case, contact.mail, contact.phone)
        if contact.case and case_id is None:
            raise ActRefused(f"there is no case {contact.case}", ("case",))
        mail_id = mails.keep(tx, reading)
        if mail_id is None:
            known = store.by_digest(tx, reading.raw.digest)
            assert known is not None
            kept = store.kept(tx, known)
            return Logged(known, kept.case_id if kept else None, new=False)
        store.set_source(tx, mail_id, contact.how)
        store.keep_bytes(tx, mail_id, reading.raw.content)
        if case_id is not None:
            placing.attach(tx, case_id, mail_id)
        logged = Logged(mail_id, case_id, new=True)
        return self._follow_up(tx, logged, contact, reading, who)

    def _follow_up(
        self, tx: Transaction, logged: Logged, contact: Contact, reading: Reading, who: str
    ) -> Logged:
        """What the contact does to its case, like a mail's."""
        mail_id, case_id = logged.mail_id, logged.case_id
        if reading.decision.outcome is Outcome.FLAG:
            case_id = self.caseload.flagged(tx, mail_id, reading, contact.how, who)
        elif case_id is not None:
            what = {"mail": mail_id, "how": contact.how}
            self.caseload.step(tx, case_id, lambda case, at: life.wrote(case, at, what), who)
        if case_id is not None and contact.phone.strip():
            store.note_phone(tx, case_id, contact.phone.strip())
        return replace(logged, case_id=case_id)

    def _somebody(self, who: str) -> Person:
        person = self.caseload.moment().person(who)
        if person is None:
            raise ActRefused(f"the desk has nobody called {who!r}", ("who",))
        return person

    def _flag(
        self, tx: Transaction, mail_id: int, severity: Severity, who: str, note: str
    ) -> Flagged:
        kept = self._kept(tx, mail_id)
        before = store.granted(tx, mail_id, Wish.FLAG)
        if before is not None:
            return Flagged(before, new=False)
        case_id = self._raised(tx, kept, severity, who)
        store.grant(tx, kept, Wish.FLAG, who, self.caseload.clock())
        if note.strip():
            cases.tell(
                tx, case_id, who, "note", {"text": deeds.Note(note).text}, at=self.caseload.clock()
            )
        return Flagged(case_id, new=True)

    def _help(self, tx: Transaction, mail_id: int, deed: deeds.AskHelp, who: Person) -> Flagged:
        kept = self._kept(tx, mail_id)
        before = store.granted(tx, mail_id, Wish.HELP)
        if before is not None:
            return Flagged(before, new=False)
        case_id = self._raised(tx, kept, self.severity, who.id, only_open=True)
        self.caseload.step(tx, case_id, lambda case, at: life.acted(case, deed, who, at), who.id)
        store.grant(tx, kept, Wish.HELP, who.id, self.caseload.clock())
        return Flagged(case_id, new=True)

    def _kept(self, tx: Transaction, mail_id: int) -> Kept:
        kept = store.kept(tx, mail_id)
        if kept is None:
            raise ActRefused(f"there is no mail {mail_id}", ("mail",))
        return kept

    def _raised(
        self, tx: Transaction, kept: Kept, severity: Severity, who: str, *, only_open: bool = False
    ) -> int:
        """The mail's case, which is open. ``only_open``: nothing more is wanted than that."""
        if kept.case_id is not None and (kept.flag_id is not None or only_open):
            again = _flagged_again(kept, severity, self._table(severity), only_open=only_open)
            self.caseload.step(tx, kept.case_id, again, who, kept.flag_id)
            return kept.case_id
        decision = Decision(Outcome.FLAG, severity, FLAGGED_BY_HAND)
        store.flag_mail(tx, kept.id, severity, FLAGGED_BY_HAND)
        raw = RawMail(_NOWHERE, kept.received, b"", kept.size)
        reading = Reading(raw, kept.email, kept.assessment, decision, f"Flagged by hand: {who}.")
        return self.caseload.flagged(tx, kept.id, reading, who=who)

    def _table(self, severity: Severity) -> policy.Timetable:
        return self.caseload.policy().clocks[severity]


def _flagged_again(
    kept: Kept, severity: Severity, table: policy.Timetable, *, only_open: bool
) -> Callable[[CaseState, Moment], Change]:
    """What a person's flag does to a case whose mail has raised one: it is no news to whoever has
    the case, unless it is graver than they know, or had ended."""

    def does(case: CaseState, at: Moment) -> Change:
        why: dict[str, object] = {
            "mail": kept.id,
            "severity": severity,
            "rule": FLAGGED_BY_HAND,
        }
        graver = SEVERITIES.index(severity) > SEVERITIES.index(case.severity) and not only_open
        level, clocks = (severity, table) if graver else (case.severity, case.timetable)
        if case.ended:
            change = life.flagged_again(case, level, clocks, at, why)
            return replace(change, events=tuple(map(_by_hand, change.events)))
        if graver:
            return life.flagged_again(case, level, clocks, at, why)
        return Change(case, () if only_open else (Event("flagged", why),))

    return does


def _by_hand(event: Event) -> Event:
    return Event("reopened", {"because": FLAGGED_BY_HAND}) if event.what == "reopened" else event


def _nobody_named(by: str) -> Person:
    """IMAP does not say who sets a keyword or moves a mail."""
    return Person(by, by, (Role.REP,), "")
