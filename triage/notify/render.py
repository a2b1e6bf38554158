"""Notices as text and HTML, from the templates beside this file."""

from dataclasses import dataclass
from typing import Final

from triage.notify.looks import COLOURS, SafetyView, rendered, safety_view
from triage.notify.notice import FlagNotice, TroubleNotice
from triage.notify.words import SIGNAL_WORDS, moment, one_line, size, unlinked
from triage.types import Evidence

MOST_SENTENCES: Final = 5
LONGEST_SENTENCE: Final = 400


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    signal: str


@dataclass(frozen=True, slots=True)
class _View:
    """What the templates show: every string fit to be shown, nothing left to decide there."""

    severity: str
    colour: str
    case_number: str
    customer: str
    customer_address: str
    subject: str
    sent: str
    received: str
    rule: str
    because: str
    sentences: tuple[_Sentence, ...]
    scores: tuple[tuple[str, int], ...]
    link: str
    original: str
    place: str
    answer_to: str
    safety: SafetyView | None


def flag_text(notice: FlagNotice, attached: bool, answer_to: str) -> str:
    return rendered("flag.txt", _view(notice, attached, answer_to))


def flag_html(notice: FlagNotice, attached: bool, answer_to: str) -> str:
    return rendered("flag.html", _view(notice, attached, answer_to))


def trouble_text(notice: TroubleNotice) -> str:
    return rendered("trouble.txt", _trouble(notice))


def trouble_html(notice: TroubleNotice) -> str:
    return rendered("trouble.html", _trouble(notice))


def _view(notice: FlagNotice, attached: bool, answer_to: str) -> _View:
    zone = notice.received.tzinfo
    sent = notice.sent.astimezone(zone) if notice.sent and notice.sent.tzinfo else notice.sent
    address = one_line(notice.customer.address, 100)  # not unlinked: it is there to be copied
    return _View(
        severity=notice.severity,
        colour=COLOURS[notice.severity],
        case_number=one_line(notice.case_number, 40),
        customer=unlinked(one_line(notice.customer.name, 80)) or address or "A customer",
        customer_address=address,
        subject=unlinked(one_line(notice.subject, 200)) or "(no subject)",
        sent=moment(sent) if sent else "",
        received=moment(notice.received),
        rule=one_line(notice.rule, 120),
        because=one_line(notice.because, 600).replace(" %", "\N{NO-BREAK SPACE}%"),
        sentences=tuple(_sentence(one) for one in notice.evidence[:MOST_SENTENCES]),
        scores=tuple(_score(name, probability) for name, probability in notice.scores),
        link=notice.link or "",
        original=_original(notice, attached),
        place=_place(notice),
        answer_to=answer_to,
        safety=safety_view(notice.severity, notice.safety),
    )


def _sentence(evidence: Evidence) -> _Sentence:
    text = unlinked(one_line(evidence.text, LONGEST_SENTENCE))
    return _Sentence(text, _signal(evidence.signal))


def _score(signal: str, probability: float) -> tuple[str, int]:
    return _signal(signal), int(100 * min(1.0, max(0.0, probability)))


def _signal(name: str) -> str:
    return SIGNAL_WORDS.get(name, one_line(name, 40))


def _original(notice: FlagNotice, attached: bool) -> str:
    length = size(notice.original_size)
    if attached:
        return f"The customer’s mail ({length}) is attached."
    return f"The customer’s mail ({length}) is not attached; it lies in the mailbox."


def _place(notice: FlagNotice) -> str:
    if notice.place is None:
        return ""
    folder = f", folder {one_line(notice.place.folder, 100)}" if notice.place.folder else ""
    uid = f", UID {notice.place.uid}" if notice.place.uidvalidity else ""
    return f"Mailbox {one_line(notice.place.mailbox, 100)}{folder}{uid}"


def _trouble(notice: TroubleNotice) -> dict[str, str]:
    name, address = one_line(notice.not_told.name, 80), one_line(notice.not_told.address, 120)
    return {
        "severity": notice.severity,
        "case_number": one_line(notice.case_number, 40),
        "not_told": f"{name} ({address})" if name else address,
        "answer": one_line(notice.answer, 300),
        "link": notice.link or "",
    }
