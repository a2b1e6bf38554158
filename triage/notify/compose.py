"""Notice -> mail. Nothing a customer wrote can break a header, hide or mislead."""

from datetime import datetime
from email.message import EmailMessage
from functools import singledispatch
from typing import TypeAlias

from triage.notify import original
from triage.notify.brief import Envelope
from triage.notify.case_notice import CaseNotice, ManagerNotice, NoticeIncomplete, missing_fields
from triage.notify.looks import rendered
from triage.notify.mail import (
    PRESSING,
    answers_go_to,
    blank,
    fill,
    mark_important,
    set_subject,
)
from triage.notify.matter import NoticeKind
from triage.notify.notice import FlagNotice, TroubleNotice
from triage.notify.render import flag_html, flag_text, trouble_html, trouble_text
from triage.notify.render_case import CaseView, case_view, manager_view, standing
from triage.notify.render_summary import (
    bundle_view,
    bundle_words,
    digest_view,
    digest_words,
    hole_view,
    hole_words,
    in_order,
)
from triage.notify.saying import saying
from triage.notify.summary import Bundle, Digest, HoleNotice
from triage.notify.swap import SwapNotice, swap_view, swap_words
from triage.notify.words import header_words
from triage.types import Person, Severity

Notice: TypeAlias = (
    FlagNotice
    | TroubleNotice
    | CaseNotice
    | ManagerNotice
    | Bundle
    | Digest
    | HoleNotice
    | SwapNotice
)


@singledispatch
def compose_any(notice: Notice, now: datetime | None = None) -> EmailMessage:
    """The mail of any notice. Raises as the kind's own function."""
    raise TypeError(f"{type(notice).__name__} is no notice")


@compose_any.register
def compose(
    notice: FlagNotice, now: datetime | None = None, limit: int = original.LIMIT
) -> EmailMessage:
    """The mail that tells of a flag, with the original attached up to ``limit`` bytes.

    Raises ``DeliveryRefused`` where the recipient's address is none, ``ConfigError`` where one of
    ours is.
    """
    attached = 0 < len(notice.original) == notice.original_size <= limit
    envelope = Envelope(notice.notice_key, notice.recipient, notice.sender, notice.reply_to)
    message = blank(envelope, "flag", now, notice.case_id)
    rule = header_words(notice.rule, 60)
    set_subject(
        message, _case(notice.severity, notice.case_number), f"{_who(notice.customer)} – {rule}"
    )
    answer_to = answers_go_to(message, envelope, notice.customer)
    _rank(message, notice.severity)
    fill(
        message,
        flag_text(notice, attached, answer_to),
        flag_html(notice, attached, answer_to),
    )
    if attached:
        original.attach(message, notice.original)
    return message


@compose_any.register
def compose_trouble(notice: TroubleNotice, now: datetime | None = None) -> EmailMessage:
    """The mail that tells the operator of a notice refused for good. Raises as ``compose``."""
    envelope = Envelope(f"trouble {notice.notice_key}", notice.recipient, notice.sender)
    message = blank(envelope, "trouble", now, notice.case_id)
    number = header_words(notice.case_number, 40)
    set_subject(message, f"[Triage TROUBLE] Case {number}:", "the notice was refused")
    mark_important(message)
    fill(message, trouble_text(notice), trouble_html(notice))
    return message


@compose_any.register
def compose_case(notice: CaseNotice, now: datetime | None = None) -> EmailMessage:
    """The mail that tells of a matter of a case. Raises as ``compose``."""
    case, topic = notice.case, header_words(saying(notice).topic, 80)
    message = blank(notice.envelope, notice.kind, now, case.case_id)
    who, rule = _who(case.customer), header_words(case.rule, 60)
    set_subject(message, _case(case.severity, case.case_number), f"{topic} – {who} – {rule}")
    answer_to = answers_go_to(message, notice.envelope, case.customer)
    _rank(message, case.severity, notice.kind is not NoticeKind.TAKEN)
    _fill_case(message, case_view(notice, answer_to))
    return message


@compose_any.register
def compose_manager(notice: ManagerNotice, now: datetime | None = None) -> EmailMessage:
    """The mail to a Manager. Raises ``NoticeIncomplete`` where a field is missing, else as
    ``compose``."""
    missing = missing_fields(notice)
    if missing:
        raise NoticeIncomplete(missing)
    case = notice.case
    message = blank(notice.envelope, "manager", now, case.case_id)
    words = f"{_who(case.customer)} – {header_words(standing(notice), 100)}"
    set_subject(message, _case(case.severity, case.case_number), words)
    answer_to = answers_go_to(message, notice.envelope, case.customer)
    _rank(message, case.severity, case.severity is Severity.EMERGENCY)
    _fill_case(message, manager_view(notice, answer_to))
    return message


@compose_any.register
def compose_bundle(notice: Bundle, now: datetime | None = None) -> EmailMessage:
    """Many cases in one mail. Raises as ``compose``."""
    message = blank(notice.envelope, "bundle", now)
    worst = in_order(notice.lines)[0].severity
    set_subject(message, f"[Triage {worst.upper()}]", f"{bundle_words(notice)} for you")
    view = bundle_view(notice, answers_go_to(message, notice.envelope))
    _rank(message, worst)
    fill(message, rendered("list.txt", view), rendered("list.html", view))
    return message


@compose_any.register
def compose_digest(notice: Digest, now: datetime | None = None) -> EmailMessage:
    """A day for the Manager. Raises as ``compose``."""
    message = blank(notice.envelope, "digest", now)
    set_subject(message, "[Triage] Digest:", digest_words(notice))
    view = digest_view(notice, answers_go_to(message, notice.envelope))
    fill(message, rendered("list.txt", view), rendered("list.html", view))
    return message


@compose_any.register
def compose_hole(notice: HoleNotice, now: datetime | None = None) -> EmailMessage:
    """Holes in the rota. Raises as ``compose``."""
    message = blank(notice.envelope, "hole", now)
    set_subject(message, "[Triage ROTA]", header_words(hole_words(notice), 120))
    view = hole_view(notice, answers_go_to(message, notice.envelope))
    mark_important(message)
    fill(message, rendered("hole.txt", view), rendered("hole.html", view))
    return message


@compose_any.register
def compose_swap(notice: SwapNotice, now: datetime | None = None) -> EmailMessage:
    """A swap of turns. Raises as ``compose``."""
    message = blank(notice.envelope, "swap", now)
    set_subject(message, "[Triage ROTA]", header_words(swap_words(notice), 160))
    view = swap_view(notice, answers_go_to(message, notice.envelope))
    fill(message, rendered("swap.txt", view), rendered("swap.html", view))
    return message


def _fill_case(message: EmailMessage, view: CaseView) -> None:
    fill(message, rendered("case.txt", view), rendered("case.html", view))


def _case(severity: Severity, number: str) -> str:
    return f"[Triage {severity.upper()}] Case {header_words(number, 40)}:"


def _who(customer: Person) -> str:
    return header_words(customer.name, 50) or header_words(customer.address, 50) or "a customer"


def _rank(message: EmailMessage, severity: Severity, presses: bool = True) -> None:
    """``presses``: the reader should act on it; else it is not marked, however severe."""
    message["X-Triage-Severity"] = severity
    if presses and severity in PRESSING:
        mark_important(message)
