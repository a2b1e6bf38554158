"""A call, a chat or a visit, logged by hand: it runs the same policy as a mail (P17)."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from service import asked, byhand, words
from service.accounts.visitor import Visitor
from service.acts import Refused, note
from service.auth import allowed
from service.desk import Desk, DeskOf
from service.forms import Form, Posted, PostedOf
from service.permissions import Act
from service.render import page
from service.scoring import Busy
from triage.byhand.contact import LONGEST
from triage.complaints import How
from triage.types import Severity

router = APIRouter()

LOGGED = "contact logged"
Logger = Annotated[Visitor, Depends(allowed(Act.LOG_CONTACT))]
_HOWS = {How.CALL: "A call", How.CHAT: "A chat", How.VISIT: "A visit"}
_LINES = ("name", "mail", "phone", "subject", "case")
_SAID = {
    "kept": "It was kept. No rule of the policy flags it, and it belongs to no case.",
    "known": "The very same contact had been logged before; nothing was added.",
}


@router.get("/contacts/new")
def form(desk: DeskOf, visitor: Logger, said: str = "", case: str = "", how: str = "") -> Response:
    """``case`` is the number of the case that it is about."""
    now = asked.on_the_wall(datetime.now(UTC), asked.zone_of(desk))
    usual = {"how": how if how in _HOWS else How.CALL.value, "at": now, "case": case[:60]}
    return _page(desk, visitor, Form(usual), said=_SAID.get(said, ""))


@router.post("/contacts/new")
def log(desk: DeskOf, visitor: Logger, form: PostedOf) -> Response:
    """In the case that it belongs to, or a new one; flagged by the policy, or as whoever took it
    says."""
    wrong = _wrong(desk, form)
    if wrong:
        return _page(desk, visitor, Form(form.values, wrong), 422)
    severity = Severity(form["severity"]) if form["severity"] else None
    try:
        contact = byhand.contact(
            desk,
            how=How(form["how"]),
            words=form["words"],
            at=asked.wall_moment(form["at"], asked.zone_of(desk)),
            **{name: form[name].strip() for name in _LINES},
        )
        reading = byhand.read(desk, visitor, contact)
        with desk.database.transaction() as tx:
            logged = byhand.log(tx, desk, visitor, contact, reading, severity=severity)
            note(tx, desk, visitor, LOGGED, mail=logged.mail_id, case=logged.case_id)
    except Refused as error:
        return _page(desk, visitor, Form(form.values, error.fields or {"": str(error)}), 422)
    except Busy as error:
        return _page(desk, visitor, Form(form.values, {"": f"Try again: {error}."}), 503)
    if logged.case_id is not None:
        return RedirectResponse(f"/cases/{logged.case_id}", 303)
    said = "kept" if logged.new else "known"
    return RedirectResponse(f"/contacts/new?said={said}", 303)


def _wrong(desk: Desk, form: Posted) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if form["how"] not in _HOWS:
        wrong["how"] = "Choose a call, a chat or a visit."
    if form["severity"] not in {"", *Severity}:
        wrong["severity"] = "Choose one of these."
    if not form["words"].strip():
        wrong["words"] = "Say what the customer said."
    if not any(form[name].strip() for name in ("name", "mail", "phone")):
        wrong["name"] = "Say who it was: a name, a mail address or a phone number."
    try:
        at = asked.wall_moment(form["at"], asked.zone_of(desk))
        if at is None:
            wrong["at"] = "Say when it was."
        elif at > datetime.now(UTC):
            wrong["at"] = "This lies in the future."
    except asked.Wrong as error:
        wrong["at"] = str(error)
    return wrong


def _page(desk: Desk, visitor: Visitor, form: Form, status: int = 200, said: str = "") -> Response:
    return page(
        desk,
        "contact.html",
        visitor=visitor,
        status=status,
        said=said,
        form=form,
        hows=[(how.value, word) for how, word in _HOWS.items()],
        severities=list(words.SEVERITY.items()),
        zone=asked.zone_of(desk).key,
        longest=LONGEST,
    )
