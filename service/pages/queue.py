"""The queue: what to do next. The first page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import QueryParams

from service import acts, views, words
from service.accounts.visitor import Visitor
from service.auth import allowed, own_address
from service.desk import LARGEST_ID, Desk, DeskOf
from service.forms import Posted, PostedOf
from service.permissions import Act
from service.queue_wanted import NoSuchPlace, Wanted, statuses
from service.render import page
from triage.life import ENDED, deeds
from triage.store import Transaction, attention, mailboxes, mails, queue
from triage.store.queue import QueueFilter, QueueRow
from triage.types import Severity

router = APIRouter()

CASES = 50
OVER = 10
"""Cases that ended, shown below what is open when something is looked for."""
UNSCORED = 5
REFRESH_SECONDS = 30
"""Where there is no script; with one, changes show at once."""

Sees = Annotated[Visitor, Depends(allowed(Act.SEE_QUEUE))]
Takes = Annotated[Visitor, Depends(allowed(Act.ACT_CASE))]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of several cases: how many were ``taken`` or given ``back``, and in words why
    others were not. ``cases`` can be given back."""

    what: str = ""
    cases: tuple[int, ...] = ()
    refused: tuple[str, ...] = ()


@router.get("/")
def show_queue(request: Request, desk: DeskOf, visitor: Sees) -> HTMLResponse:
    """Open cases, what runs out first on top; those that ended, newest first."""
    wanted = Wanted.read(request.query_params)
    return _page(desk, visitor, wanted, _done(request.query_params))


@router.get("/queue/{act}")
def after_an_act() -> Response:
    """For whoever loads again what an act answered."""
    return RedirectResponse("/", 303)


@router.post("/queue/acknowledge")
def acknowledge(desk: DeskOf, visitor: Takes, form: PostedOf) -> Response:
    """Take the cases that were ticked, or the one whose button was pressed."""
    ids = _ids(form, "one") or _ids(form, "case")
    return _do(desk, visitor, form, ids, "taken")


@router.post("/queue/give-back")
def give_back(desk: DeskOf, visitor: Takes, form: PostedOf) -> Response:
    """Undo that: the next of the ladder are told."""
    return _do(desk, visitor, form, _ids(form, "case"), "back")


def _do(desk: Desk, visitor: Visitor, form: Posted, ids: list[int], what: str) -> Response:
    deed = deeds.Acknowledge() if what == "taken" else deeds.GiveBack("Taken by mistake.")
    with desk.database.transaction() as tx:
        outcomes = acts.perform_all(tx, desk, visitor, dict.fromkeys(ids), deed)
    did = tuple(one.case_id for one in outcomes if one.case is not None)
    refused = tuple(f"T-{one.case_id}: {one.why}" for one in outcomes if one.case is None)
    back = own_address(form["back"] or "/")
    wanted = Wanted.read(QueryParams(parse_qsl(urlsplit(back).query)))
    if refused or not ids:
        done = Done(what, did, refused or ("No case was ticked.",))
        return _page(desk, visitor, wanted, done, status=409)
    return RedirectResponse(_address(wanted, Done(what, did)), 303)


def _address(wanted: Wanted, done: Done) -> str:
    """Where what was done is said, and can be taken back."""
    address = wanted.here()
    if not done.cases:
        return address
    joined = "-".join(str(id) for id in done.cases)
    return f"{address}{'&' if '?' in address else '?'}{done.what}={joined}"


def _ids(form: Posted, name: str) -> list[int]:
    return [int(id) for id in form.several.get(name, ())[:CASES] if _is_id(id)]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_ID


def _done(query: QueryParams) -> Done:
    for what in ("taken", "back"):
        ids = query.get(what, "")[:2000].split("-")[:CASES]
        cases = tuple(int(id) for id in ids if _is_id(id))
        if cases:
            return Done(what, cases)
    return Done()


def _page(
    desk: Desk, visitor: Visitor, wanted: Wanted, done: Done, status: int = 200
) -> HTMLResponse:
    load = desk.works.caseload
    now = load.clock()
    me = visitor.person
    with desk.database.transaction() as tx:
        rows = _rows(tx, wanted, me, now)
        over = _over(tx, wanted, me, now)
        tallies = queue.tallies(tx, me, now)
        stuck = attention.stuck_notices(tx, views.PATIENCE)
        folders = mailboxes.everyone(tx)
        unscored = mails.waiting_for_a_person(tx, UNSCORED)
        waiting = mails.count_for_a_person(tx)
    who = views.names(load.duty().people, me)
    return page(
        desk,
        "queue.html",
        visitor=visitor,
        status=status,
        now=words.moment(now, now),
        cards=[views.case_card(row, who, now) for row in rows[:CASES]],
        over=[views.case_card(row, who, now) for row in over],
        more=wanted.following(rows[CASES - 1]) if len(rows) > CASES else "",
        wanted=wanted,
        here_address=_address(wanted, done),
        tabs=_tabs(wanted, tallies, me),
        choices={"severity": list(Severity), "status": list(statuses())},
        takes=visitor.may(Act.ACT_CASE) and bool(me),
        done=done,
        seconds=REFRESH_SECONDS,
        troubles=views.troubles(stuck, folders, now),
        watch=views.watch(folders, now),
        unscored=[views.unscored_card(row, now) for row in unscored],
        waiting=waiting,
    )


def _rows(tx: Transaction, wanted: Wanted, me: str, now: datetime) -> list[QueueRow]:
    """One more than a page shows, where there are more."""
    try:
        if wanted.ended:
            return queue.newest_first(tx, wanted.filter(me, now), CASES + 1, wanted.before())
        return queue.what_next(tx, wanted.filter(me, now), CASES + 1, wanted.mark())
    except NoSuchPlace:
        raise HTTPException(404) from None


def _over(tx: Transaction, wanted: Wanted, me: str, now: datetime) -> list[QueueRow]:
    """Somebody who looks for a customer wants to find them, whether or not a case is open."""
    if not wanted.q or wanted.view != "open" or wanted.status or not wanted.first:
        return []
    chosen = wanted.filter(me, now)
    return queue.newest_first(
        tx,
        QueueFilter(status=tuple(ENDED), severity=chosen.severity, text=chosen.text),
        OVER,
    )


def _tabs(wanted: Wanted, tallies: queue.Tallies, me: str) -> list[tuple[str, str, str, bool]]:
    """Title, how many, address, whether it is the one shown."""
    counted = {
        "open": ("To do", tallies.open),
        "mine": ("Mine", tallies.mine),
        "unowned": ("Nobody's", tallies.unowned),
        "overdue": ("Overdue", tallies.overdue),
        "ended": ("Ended", 0),
    }
    return [
        (title, _many(count), wanted.address(view=view), wanted.view == view)
        for view, (title, count) in counted.items()
        if view != "mine" or me
    ]


def _many(count: int) -> str:
    return "99+" if count > 99 else str(count or "")
