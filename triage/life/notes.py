"""What is only written down."""

from triage.duty import Person
from triage.life import deeds
from triage.life.clocks import moved_on
from triage.life.moment import Moment
from triage.life.records import CaseState, Change, Event


def noted(case: CaseState, deed: deeds.Note, who: Person, at: Moment) -> Change:
    """The owner's own note says how it goes on (P13)."""
    after = moved_on(case, at) if case.owner == who.id else case
    return Change(after, (Event("note", {"text": deed.text}),))


def noted_rudeness(case: CaseState, deed: deeds.NoteRudeness, who: Person, at: Moment) -> Change:
    return Change(case, (Event("rude", {"text": deed.text}),))
