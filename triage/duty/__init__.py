"""People, rota and hours of the desk: a file, and pure functions over it.

Apart from these, ``triage.duty.contact`` reads a customer's phone and mail from a signature, and
``triage.duty.ical`` and ``triage.duty.ical_import`` write and read calendars; they load larger
libraries and so are imported where they are needed.
"""

from triage.duty.answer import Answer, channel_for
from triage.duty.desk import Duty
from triage.duty.ladder import ladder
from triage.duty.load import load
from triage.duty.opening import (
    Opening,
    SpecialDay,
    after_working,
    is_open,
    next_opening,
    working_time_between,
)
from triage.duty.people import (
    Channel,
    ContactSheet,
    Person,
    Role,
    contact_sheet,
    gives_away,
)
from triage.duty.private import Private, reveal_on_desk
from triage.duty.rota import Absence, Hole, Layer, Override, Rota, Shift, Swap
from triage.duty.shifts import holes, next_on_duty, on_duty, shifts
from triage.duty.simple import simple

__all__ = [
    "Absence",
    "Answer",
    "Channel",
    "ContactSheet",
    "Duty",
    "Hole",
    "Layer",
    "Opening",
    "Override",
    "Person",
    "Private",
    "Role",
    "Rota",
    "Shift",
    "SpecialDay",
    "Swap",
    "after_working",
    "channel_for",
    "contact_sheet",
    "gives_away",
    "holes",
    "is_open",
    "ladder",
    "load",
    "next_on_duty",
    "next_opening",
    "on_duty",
    "reveal_on_desk",
    "shifts",
    "simple",
    "working_time_between",
]
