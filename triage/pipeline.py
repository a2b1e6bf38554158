"""One mail's story: parse, assess, decide, save."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from triage import policy as rulebook
from triage.byhand import NOTHING_FORWARDED
from triage.caseload import Caseload
from triage.classifier import Classifier, mail_text
from triage.errors import ParseError
from triage.mail import ReadingRules, parse
from triage.policy import Policy
from triage.store import Transaction, ledger, mails
from triage.types import (
    Assessment,
    Decision,
    Email,
    MailKind,
    Outcome,
    RawMail,
    Reading,
    Scores,
)

Parsed = tuple[RawMail, Email | str]
"""A mail and what parsing gave: an ``Email``, or in words why there is none."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading takes: rules for taking a mail apart, the model, and the policy in force.

    ``judge`` sees each mail before it is scored, with its bytes: for mail that asks something of
    the desk's software rather than of the desk.
    """

    rules: ReadingRules
    classifier: Classifier
    in_force: Callable[[], Policy]
    judge: Callable[[RawMail, Email], Email] = lambda _, email: email

    @property
    def policy(self) -> Policy:
        return self.in_force()

    def parsed(self, raw: RawMail) -> Parsed:
        try:
            return raw, self.judge(raw, parse(raw, self.rules))
        except ParseError as error:
            return raw, str(error)

    def read(self, batch: Sequence[Parsed]) -> list[Reading]:
        """Assess and decide a batch; the order is kept."""
        unread = [_why_not_scored(email, self.classifier.languages) for _, email in batch]
        scored = [
            email
            for (_, email), why in zip(batch, unread, strict=True)
            if isinstance(email, Email) and not why
        ]
        assessed = iter(self.assessed(scored))
        return [
            self._decided(raw, email, next(assessed) if why == "" else None, why)
            for (raw, email), why in zip(batch, unread, strict=True)
        ]

    def read_one(self, raw: RawMail, email: Email) -> Reading:
        """One mail, or what is kept as one."""
        return self.read([(raw, email)])[0]

    def assessed(self, emails: Sequence[Email]) -> list[Assessment]:
        """Assessments, with evidence for what will be flagged: only there does anybody read it."""
        texts = [mail_text(email.subject, email.text) for email in emails]
        model = self.classifier

        def flagged(at: int, scores: Scores) -> bool:
            bare = Assessment(texts[at], scores, (), model.name)
            decision = rulebook.decide(self.policy, emails[at], bare, model.thresholds)
            return decision.outcome is Outcome.FLAG

        return model.assess(texts, flagged)

    def works(self) -> bool:
        """Whether the model still answers at all."""
        try:
            return len(self.classifier.score(["Hello."])) == 1
        except Exception:  # whatever it is, it is not a mail's fault
            return False

    def _decided(
        self, raw: RawMail, email: Email | str, assessment: Assessment | None, why: str
    ) -> Reading:
        if isinstance(email, str):
            return Reading(raw, None, None, Decision(Outcome.FAILED, None, "unreadable"), email)
        thresholds: Mapping[str, float] = self.classifier.thresholds
        decision = rulebook.decide(self.policy, email, assessment, thresholds, why)
        because = rulebook.explain(self.policy, decision, assessment, thresholds)
        return Reading(raw, email, assessment, decision, because)


def _why_not_scored(email: Email | str, languages: frozenset[str]) -> str:
    """Empty for a mail that the model reads; else the reason it goes unscored."""
    if isinstance(email, str):
        return "unreadable"
    if email.kind is not MailKind.CUSTOMER:
        return email.kind
    if NOTHING_FORWARDED in email.remarks:
        return NOTHING_FORWARDED
    if not any(map(str.isalnum, email.text)) and _says_more_than_its_subject(email):
        return "encrypted" if "encrypted" in email.remarks else "no text"
    if email.language not in languages | {"und"}:
        return f"language {email.language}"
    return ""


def _says_more_than_its_subject(email: Email) -> bool:
    """Whether a mail without text of its own holds what only a person can read."""
    told = any(map(str.isalnum, email.subject))
    return bool(email.attachments or email.quoted or "encrypted" in email.remarks or not told)


@dataclass(frozen=True, slots=True)
class Saver:
    """What saving needs: ``caseload`` looks after what a mail does to its case, ``obey`` does what
    a mail of the desk's people asks for and says whether it was one.

    ``quiet`` saves mail as read and opens no case: for backfills.
    """

    caseload: Caseload
    quiet: bool = False
    obey: Callable[[Transaction, int, Reading], bool] = lambda *_: False

    def save(self, tx: Transaction, readings: Iterable[Reading]) -> None:
        """Save readings, their flags and the jobs that tell of them, all or none."""
        ledger.record(tx, [self.save_one(tx, reading) for reading in readings])

    def save_one(self, tx: Transaction, reading: Reading) -> ledger.Entry:
        """Save a reading and what follows from it; what the ledger is to say of its place."""
        raw = reading.raw
        known = mails.earlier_copy(tx, raw, reading.email)
        fresh = mails.keep(tx, reading) if known is None else None
        if fresh is None:  # known, or kept by another watcher this very moment
            known = known or mails.earlier_copy(tx, raw, reading.email)
            return ledger.Entry(raw.place, ledger.REPEAT, known, raw.received)
        if reading.email is not None and not self.quiet:
            self._follow_up(tx, fresh, reading, reading.email)
        return ledger.Entry(raw.place, reading.decision.outcome, fresh, raw.received)

    def _follow_up(self, tx: Transaction, mail_id: int, reading: Reading, email: Email) -> None:
        if reading.decision.outcome is Outcome.FLAG:
            self.caseload.flagged(tx, mail_id, reading)
        elif self.obey(tx, mail_id, reading):
            return
        elif email.kind in {MailKind.CUSTOMER, MailKind.OWN}:
            self.caseload.wrote(tx, mail_id, reading, email)
