"""One complaint's record: its fields, the facts from all sides, the remedy and who may grant it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import RedirectResponse, Response

from service import acts, record_form
from service.accounts.visitor import Visitor
from service.asked import zone_of
from service.auth import allowed, own_address
from service.desk import Desk, DeskOf, PathId
from service.forms import Form, Posted, PostedOf, refused_at
from service.permissions import Act
from service.render import page
from service.views_record import SIDES, fact_line, remedy_view
from triage.complaints import FIELDS, Side, amount_of, missing
from triage.complaints.edit import LONGEST, edited
from triage.errors import ActRefused
from triage.store import Transaction, complaints
from triage.store.complaints import ChangedMeanwhile

router = APIRouter()

Writer = Annotated[Visitor, Depends(allowed(Act.COMPLAINT_WRITE))]
SAVED, FACT, REMEDY, DECIDED = (
    "record changed",
    "fact added",
    "remedy proposed",
    "remedy decided",
)
_SAID = {
    "saved": "Saved.",
    "same": "Nothing was changed, so nothing was saved.",
    "fact": "The fact was added.",
    "remedy": "The remedy was set.",
    "decided": "The remedy was decided on.",
}


@dataclass(frozen=True, slots=True)
class _Forms:
    """The page's three forms as they are shown again; ``None`` is the record as it is kept.
    ``theirs`` is what others changed meanwhile: field -> the text now."""

    record: Form | None = None
    fact: Form = field(default_factory=Form)
    remedy: Form = field(default_factory=Form)
    theirs: dict[str, str] = field(default_factory=dict)


@router.get("/cases/{case_id}/record")
def show(
    desk: DeskOf,
    case_id: PathId,
    visitor: Annotated[Visitor, Depends(allowed(Act.SEE_LOG))],
    said: str = "",
) -> Response:
    return _page(desk, visitor, case_id, _Forms(), said=said)


@router.post("/cases/{case_id}/record")
def save(desk: DeskOf, case_id: PathId, visitor: Writer, form: PostedOf) -> Response:
    """Only the fields that were changed, all of them or none."""
    zone, now, book = zone_of(desk), datetime.now(UTC), desk.works.book()
    changes, wrong = record_form.changed(form, zone)
    if not changes:
        return _back(case_id, "same")
    try:
        with desk.database.transaction() as tx:
            _refuse_wrong(tx, desk, case_id, changes, wrong)
            complaints.edit(
                tx,
                case_id,
                changes,
                book,
                seen=form.whole_number("seen"),
                who=acts.acting_as(visitor),
                now=now,
            )
            acts.note(tx, desk, visitor, SAVED, case=case_id, fields=sorted(changes))
    except (ActRefused, acts.Refused) as error:
        return _again(desk, visitor, case_id, form, error)
    return _back(case_id, "saved")


def _refuse_wrong(
    tx: Transaction, desk: Desk, case_id: int, changes: dict[str, str], wrong: dict[str, str]
) -> None:
    """Everything that is wrong is said at once. Raises ``ActRefused``."""
    if not wrong:
        return
    found = dict(wrong)
    record = complaints.of_case(tx, case_id)
    good = {name: text for name, text in changes.items() if name not in wrong}
    if record is not None:
        try:
            edited(record, good, desk.works.book(), datetime.now(UTC))
        except ActRefused as error:
            found |= refused_at(error, FIELDS)
    said = "; ".join(f"{name}: {reason}" for name, reason in found.items())
    raise ActRefused(said, tuple(found))


@router.post("/cases/{case_id}/facts")
def add_fact(desk: DeskOf, case_id: PathId, visitor: Writer, form: PostedOf) -> Response:
    try:
        with desk.database.transaction() as tx:
            complaints.add_fact(
                tx,
                case_id,
                form["side"],
                form["fact"],
                who=acts.acting_as(visitor),
                now=datetime.now(UTC),
                internal=form["internal"] == "on",
            )
            acts.note(tx, desk, visitor, FACT, case=case_id)
    except (ActRefused, acts.Refused) as error:
        wrong = {"fact": str(error).removeprefix("fact: ").capitalize() + "."}
        return _page(desk, visitor, case_id, _Forms(fact=form.wrong(**wrong)), status=422)
    return _back(case_id, "fact", "facts")


@router.post("/cases/{case_id}/remedy")
def propose(desk: DeskOf, case_id: PathId, visitor: Writer, form: PostedOf) -> Response:
    """At once within one's authority, else for somebody above to decide."""
    typed = form["amount"].strip().replace(",", ".")
    try:
        with desk.database.transaction() as tx:
            complaints.propose(
                tx,
                case_id,
                form["remedy"],
                amount_of(typed) if typed else None,
                desk.works.book(),
                seen=form.whole_number("seen"),
                who=acts.acting_as(visitor),
                roles=visitor.duties,
                now=datetime.now(UTC),
            )
            acts.note(tx, desk, visitor, REMEDY, case=case_id)
    except (ActRefused, acts.Refused) as error:
        return _remedy_again(desk, visitor, case_id, form, error)
    return _back(case_id, "remedy", "remedy")


@router.post("/cases/{case_id}/remedy/decision")
def decide(
    desk: DeskOf,
    case_id: PathId,
    visitor: Annotated[Visitor, Depends(allowed(Act.COMPLAINT_APPROVE))],
    form: PostedOf,
) -> Response:
    """Fields: ``decide``, approve or refuse; ``next``, where to go then."""
    if form["decide"] not in {"approve", "refuse"}:
        wrong = form.wrong(decision="Choose: approve or refuse.")
        return _page(desk, visitor, case_id, _Forms(remedy=wrong), status=422)
    try:
        with desk.database.transaction() as tx:
            complaints.decide(
                tx,
                case_id,
                desk.works.book(),
                approve=form["decide"] == "approve",
                seen=form.whole_number("seen"),
                who=acts.acting_as(visitor),
                roles=visitor.duties,
                now=datetime.now(UTC),
            )
            acts.note(tx, desk, visitor, DECIDED, case=case_id, decision=form["decide"])
    except (ActRefused, acts.Refused) as error:
        wrong = form.wrong(decision=acts.sentence(str(error)))
        status = 409 if isinstance(error, ChangedMeanwhile) else 422
        return _page(desk, visitor, case_id, _Forms(remedy=wrong), status=status)
    if form["next"]:
        return RedirectResponse(own_address(form["next"]), 303)
    return _back(case_id, "decided", "remedy")


def _again(
    desk: Desk, visitor: Visitor, case_id: int, form: Posted, error: ActRefused | acts.Refused
) -> Response:
    """The form once more. Where others were faster both versions stand there, and saving again
    overwrites theirs."""
    zone = zone_of(desk)
    with desk.database.transaction() as tx:
        record = complaints.of_case(tx, case_id)
    if record is None:
        raise HTTPException(404)
    if isinstance(error, ChangedMeanwhile):
        kept = record_form.values_of(record, zone)
        theirs = {name: kept[name] for name in error.missing if name in kept}
        who = str(error).partition(" changed")[0]
        wrong = {
            name: f"{_name(desk, who)} changed this meanwhile. Yours is still here: save again to "
            "put it in place of theirs."
            for name in theirs
        }
        again = record_form.again(form, record, zone, wrong)
        return _page(desk, visitor, case_id, _Forms(again, theirs=theirs), status=409)
    wrong = refused_at(error, FIELDS) if isinstance(error, ActRefused) else {"": str(error)}
    again = record_form.again(form, record, zone, wrong)
    return _page(desk, visitor, case_id, _Forms(again), status=422)


def _remedy_again(
    desk: Desk, visitor: Visitor, case_id: int, form: Posted, error: ActRefused | acts.Refused
) -> Response:
    if isinstance(error, ChangedMeanwhile):
        said = "Somebody else set or decided on the remedy meanwhile: it stands above. Yours is "
        wrong = {"remedy": said + "still here: set it again to put it in place of theirs."}
        return _page(desk, visitor, case_id, _Forms(remedy=Form(form.values, wrong)), status=409)
    wrong = {"": str(error)}
    if isinstance(error, ActRefused):
        wrong = refused_at(error, ("remedy", "amount"))
    return _page(desk, visitor, case_id, _Forms(remedy=Form(form.values, wrong)), status=422)


def _back(case_id: int, said: str, place: str = "") -> Response:
    anchor = f"#{place}" if place else ""
    return RedirectResponse(f"/cases/{case_id}/record?said={said}{anchor}", 303)


def _name(desk: Desk, person: str) -> str:
    found = desk.works.caseload.duty().person(person)
    return found.name if found else person


def _page(
    desk: Desk,
    visitor: Visitor,
    case_id: int,
    forms: _Forms,
    *,
    status: int = 200,
    said: str = "",
) -> Response:
    zone, now, book = zone_of(desk), datetime.now(UTC), desk.works.book()
    with desk.database.transaction() as tx:
        record, heading = complaints.of_case(tx, case_id), complaints.heading(tx, case_id)
    if record is None or heading is None:
        raise HTTPException(404)
    reference, revision = heading
    names = {one.id: one.name for one in desk.works.caseload.duty().people}
    kept = record_form.values_of(record, zone)
    choices = record_form.choices(record, book)
    return page(
        desk,
        "record.html",
        visitor=visitor,
        status=status,
        said=_SAID.get(said, ""),
        case_id=case_id,
        reference=reference,
        record=record,
        revision=revision,
        form=forms.record or Form(kept),
        was=record_form.digests(kept),
        theirs=_in_words(forms.theirs, choices),
        fact_form=forms.fact,
        remedy_form=forms.remedy,
        choices=choices,
        facts=[fact_line(fact, names, now) for fact in record.facts],
        sides=[(side.value, SIDES[side]) for side in Side],
        remedy=remedy_view(record, book, visitor.duties, names, now),
        remedies=[(one.choice.id, one.choice.name) for one in book.remedies],
        currency=book.currency,
        limit=_limit(desk, visitor),
        to_close=record_form.lacking(missing(record, book.to_close)),
        to_report=record_form.lacking(missing(record, book.to_report)),
        zone=zone.key,
        longest=LONGEST,
    )


def _in_words(theirs: dict[str, str], choices: dict[str, list[tuple[str, str]]]) -> dict[str, str]:
    return {
        name: dict(choices.get(name, ())).get(text, text) or "nothing"
        for name, text in theirs.items()
    }


def _limit(desk: Desk, visitor: Visitor) -> str:
    """What the visitor may grant alone, in words."""
    book = desk.works.book()
    limit = book.limit(visitor.duties)
    if limit is None:
        return "Any sum needs somebody above you to decide."
    if limit.up_to is None:
        return "You may grant any sum."
    return f"You may grant up to {limit.up_to} {book.currency}; more is for somebody above you."
