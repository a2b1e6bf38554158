"""What a clock does when it rings. It always leaves the case with a next thing to come."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from triage.life.begin import left_behind
from triage.life.clocks import HOLDABLE, due, fresh, moved_on, started, unheld
from triage.life.manager import told_manager
from triage.life.moment import Moment
from triage.life.records import (
    WAITING,
    CaseState,
    Change,
    Clock,
    ClockKind,
    Event,
    Telling,
    TellKind,
)
from triage.life.whom import (
    and_above,
    helpers,
    ids,
    past_the_ladder,
    together,
    told_in,
    whoever_has,
)

PROMISE_AGAIN = timedelta(days=1)


def rung(case: CaseState, clock: Clock, at: Moment) -> Change:
    """The step of a case's life that a clock which is due brings. What a hold put off comes after
    the end of the hold, and a case whose owner left the desk goes back to those on duty first."""
    if case.status not in WAITING and at.person(case.owner) is None:
        return _left_behind(case, clock, at)
    hold = case.clock(ClockKind.HOLD)
    if hold and clock.kind in HOLDABLE and clock.due <= hold.due:
        clock = hold
    return _RINGS.get(clock.kind, _overdue)(case, clock, at)


def _left_behind(case: CaseState, clock: Clock, at: Moment) -> Change:
    back = left_behind(case, at)
    still = back.after.clock(clock.kind, clock.about)
    if still is None or still.due > at.now:
        return back
    then = rung(back.after, still, at)
    return Change(then.after, back.events + then.events, back.tell + then.tell)


def _manager_not_told(case: CaseState, clock: Clock, at: Moment) -> Change:
    return told_manager(case, "triage", at)


def _nobody_has_it(case: CaseState, clock: Clock, at: Moment) -> Change:
    """One step of the ladder more after each ``tries``; past its end everybody (P2, P7)."""
    table, times = case.timetable, clock.round + 1
    people = told_in(case, times, at)
    higher = times % table.tries == 0 and not past_the_ladder(case, times, at)
    kind = TellKind.ESCALATION if higher else TellKind.REMINDER
    pause = table.ceiling if past_the_ladder(case, times + 1, at) else table.repeat
    facts = {"times": times, "waits_since": case.opened_at.isoformat(), "to": ids(people)}
    return Change(
        _again(case, clock, due(case, pause, at)),
        (Event("escalated" if higher else "reminded", facts),),
        (Telling(kind, people, facts, table.every_channel),),
    )


def _overdue(case: CaseState, clock: Clock, at: Moment) -> Change:
    """Whoever has the case is told; from the second time on one step of the ladder more (P13)."""
    people = and_above(case, clock.round, at)
    facts = {"clock": clock.kind, "due": clock.due.isoformat(), "to": ids(people)}
    return Change(
        _again(case, clock, fresh(case, clock.kind, at).due),
        (Event("overdue", facts),),
        (Telling(TellKind.OVERDUE, people, facts),),
    )


def _promise_overdue(case: CaseState, clock: Clock, at: Moment) -> Change:
    people = and_above(case, clock.round, at)
    promises = tuple(
        replace(one, overdue=True) if str(one.number) == clock.about else one
        for one in case.promises
    )
    what = next((one.what for one in promises if str(one.number) == clock.about), "")
    facts = {
        "promise": int(clock.about),
        "what": what,
        "due": clock.due.isoformat(),
        "to": ids(people),
    }
    after = _again(replace(case, promises=promises), clock, at.now + PROMISE_AGAIN)
    return Change(
        after,
        (Event("promise overdue", facts),),
        (Telling(TellKind.PROMISE, people, facts),),
    )


def _manager_has_not_answered(case: CaseState, clock: Clock, at: Moment) -> Change:
    """The Manager again; from the second time on whoever has the case, too."""
    manager = at.manager()
    people = together([manager], whoever_has(case, at) if clock.round else ())
    facts = {
        "phone": case.phone,
        "due": clock.due.isoformat(),
        "person": manager.id,
        "to": ids(people),
    }
    pause = timedelta(seconds=case.timetable.ceiling)
    return Change(
        _again(case, clock, at.now + pause),
        (Event("overdue", {"clock": clock.kind, **facts}),),
        (Telling(TellKind.MANAGER_TASK, people, facts, case.timetable.every_channel),),
    )


def _nobody_helps(case: CaseState, clock: Clock, at: Moment) -> Change:
    """All above whoever asked are asked, again and again."""
    people = helpers(at.person(clock.about), at) or at.above()
    facts = {"times": clock.round + 1, "by": clock.about, "to": ids(people)}
    return Change(
        _again(case, clock, due(case, case.timetable.repeat, at)),
        (Event("help asked again", facts),),
        (Telling(TellKind.HELP, people, facts, case.timetable.every_channel),),
    )


def _hold_ends(case: CaseState, clock: Clock, at: Moment) -> Change:
    after = moved_on(unheld(case, at), at)
    tell = Telling(TellKind.HOLD_ENDED, whoever_has(case, at))
    return Change(after, (Event("hold ended"),), (tell,))


def _again(case: CaseState, clock: Clock, at: datetime) -> CaseState:
    return started(case, replace(clock, due=at, round=clock.round + 1))


_RINGS: Mapping[ClockKind, Callable[[CaseState, Clock, Moment], Change]] = {
    ClockKind.ACKNOWLEDGE: _nobody_has_it,
    ClockKind.MANAGER: _manager_not_told,
    ClockKind.HOLD: _hold_ends,
    ClockKind.PROMISE: _promise_overdue,
    ClockKind.MANAGER_ANSWER: _manager_has_not_answered,
    ClockKind.HELP: _nobody_helps,
}
"""Every other clock reminds whoever has the case."""
