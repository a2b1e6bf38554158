"""Notices of a case as text and HTML."""

from dataclasses import dataclass
from datetime import datetime

from triage.notify.brief import CaseBrief, Told
from triage.notify.case_notice import CaseNotice, Done, ManagerNotice
from triage.notify.looks import CALM, COLOURS, Reach, SafetyView, reach, safety_view
from triage.notify.matter import NoticeKind
from triage.notify.saying import Quote, saying
from triage.notify.words import day_and_time, moment, one_line, unlinked

MOST_TOLD = 12


@dataclass(frozen=True, slots=True)
class CaseView:
    """What the templates show: every string fit to be shown, nothing left to decide there."""

    label: str
    colour: str
    case_number: str
    headline: str
    under: str
    heading: str
    quotes: tuple[Quote, ...]
    reach: tuple[Reach, ...]
    why: str
    facts: tuple[tuple[str, str], ...]
    link: str
    foot: str
    safety: SafetyView | None


def case_view(notice: CaseNotice, answer_to: str) -> CaseView:
    case, said = notice.case, saying(notice)
    taken = notice.kind is NoticeKind.TAKEN
    return CaseView(
        label=unlinked(f"{case.severity.capitalize()}: {said.topic}"),
        colour=CALM if taken else COLOURS[case.severity],
        case_number=one_line(case.case_number, 40),
        headline=unlinked(said.do),
        under=f"{customer(case)} – {unlinked(one_line(case.rule, 120))}",
        heading=unlinked(said.heading),
        quotes=tuple(Quote(unlinked(one.text), unlinked(one.source)) for one in said.quotes),
        reach=tuple(map(reach, said.reach)),
        why=unlinked(said.why),
        facts=(*_facts(case), ("Also told", _told(case, notice.told))),
        link=case.link or "",
        foot=_foot(answer_to),
        safety=None if taken else safety_view(case.severity, notice.safety),
    )


def manager_view(notice: ManagerNotice, answer_to: str) -> CaseView:
    """The headline and the line under it carry all of P4."""
    case, number = notice.case, one_line(notice.case.case_number, 40)
    change = one_line(notice.change, 300)
    again = f"You are told again: {change}." if change else "A Manager is told of every such case."
    return CaseView(
        label=f"{case.severity.capitalize()}: for the Manager",
        colour=COLOURS[case.severity],
        case_number=number,
        headline=f"{customer(case)}, case {number}: {standing(notice)}",
        under=_who_and_when(notice),
        heading="",
        quotes=(),
        reach=(),
        why=again,
        facts=_facts(case),
        link=case.link or "",
        foot=_foot(answer_to),
        safety=None,
    )


def customer(case: CaseBrief) -> str:
    """The customer's name, else their address; a name is no link."""
    name = unlinked(one_line(case.customer.name, 80))
    return name or one_line(case.customer.address, 100) or "A customer"


def standing(notice: ManagerNotice) -> str:
    """What was done, or that it is not resolved, in at most 300 characters."""
    if isinstance(notice.standing, Done):
        return unlinked(one_line(notice.standing.what, 300))
    return "not resolved yet"


def _who_and_when(notice: ManagerNotice) -> str:
    case, stands = notice.case, notice.standing
    if isinstance(stands, Done):
        when = _local(case, stands.at) if stands.at else ""
        return f"Done by {one_line(stands.by, 60)}, {when}."
    owner = one_line(case.owner, 60)
    has = f"{owner} has it" if owner else "Nobody has it yet"
    until = f", {_short(case, stands.next_at)}" if stands.next_at else ""
    return f"{has}. Next: {unlinked(one_line(stands.next, 200))}{until}."


def _facts(case: CaseBrief) -> tuple[tuple[str, str], ...]:
    address = one_line(case.customer.address, 100)
    name = customer(case)
    return (
        ("Customer", f"{name} ({address})" if address and address != name else name),
        ("Subject", unlinked(one_line(case.subject, 200)) or "(no subject)"),
        ("Severity", case.severity.capitalize()),
        ("Status", unlinked(one_line(case.status, 40)).replace("_", " ")),
        ("Who has it", unlinked(one_line(case.owner, 60)) or "nobody yet"),
        ("Opened", moment(case.opened_at)),
        ("Because", _because(case)),
    )


def _told(case: CaseBrief, told: tuple[Told, ...]) -> str:
    names = [
        one_line(one.name, 60) + (f" ({_short(case, one.at)})" if one.at else "")
        for one in told[:MOST_TOLD]
    ]
    more = [f"{len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
    return unlinked(", ".join(names + more)) or "nobody else"


def _because(case: CaseBrief) -> str:
    return unlinked(one_line(case.because, 600)).replace(" %", "\N{NO-BREAK SPACE}%")


def _foot(answer_to: str) -> str:
    return f"A reply to this mail goes to {answer_to}, never to the customer."


def _local(case: CaseBrief, time: datetime) -> str:
    return moment(time.astimezone(case.opened_at.tzinfo))


def _short(case: CaseBrief, time: datetime) -> str:
    return day_and_time(time.astimezone(case.opened_at.tzinfo))
