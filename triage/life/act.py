"""What a person's deed does to a case, or why it is refused."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from triage.duty import Person
from triage.errors import ActRefused
from triage.life import deeds
from triage.life.answering import answered, asked_again, confirmed, noted_done, told
from triage.life.clocks import moved_on
from triage.life.end import closed, dismissed, reopened
from triage.life.helping import (
    asked_help,
    gave_help,
    insisted,
    manager_answered,
    severity_raised,
    tell_manager,
)
from triage.life.moment import Moment
from triage.life.notes import noted, noted_rudeness
from triage.life.promising import held_by_person, hold_ended, promise_kept, promised
from triage.life.records import CaseState, Change
from triage.life.taking import acknowledged, given_back, handed_over, taken_in_hand

_Does = Callable[[CaseState, Any, Person, Moment], Change]

_DOES: Mapping[type[deeds.Deed], _Does] = {
    deeds.Acknowledge: acknowledged,
    deeds.TakeInHand: taken_in_hand,
    deeds.GiveBack: given_back,
    deeds.HandOver: handed_over,
    deeds.Answered: answered,
    deeds.NoteDone: noted_done,
    deeds.Told: told,
    deeds.AskedAgain: asked_again,
    deeds.Confirmed: confirmed,
    deeds.Close: closed,
    deeds.Dismiss: dismissed,
    deeds.Reopen: reopened,
    deeds.AskHelp: asked_help,
    deeds.GiveHelp: gave_help,
    deeds.Insists: insisted,
    deeds.ManagerAnswered: manager_answered,
    deeds.TellManager: tell_manager,
    deeds.RaiseSeverity: severity_raised,
    deeds.MakePromise: promised,
    deeds.KeepPromise: promise_kept,
    deeds.Hold: held_by_person,
    deeds.EndHold: hold_ended,
    deeds.Note: noted,
    deeds.NoteRudeness: noted_rudeness,
}


def acted(case: CaseState, deed: deeds.Deed, who: Person, at: Moment) -> Change:
    """The case after ``deed`` by ``who``. Raises ``ActRefused`` where the case does not allow it,
    with what is missing."""
    if case.ended and not isinstance(deed, deeds.Reopen | deeds.Note | deeds.NoteRudeness):
        raise ActRefused(f"the case is {case.status}; open it again first")
    change = _DOES[type(deed)](case, deed, who, at)
    if isinstance(deed, deeds.Note | deeds.NoteRudeness):
        return change
    return replace(change, after=moved_on(change.after, at))
