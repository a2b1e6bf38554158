"""From what was done for the customer to their word that it works (P13)."""

from dataclasses import replace

from triage.duty import Person
from triage.errors import ActRefused
from triage.life import deeds
from triage.life.clocks import fresh, started, stopped
from triage.life.moment import Moment
from triage.life.records import CaseState, Change, ClockKind, Event, Status
from triage.life.taking import at_work


def answered(case: CaseState, deed: deeds.Answered, who: Person, at: Moment) -> Change:
    return with_answer(case, Event("answered", {"note": deed.note}), who, at)


def with_answer(case: CaseState, event: Event, who: Person, at: Moment) -> Change:
    """The customer has an answer. One who was told the outcome already still has been."""
    first = at_work(case, who, at)
    after = stopped(first.after, ClockKind.ANSWER)
    after = replace(after, answered_at=case.answered_at or at.now)
    if after.status in {Status.ACKNOWLEDGED, Status.IN_HAND}:
        after = replace(after, status=Status.ANSWERED)
    return Change(after, (*first.events, event), first.tell)


def noted_done(case: CaseState, deed: deeds.NoteDone, who: Person, at: Moment) -> Change:
    return Change(replace(case, done=deed.done), (Event("done noted", {"done": deed.done}),))


def told(case: CaseState, deed: deeds.Told, who: Person, at: Moment) -> Change:
    if not case.done.strip():
        raise ActRefused("say what was done first", ("done",))
    first = at_work(case, who, at)
    after = replace(
        stopped(first.after, ClockKind.ANSWER, ClockKind.OUTCOME, ClockKind.PROGRESS),
        status=Status.TOLD,
        told_at=at.now,
        answered_at=case.answered_at or at.now,
        confirmed_at=None,
        confirm_tries=0,
    )
    event = Event("customer told", {"note": deed.note})
    return Change(_confirmation_awaited(after, at), (*first.events, event), first.tell)


def asked_again(case: CaseState, deed: deeds.AskedAgain, who: Person, at: Moment) -> Change:
    """It is a try once the customer had the time to answer; asked sooner, it is only noted."""
    _must_be_told(case)
    clock = case.clock(ClockKind.CONFIRM)
    if clock and clock.round == 0:
        return Change(case, (Event("asked again", {"note": deed.note}),))
    after = replace(case, confirm_tries=case.confirm_tries + 1)
    facts = {"try": after.confirm_tries, "note": deed.note}
    return Change(_confirmation_awaited(after, at), (Event("asked, no answer", facts),))


def confirmed(case: CaseState, deed: deeds.Confirmed, who: Person, at: Moment) -> Change:
    _must_be_told(case)
    after = stopped(case, ClockKind.CONFIRM)
    after = replace(after, status=Status.CONFIRMED, confirmed_at=at.now)
    return Change(after, (Event("customer confirmed", {"note": deed.note}),))


def _must_be_told(case: CaseState) -> None:
    if case.status is not Status.TOLD:
        raise ActRefused("the customer has not been told the outcome yet", ("told",))


def _confirmation_awaited(case: CaseState, at: Moment) -> CaseState:
    return started(case, fresh(case, ClockKind.CONFIRM, at))
