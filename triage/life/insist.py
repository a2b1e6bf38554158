"""A customer who insists on a supervisor while there is none: the Manager's task (P6)."""

from dataclasses import replace
from datetime import timedelta

from triage.duty import channel_for, next_opening
from triage.life.clocks import started
from triage.life.moment import Moment
from triage.life.records import CaseState, Change, Clock, ClockKind, Event, Telling, TellKind


def insists(case: CaseState, phone: str, mail: str, at: Moment, *, urgent: bool = False) -> Change:
    """Urgency picks phone or mail; a call is due soon at any hour, a mail once the desk opens.

    The task stays until the Manager says it is done; its clock rings again and again.
    """
    open_now = at.open()
    number = phone.strip() or case.phone
    by = channel_for(at.duty.answers, case.severity, urgent, bool(number), open_now)
    start = at.now if by == "phone" or open_now else next_opening(at.duty.hours, at.now)
    due = start + timedelta(seconds=case.timetable.answer)
    manager = at.manager()
    task = {"by": by, "phone": number, "mail": mail, "due": due.isoformat(), "person": manager.id}
    after = started(replace(case, phone=number), Clock(ClockKind.MANAGER_ANSWER, due))
    return Change(
        after,
        (Event("manager asked to answer", task),),
        (Telling(TellKind.MANAGER_TASK, (manager,), task, case.timetable.every_channel),),
    )
