"""One case, or one mail, as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service import words
from service.marking import SHOWN, Marked, mark
from service.plain import one_line, plain
from service.views import CaseCard, case_card
from service.words import Moment
from triage.store.cases import Case, CaseMail, EventRow
from triage.store.notices import NoticeRow


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
    model: str
    attachments: tuple[AttachmentView, ...]
    remarks: tuple[str, ...]
    original_href: str
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
class EventView:
    at: Moment
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class CaseView:
    card: CaseCard
    mails: tuple[MailView, ...]
    earlier_mails: int
    notices: tuple[NoticeView, ...]
    events: tuple[EventView, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns records into views; ``thresholds`` count for mail that ``model`` has read."""

    model: str
    thresholds: Mapping[str, float]
    now: datetime

    def case(self, case: Case, notices: Sequence[NoticeRow]) -> CaseView:
        """The newest mail stands first: it is what the person on duty answers."""
        return CaseView(
            card=case_card(case.row, self.now),
            mails=tuple(self.mail(mail) for mail in reversed(case.mails)),
            earlier_mails=case.earlier_mails,
            notices=tuple(self._notice(notice) for notice in notices),
            events=tuple(self._event(event) for event in reversed(case.events)),
        )

    def mail(self, mail: CaseMail) -> MailView:
        reached, others = self._signals(mail.scores or {}, mail.model)
        name, address = one_line(mail.sender_name, 80), one_line(mail.sender_address, 120)
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
            model=mail.model or "",
            attachments=tuple(_attachment(item) for item in mail.attachments[:100]),
            remarks=tuple(one_line(remark, 120) for remark in mail.remarks[:20]),
            original_href=f"/mails/{mail.id}/original.eml" if mail.original else "",
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

    def _notice(self, notice: NoticeRow) -> NoticeView:
        return NoticeView(
            recipient=one_line(notice.recipient, 120),
            state=notice.state,
            state_word=words.NOTICE.get(notice.state, notice.state),
            answer=one_line(notice.answer, 300) if notice.state != "sent" else "",
            attempts=notice.attempts,
            changed=words.moment(notice.changed_at, self.now),
        )

    def _event(self, event: EventRow) -> EventView:
        return EventView(
            at=words.moment(event.at, self.now),
            what=words.sentence_case(one_line(event.what, 80)),
            detail=_detail(event.what, event.data),
        )


def _detail(what: str, data: Mapping[str, Any]) -> str:
    """What an event's data add, in words; ids say nothing to a person."""
    if what == "flagged":
        severity = words.SEVERITY.get(str(data.get("severity")), "").lower()
        return one_line(f"{data.get('rule', '')}, {severity}".strip(", "))
    said = [str(data[key]) for key in ("to", "answer") if data.get(key)]
    if what == "notice sent":
        said = said[:1]
    return one_line(": ".join(said), 300)


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


def _attachment(item: Mapping[str, Any]) -> AttachmentView:
    return AttachmentView(
        name=one_line(str(item.get("name") or ""), 120) or "(no name)",
        kind=one_line(str(item.get("content_type") or ""), 80),
        size=words.size(int(item.get("size") or 0)),
    )
