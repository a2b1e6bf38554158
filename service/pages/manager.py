"""The Manager's view: who waits for an answer, what needs a decision, what was told, the day."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from service import acts, views_manager, views_trends
from service.accounts.visitor import Visitor
from service.acts import NoCase, Refused, Stale
from service.auth import allowed
from service.desk import Desk, DeskOf, PathId
from service.forms import Form, PostedOf
from service.permissions import Act
from service.render import page
from triage.duty.wall import day_of, moment_of
from triage.errors import ActRefused
from triage.life import deeds
from triage.store import Transaction, complaints, days, managing

router = APIRouter()

TOLD = 30
"""Cases shown of those that the Manager was told of."""


@router.get("/manager")
def show(
    desk: DeskOf,
    visitor: Annotated[Visitor, Depends(allowed(Act.MANAGER_VIEW))],
    said: str = "",
) -> Response:
    words = {"answered": "Noted: the customer has the Manager’s answer."}
    return _page(desk, visitor, said=words.get(said, ""))


@router.post("/manager/cases/{case_id}/answered")
def answered(
    desk: DeskOf,
    case_id: PathId,
    visitor: Annotated[Visitor, Depends(allowed(Act.MANAGER_ANSWER))],
    form: PostedOf,
) -> Response:
    """What was said to the customer who insisted; the task is done."""
    try:
        deed = deeds.ManagerAnswered(form["said"].strip())
        acts.perform(desk, visitor, case_id, deed, form.whole_number("seen") or None)
    except ActRefused as error:
        said, status = acts.sentence(str(error)), 422
    except Stale:
        said, status = "The case has changed since. Look at it, then send this again.", 409
    except (NoCase, Refused) as error:
        said, status = str(error), 409
    else:
        return RedirectResponse("/manager?said=answered", 303)
    again = Form(form.values, {"said": said})
    return _page(desk, visitor, status=status, failed=(case_id, again))


def _page(
    desk: Desk,
    visitor: Visitor,
    *,
    status: int = 200,
    said: str = "",
    failed: tuple[int, Form] = (0, Form()),
) -> Response:
    now, duty = datetime.now(UTC), desk.works.caseload.duty()
    names = {one.id: one.name for one in duty.people}
    book, zone = desk.works.book(), duty.hours.zone
    today = moment_of(day_of(now, zone), 0, zone)
    with desk.database.transaction() as tx:
        tasks = managing.tasks(tx)
        waiting = complaints.deferred(tx)
        revisions = managing.revisions(tx, [one.case_id for one in waiting])
        unresolved, told = managing.told(tx, resolved=False), managing.told(tx)
        look = managing.to_look_at(tx, days.to_look_at(tx, managing.MOST))
        figures = _figures(tx, today, now)
    remedies = [
        views_manager.remedy_task(one, revisions.get(one.case_id, 0), book, visitor.duties, names)
        for one in waiting
    ]
    shown = {one.case_id for one in tasks}
    lost = failed[0] and failed[0] not in shown
    return page(
        desk,
        "manager.html",
        visitor=visitor,
        status=status,
        said=said,
        lost=failed[1] if lost else None,
        tasks=[views_manager.task_view(one, now) for one in tasks],
        forms={case: failed[1] if case == failed[0] else Form() for case in shown},
        remedies=remedies,
        unresolved=[views_manager.told_view(one, names, now) for one in unresolved],
        told=[views_manager.told_view(one, names, now) for one in told[:TOLD]],
        look=[views_manager.look_view(one, names, now) for one in look],
        figures=figures,
    )


def _figures(tx: Transaction, today: datetime, now: datetime) -> list[tuple[str, str]]:
    """Today's, by the clock of the desk."""
    counted = days.counts(tx, today, now)
    found = [
        ("Opened today", str(counted.new)),
        ("Closed today", str(counted.closed)),
        ("Open now", str(counted.open)),
        ("Something overdue", str(counted.overdue)),
        ("Promises kept today", str(counted.kept)),
        ("Promises gone by today", str(counted.gone_by)),
        ("Promises due within a day", str(counted.coming)),
    ]
    for what, median, longest in days.waits(tx, today, now):
        if median is not None and longest is not None:
            half = views_trends.span(timedelta(seconds=median))
            all = views_trends.span(timedelta(seconds=longest))
            found.append((f"{what} today", f"half within {half}, all within {all}"))
    return found
