"""What is only written down."""

from triage.duty import Person
from triage.life import deeds
from triage.life.moment import Moment
from triage.life.records import CaseState, Change, Event


def noted(case: CaseState, deed: deeds.Note, who: Person, at: Moment) -> Change:
    return Change(case, (Event("note", {"text": deed.text}),))


def noted_rudeness(case: CaseState, deed: deeds.NoteRudeness, who: Person, at: Moment) -> Change:
    return Change(case, (Event("rude", {"text": deed.text}),))
