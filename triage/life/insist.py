"""A customer who insists on a supervisor while there is none: the Manager's task (P6)."""

from dataclasses import replace
from datetime import timedelta

from triage.duty import channel_for
from triage.life.clocks import at_latest
from triage.life.moment import Moment
from triage.life.records import CaseState, Change, Clock, ClockKind, Event, Telling, TellKind


def insists(case: CaseState, phone: str, mail: str, at: Moment, *, urgent: bool = False) -> Change:
    """Urgency picks phone or mail; a call is due soon at any hour, a mail once the desk opens.

    The task stays until somebody says that the Manager did it; its clock rings again and again,
    and insisting again never puts it off.
    """
    number = phone.strip() or case.phone
    by = channel_for(at.duty.answers, case.severity, urgent, bool(number), at.open())
    start = at.now if by == "phone" else at.opening()
    clock = Clock(ClockKind.MANAGER_ANSWER, start + timedelta(seconds=case.timetable.answer))
    after = at_latest(replace(case, phone=number), clock)
    manager, running = at.manager(), after.clock(ClockKind.MANAGER_ANSWER) or clock
    due = running.due.isoformat()
    task = {"by": by, "phone": number, "mail": mail, "due": due, "person": manager.id}
    return Change(
        after,
        (Event("manager asked to answer", task),),
        (Telling(TellKind.MANAGER_TASK, (manager,), task, case.timetable.every_channel),),
    )
