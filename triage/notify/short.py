"""A notice in a few words, for channels that leave the house: SMS, chat, push.

No word of the mail, no address, no phone number; of the customer the initials or the name.
"""

from functools import singledispatch
from typing import Final

from triage.notify.case_notice import CaseNotice, Done, ManagerNotice
from triage.notify.compose import Notice
from triage.notify.matter import NoticeKind
from triage.notify.notice import FlagNotice, TroubleNotice
from triage.notify.render_summary import bundle_words, digest_words, hole_words, in_order
from triage.notify.saying import saying
from triage.notify.summary import Bundle, Digest, HoleNotice
from triage.notify.swap import SwapNotice, swap_words
from triage.notify.words import one_line
from triage.types import Severity

LONGEST_TITLE: Final = 80
LONGEST_BODY: Final = 300
_LONGEST_LINK: Final = 200
_IN_NAMES: Final = frozenset(" .'’-")
_IN_NUMBERS: Final = frozenset(" .-/#()")
_HARM: Final = "Somebody may come to harm. "


def short_text(notice: Notice, full_names: bool = False) -> tuple[str, str]:
    """Title and body, of at most 80 and 300 characters.

    ``full_names``: the customer's name instead of their initials. The link is never cut; one of
    more than 200 characters is left out.
    """
    return _short(notice, full_names)


@singledispatch
def _short(notice: Notice, full_names: bool) -> tuple[str, str]:
    raise TypeError(f"{type(notice).__name__} is no notice")


@_short.register
def _flag(notice: FlagNotice, full_names: bool) -> tuple[str, str]:
    about = _about(notice.customer.name, notice.rule, full_names)
    words = f"{_alarm(notice.severity)}Take this case now. {about}"
    return _title(notice.severity, "new", notice.case_number), _body(words, notice.link)


@_short.register
def _trouble(notice: TroubleNotice, full_names: bool) -> tuple[str, str]:
    words = (
        f"{one_line(notice.not_told.name, 60) or 'Somebody'} was not told of the case: tell them."
    )
    return _title(notice.severity, "a notice was refused", notice.case_number), _body(
        words, notice.link
    )


@_short.register
def _of_case(notice: CaseNotice, full_names: bool) -> tuple[str, str]:
    case, said = notice.case, saying(notice)
    about = _about(case.customer.name, case.rule, full_names)
    alarm = "" if notice.kind is NoticeKind.TAKEN else _alarm(case.severity)
    words = f"{alarm}{said.do} {about}"
    return _title(case.severity, said.topic, case.case_number), _body(words, case.link)


@_short.register
def _manager(notice: ManagerNotice, full_names: bool) -> tuple[str, str]:
    case, stands = notice.case, notice.standing
    if isinstance(stands, Done):
        words = f"Dealt with by {one_line(stands.by, 60)}. "
    else:
        words = f"Not resolved yet; {one_line(case.owner, 60) or 'nobody'} has it. "
    words += _about(case.customer.name, case.rule, full_names)
    return _title(case.severity, "for the Manager", case.case_number), _body(words, case.link)


@_short.register
def _bundle(notice: Bundle, full_names: bool) -> tuple[str, str]:
    worst = in_order(notice.lines)[0].severity
    title = f"{worst.upper()}: {bundle_words(notice)} for you"
    return title, _body("Begin at the top of the list.", notice.link)


@_short.register
def _digest(notice: Digest, full_names: bool) -> tuple[str, str]:
    return "Triage: the day", _body(f"{digest_words(notice)}.", notice.link)


@_short.register
def _hole(notice: HoleNotice, full_names: bool) -> tuple[str, str]:
    covered = one_line(notice.gaps[0].covered_by, 60) or "nobody"
    return "Triage: a hole in the rota", _body(
        f"{hole_words(notice)}; covered by {covered}.", notice.link
    )


@_short.register
def _swap(notice: SwapNotice, full_names: bool) -> tuple[str, str]:
    return "Triage: a swap of turns", _body(f"{swap_words(notice)}.", notice.link)


def _title(severity: Severity, topic: str, number: str) -> str:
    start, end = f"{severity.upper()}: ", f" (case {_number(number)})"
    return start + one_line(topic, LONGEST_TITLE - len(start) - len(end)) + end


def _body(words: str, link: str | None) -> str:
    if not link or len(link) > _LONGEST_LINK:
        return one_line(words, LONGEST_BODY)
    return f"{one_line(words, LONGEST_BODY - len(link) - 1)}\n{link}"


def _alarm(severity: Severity) -> str:
    return _HARM if severity is Severity.EMERGENCY else ""


def _number(number: str) -> str:
    """Letters, digits and what case numbers are written with; no marks that a chat makes links,
    mentions or bold type of."""
    return _kept(one_line(number, 40), _IN_NUMBERS) or "?"


def _about(name: str, rule: str, full: bool) -> str:
    """The customer, as little of them as was asked for, and the rule."""
    kept = _kept(one_line(name, 60), _IN_NAMES)
    if not full:
        kept = " ".join(f"{part[0]}." for part in kept.split()[:4] if part[0].isalpha())
    return f"{kept or 'A customer'} – {one_line(rule, 60)}."


def _kept(text: str, also: frozenset[str]) -> str:
    return " ".join("".join(c for c in text if c.isalnum() or c in also).split())
