"""What may be done with a case now, the most useful first: for page, API and command line."""

from collections.abc import Callable

from triage.life import deeds
from triage.life.begin import SEVERITIES
from triage.life.end import missing, promises_open
from triage.life.manager import knows
from triage.life.promising import MOST_PROMISES
from triage.life.records import WAITING, CaseState, ClockKind, Status

_May = Callable[[CaseState], bool]


def next_deeds(case: CaseState) -> tuple[type[deeds.Deed], ...]:
    """The deeds that the state of the case allows, whoever does them. What a deed says may be
    refused all the same: a date in the past, a person whom the desk does not know."""
    if case.ended:
        return (deeds.Reopen, deeds.Note, deeds.NoteRudeness)
    return tuple(deed for deed, may in _IN_ORDER if may(case))


def _waits(case: CaseState) -> bool:
    return case.status in WAITING


def _had(case: CaseState) -> bool:
    return case.status not in WAITING


def _asked_in_time(case: CaseState) -> bool:
    """The customer had the time to answer and did not."""
    clock = case.clock(ClockKind.CONFIRM)
    return case.status is Status.TOLD and (clock is None or clock.round > 0)


def _runs(kind: ClockKind) -> _May:
    return lambda case: any(clock.kind is kind for clock in case.clocks)


def _is(*statuses: Status) -> _May:
    return lambda case: case.status in statuses


def _always(case: CaseState) -> bool:
    return True


_IN_ORDER: tuple[tuple[type[deeds.Deed], _May], ...] = (
    (deeds.Acknowledge, _waits),
    (deeds.Close, lambda case: not missing(case)),
    (deeds.ManagerAnswered, _runs(ClockKind.MANAGER_ANSWER)),
    (deeds.GiveHelp, _runs(ClockKind.HELP)),
    (deeds.AskedAgain, _asked_in_time),
    (deeds.Confirmed, _is(Status.TOLD)),
    (deeds.EndHold, lambda case: case.held_until is not None),
    (deeds.KeepPromise, promises_open),
    (deeds.TakeInHand, lambda case: case.status is not Status.IN_HAND),
    (deeds.Answered, _is(*WAITING, Status.ACKNOWLEDGED, Status.IN_HAND)),
    (deeds.NoteDone, _always),
    (deeds.Told, lambda case: bool(case.done.strip()) and case.status is not Status.CONFIRMED),
    (deeds.TellManager, lambda case: bool(case.done.strip()) and not knows(case)),
    (deeds.MakePromise, lambda case: len(case.promises) < MOST_PROMISES),
    (deeds.AskHelp, _always),
    (deeds.HandOver, _had),
    (deeds.Hold, _had),
    (deeds.Note, _always),
    (deeds.Insists, _always),
    (deeds.RaiseSeverity, lambda case: case.severity is not SEVERITIES[-1]),
    (deeds.GiveBack, _had),
    (deeds.NoteRudeness, _always),
    (deeds.Dismiss, lambda case: not promises_open(case)),
)
