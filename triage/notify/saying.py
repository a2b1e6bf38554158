"""What a notice of a case says: one function a kind.

``do`` and ``why`` hold our own words and colleagues' names alone, so that they may stand in a
short message outside the house; what somebody wrote is in ``quotes``.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch
from typing import Final

from triage.notify.case_notice import CaseNotice
from triage.notify.matter import (
    CustomerWrote,
    Due,
    Escalation,
    Handover,
    Help,
    HelpGiven,
    HoldEnded,
    ManagerTask,
    Matter,
    Overdue,
    PromiseDue,
    Reminder,
    Said,
    Taken,
)
from triage.notify.words import day_and_time, listed, moment, one_line, ordinal, span
from triage.types import Severity

MOST_SAID: Final = 40


@dataclass(frozen=True, slots=True)
class Quote:
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Saying:
    """``topic`` is for the subject, ``do`` what the reader should do and until when, ``why`` why
    they are told; ``heading`` stands over the ``quotes``, ``reach`` is where to call or write."""

    topic: str
    do: str
    why: str
    heading: str = ""
    quotes: tuple[Quote, ...] = ()
    reach: tuple[str, ...] = ()


_DUE: Final = {
    Due.ANSWER: ("answer the customer", "the answer was due"),
    Due.PROGRESS: ("tell the customer how it stands", "that was due"),
    Due.OUTCOME: ("tell the customer the outcome", "that was due"),
    Due.CONFIRMATION: ("ask the customer whether it works", "their word was due"),
}


def saying(notice: CaseNotice) -> Saying:
    return _say(notice.matter, notice)


@singledispatch
def _say(matter: Matter, notice: CaseNotice) -> Saying:
    raise TypeError(f"{type(matter).__name__} is no matter of a case")


@_say.register
def _reminder(matter: Reminder, notice: CaseNotice) -> Saying:
    return Saying(
        f"reminder {matter.number}",
        f"Take this case{_by(notice)}: nobody has it yet.",
        f"It waits since {_at(notice, matter.since)}; "
        f"you are told for the {ordinal(matter.number)} time.",
        *_sentence(notice),
    )


@_say.register
def _escalation(matter: Escalation, notice: CaseNotice) -> Saying:
    silent = listed(matter.silent) or "the person on duty"
    return Saying(
        f"no answer for {span(60 * matter.minutes)}",
        f"Take this case{_by(notice)}: {silent} did not answer.",
        f"You are told because {silent} did not answer for {span(60 * matter.minutes)}.",
        *_sentence(notice),
    )


@_say.register
def _help(matter: Help, notice: CaseNotice) -> Saying:
    who = _name(matter.asked_by)
    asked = (Quote(one_line(matter.words, 1000), _at(notice, matter.at)),)
    return Saying(
        "help asked for",
        f"Call or write to {who}{_by(notice)}: they ask for your help with this case.",
        f"{who} asked for help on {_at(notice, matter.at)}; "
        f"you are told for the {ordinal(matter.number)} time.",
        f"What {who} says",
        asked if asked[0].text else (),
    )


@_say.register
def _help_given(matter: HelpGiven, notice: CaseNotice) -> Saying:
    who, words = _name(matter.by), one_line(matter.words, 1000)
    do = f"Read what {who} says to your call for help."
    return Saying(
        f"{who} helps you" if words else f"{who} has it",
        do if words else f"Nothing to do for you: {who} has taken this case.",
        f"You asked for help with it; {who} answered on {_at(notice, matter.at)}.",
        f"What {who} says" if words else "",
        (Quote(words),) if words else (),
    )


@_say.register
def _handover(matter: Handover, notice: CaseNotice) -> Saying:
    giver = f" from {_name(matter.by)}" if matter.by else ""
    due = f", and answer{_by(notice)}" if notice.until else ""
    earlier = len(matter.said) - MOST_SAID
    heading = "What was said so far"
    if earlier > 0:
        heading += f" ({earlier} earlier entries are in the case)"
    return Saying(
        "you have it now",
        f"This case is yours now{',' if giver else ''}{giver}: read what was said{due}.",
        f"You got it{giver}; the customer need not say it all again.",
        heading,
        tuple(_entry(notice, one) for one in matter.said[-MOST_SAID:]),
    )


@_say.register
def _overdue(matter: Overdue, notice: CaseNotice) -> Saying:
    verb, was = _DUE[matter.what]
    owner = notice.case.owner
    if not owner:
        do = f"Take this case and {verb}"
    elif owner == notice.envelope.recipient.name:
        do = f"Please {verb}"
    else:
        do = f"Get {_name(owner)} to {verb}, or do it yourself"
    since = _at(notice, matter.since)
    return Saying(
        f"{matter.what} overdue",
        f"{do}{_by(notice)}: {was} {day_and_time(_local(notice, matter.since))}.",
        f"The {matter.what} is overdue since {since}.",
        *_sentence(notice),
    )


@_say.register
def _promise(matter: PromiseDue, notice: CaseNotice) -> Saying:
    due = day_and_time(_local(notice, matter.due))
    promised = (Quote(one_line(matter.what, 600), f"promised by {_name(matter.made_by)}"),)
    if matter.gone_by:
        do = f"Keep the promise{_by(notice)} and tell the customer: it was due {due}."
        why = f"The promise is overdue since {_at(notice, matter.due)}."
    else:
        do = f"Keep the promise to the customer by {due}."
        why = f"The promise comes due on {_at(notice, matter.due)}."
    topic = "promise overdue" if matter.gone_by else "promise due"
    return Saying(topic, do, why, "What was promised", promised)


@_say.register
def _customer_wrote(matter: CustomerWrote, notice: CaseNotice) -> Saying:
    how = "wrote again, upset" if matter.flagged else "wrote again"
    again = " The case is open again." if matter.reopened else ""
    return Saying(
        how,
        f"Read what the customer wrote and answer{_by(notice)}.{again}",
        f"The customer {how}, on {_at(notice, matter.at)}.",
        *_sentence(notice),
    )


@_say.register
def _taken(matter: Taken, notice: CaseNotice) -> Saying:
    who = _name(matter.by)
    return Saying(
        f"{who} has it",
        f"Nothing to do for you: {who} has taken this case.",
        f"You were told of it before; {who} took it on {_at(notice, matter.at)}.",
    )


@_say.register
def _manager_task(matter: ManagerTask, notice: CaseNotice) -> Saying:
    call = matter.by == "phone"
    verb = "call the customer" if call else "write to the customer"
    places = (*matter.phones, *matter.mails) if call else (*matter.mails, *matter.phones)
    manager = one_line(matter.manager, 60)
    do = verb.capitalize()
    if manager and manager != notice.envelope.recipient.name:
        do = f"Get {manager} to {verb}, or do it yourself"
    late = f" It is overdue since {_at(notice, matter.since)}." if matter.since else ""
    return Saying(
        f"{verb}, overdue" if late else verb,
        f"{do}{_by(notice)}: they asked for a manager.",
        f"The customer insists on an answer from a manager.{late}",
        *_sentence(notice),
        reach=tuple(one_line(place, 100) for place in places[:6]),
    )


@_say.register
def _hold_ended(matter: HoldEnded, notice: CaseNotice) -> Saying:
    held = one_line(matter.why, 600)
    return Saying(
        "hold ended",
        f"Go on with this case{_by(notice)}: its hold has ended.",
        f"{_name(matter.by)} had put it on hold, until {_at(notice, matter.at)}."
        if matter.by
        else f"It was on hold until {_at(notice, matter.at)}.",
        "Why it was on hold",
        (Quote(held),) if held else (),
    )


def _by(notice: CaseNotice) -> str:
    if notice.until:
        return f" by {day_and_time(_local(notice, notice.until))}"
    return " at once" if notice.case.severity is Severity.EMERGENCY else " now"


def _local(notice: CaseNotice, time: datetime) -> datetime:
    return time.astimezone(notice.case.opened_at.tzinfo)


def _at(notice: CaseNotice, time: datetime) -> str:
    return moment(_local(notice, time))


def _name(name: str) -> str:
    return one_line(name, 60) or "somebody"


def _entry(notice: CaseNotice, said: Said) -> Quote:
    return Quote(one_line(said.text, 1000), f"{_name(said.who)}, {_at(notice, said.at)}")


def _sentence(notice: CaseNotice) -> tuple[str, tuple[Quote, ...]]:
    text = one_line(notice.case.sentence, 400)
    return ("What they wrote", (Quote(text),)) if text else ("", ())
