"""One case, or one mail, as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service import words
from service.case_story import EventView, NoteView, colleagues, history
from service.judging import Judging, judging
from service.marking import SHOWN, Marked, mark
from service.plain import one_line, plain
from service.views import CaseCard, Names, case_card
from service.warmth import Picture, picture
from service.words import Due, Moment
from triage.life import ENDED, CaseState, Promise
from triage.store.cases import Case, CaseMail
from triage.store.notices import NoticeRow
from triage.store.queue import QueueRow
from triage.store.verdicts import VerdictRow

JUDGED = 5
"""Mails of a case whose readings can be judged on its page; others on their own."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Text shown only on demand, cut to what a page can carry."""

    text: str
    left_out: int


@dataclass(frozen=True, slots=True)
class SignalView:
    """A signal in words; ``figure`` is its probability and what would have sufficed."""

    what: str
    likely: str
    figure: str


@dataclass(frozen=True, slots=True)
class AttachmentView:
    name: str
    kind: str
    size: str
    href: str


@dataclass(frozen=True, slots=True)
class MailView:
    id: int
    kind: str
    sender: str
    address: str
    received: Moment
    flagged: bool
    severity: str
    severity_word: str
    rule: str
    because: str
    marked: Marked
    quoted: Folded
    signature: Folded
    read_in_it: tuple[SignalView, ...]
    not_read_in_it: tuple[SignalView, ...]
    judging: Judging | None
    model: str
    attachments: tuple[AttachmentView, ...]
    remarks: tuple[str, ...]
    href: str
    original_href: str
    as_sent_href: str
    case_href: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    recipient: str
    state: str
    state_word: str
    answer: str
    attempts: int
    changed: Moment


@dataclass(frozen=True, slots=True)
class PromiseView:
    number: int
    what: str
    by: str
    due: Due
    kept: Moment | None
    late: bool


@dataclass(frozen=True, slots=True)
class EarlierCase:
    href: str
    reference: str
    subject: str
    severity: str
    severity_word: str
    status: str
    opened: Moment


@dataclass(frozen=True, slots=True)
class CaseView:
    """``held`` is until when the case rests, ``rude`` how often rude behaviour was noted of this
    customer, ``seen`` the revision that is shown."""

    card: CaseCard
    ended: bool
    held: Moment | None
    done: str
    seen: int
    mails: tuple[MailView, ...]
    earlier_mails: int
    warmth: Picture | None
    promises: tuple[PromiseView, ...]
    notes: tuple[NoteView, ...]
    notices: tuple[NoticeView, ...]
    events: tuple[EventView, ...]
    earlier: tuple[EarlierCase, ...]
    rude: int


@dataclass(frozen=True, slots=True)
class Read:
    """All that is stored of a case; ``state`` is ``None`` for one from before cases had a life."""

    row: QueueRow
    state: CaseState | None
    case: Case
    notices: Sequence[NoticeRow]
    said: Sequence[VerdictRow]
    earlier: Sequence[QueueRow]
    rude: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns records into views; ``thresholds`` count for mail that ``model`` has read."""

    model: str
    thresholds: Mapping[str, float]
    now: datetime
    who: Names = field(default_factory=lambda: Names({}))
    judges: bool = False

    def case(self, read: Read) -> CaseView:
        """The newest mail stands first: it is what the person on duty answers."""
        row, case, state = read.row, read.case, read.state
        said: dict[int, list[VerdictRow]] = {}
        for verdict in read.said:
            said.setdefault(verdict.mail_id, []).append(verdict)
        newest = reversed(case.mails)
        return CaseView(
            card=case_card(row, self.who, self.now),
            ended=row.status in ENDED,
            held=words.moment(row.held_until, self.now) if row.held_until else None,
            done=plain(state.done) if state else "",
            seen=row.revision,
            mails=tuple(
                self.mail(mail, said.get(mail.id, ()), judged=at < JUDGED)
                for at, mail in enumerate(newest)
            ),
            earlier_mails=case.earlier_mails,
            warmth=picture(case.mails, self.now),
            promises=tuple(self._promise(one) for one in state.promises) if state else (),
            notes=colleagues(case.events, self.who, self.now),
            notices=tuple(self._notice(notice) for notice in read.notices),
            events=history(case.events, self.who, self.now),
            earlier=tuple(self._earlier(one) for one in read.earlier),
            rude=read.rude,
        )

    def mail(
        self, mail: CaseMail, said: Sequence[VerdictRow] = (), *, judged: bool = True
    ) -> MailView:
        """``judged`` is whether what was read in it can be judged on the same page."""
        reached, others = self._signals(mail.scores or {}, mail.model)
        name, address = one_line(mail.sender_name, 80), one_line(mail.sender_address, 120)
        enough = self.thresholds if mail.model == self.model else {}
        judging_ = None
        if self.judges and mail.scores and judged:
            judging_ = judging(mail.scores, enough, said)
        return MailView(
            id=mail.id,
            kind=words.KIND.get(mail.kind, mail.kind),
            sender=name or address or "Unknown sender",
            address=address if name and name != address else "",
            received=words.moment(mail.received, self.now),
            flagged=mail.outcome == "flag",
            severity=mail.severity if mail.severity in words.SEVERITY else "normal",
            severity_word=words.SEVERITY.get(mail.severity or "", ""),
            rule=words.sentence_case(one_line(mail.rule, 80)),
            because=_because(mail),
            marked=mark(mail.subject, mail.text, mail.evidence or []),
            quoted=_folded(mail.quoted),
            signature=_folded(mail.signature),
            read_in_it=reached,
            not_read_in_it=others,
            judging=judging_,
            model=mail.model or "",
            attachments=tuple(
                _attachment(mail, at, item) for at, item in enumerate(mail.attachments[:100])
            ),
            remarks=tuple(one_line(remark, 120) for remark in mail.remarks[:20]),
            href=f"/mails/{mail.id}",
            original_href=f"/mails/{mail.id}/original.eml" if mail.original else "",
            as_sent_href=f"/mails/{mail.id}/as-sent" if mail.original else "",
            case_href=f"/cases/{mail.case_id}" if mail.case_id else "",
        )

    def _signals(
        self, scores: Mapping[str, float], model: str | None
    ) -> tuple[tuple[SignalView, ...], tuple[SignalView, ...]]:
        """Signals that reached what suffices, and those that did not; the strongest first."""
        thresholds = self.thresholds if model == self.model else {}
        reached: list[SignalView] = []
        others: list[SignalView] = []
        for signal, p in sorted(scores.items(), key=lambda item: -item[1]):
            enough = thresholds.get(signal)
            figure = words.percent(p)
            if enough is not None:
                figure += f", enough from {words.percent(enough)}"
            view = SignalView(words.SIGNAL.get(signal, signal), words.likelihood(p), figure)
            (reached if p >= (0.5 if enough is None else enough) else others).append(view)
        return tuple(reached), tuple(others)

    def _promise(self, promise: Promise) -> PromiseView:
        return PromiseView(
            number=promise.number,
            what=one_line(promise.what, 600),
            by=self.who.of(promise.made_by),
            due=words.due(promise.due, self.now),
            kept=words.moment(promise.kept_at, self.now) if promise.kept_at else None,
            late=promise.overdue,
        )

    def _earlier(self, row: QueueRow) -> EarlierCase:
        card = case_card(row, self.who, self.now)
        return EarlierCase(
            card.href,
            card.reference,
            card.subject,
            card.severity,
            card.severity_word,
            card.status,
            card.opened,
        )

    def _notice(self, notice: NoticeRow) -> NoticeView:
        return NoticeView(
            recipient=one_line(notice.recipient.replace('"', ""), 120),
            state=notice.state,
            state_word=words.NOTICE.get(notice.state, notice.state),
            answer=one_line(notice.answer, 300) if notice.state != "sent" else "",
            attempts=notice.attempts,
            changed=words.moment(notice.changed_at, self.now),
        )


def _because(mail: CaseMail) -> str:
    """Why the mail was flagged, or why it was not."""
    if mail.outcome == "flag":
        return one_line(mail.because or "", 500)
    if mail.outcome == "unscored":
        return f"Not scored ({words.unread(one_line(mail.rule, 80))}): somebody should read it."
    if mail.outcome == "failed":
        return f"This could not be read as a mail: {one_line(mail.because or '', 300)}."
    if mail.outcome == "automatic":
        return "Written by a machine or by ourselves: never flagged."
    return "Not flagged: no rule holds."


def _folded(text: str) -> Folded:
    text = text.strip()
    return Folded(plain(text[:SHOWN]), max(0, len(text) - SHOWN))


def _attachment(mail: CaseMail, at: int, item: Mapping[str, Any]) -> AttachmentView:
    return AttachmentView(
        name=one_line(str(item.get("name") or ""), 120) or "(no name)",
        kind=one_line(str(item.get("content_type") or ""), 80),
        size=words.size(int(item.get("size") or 0)),
        href=f"/mails/{mail.id}/attachments/{at + 1}" if mail.original else "",
    )
