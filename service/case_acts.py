"""What may be done with a case now, by whoever looks: the likeliest first, each with its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from service import words
from service.accounts.visitor import Visitor
from service.act_forms import FORMS, WANTS, ActForm, Field
from service.acts import NAMES, NEEDS, Refused, refused
from service.forms import Form, Posted
from service.plain import one_line
from triage.duty import Person
from triage.errors import ActRefused
from triage.life import CaseState, ClockKind, deeds, missing, next_deeds
from triage.life.begin import SEVERITIES
from triage.store.queue import QueueRow
from triage.types import Severity

Option = tuple[str, str]
"""Value and words."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field with what it holds and what is wrong with it; ``options`` where one is chosen."""

    field: Field
    value: str
    wrong: str
    options: tuple[Option, ...]
    soonest: str


@dataclass(frozen=True, slots=True)
class ActView:
    """``wrong`` is what is wrong with the act as a whole."""

    form: ActForm
    fields: tuple[FieldView, ...]
    wrong: str
    opened: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """An act that was not done, with what was written."""

    act: str
    form: Form


@dataclass(frozen=True, slots=True)
class ActsView:
    """``likeliest`` is the one that the case waits for. ``lacks`` is what stands between it and its
    end, ``idle`` why there is nothing to do for whoever looks."""

    likeliest: ActView | None
    others: tuple[ActView, ...]
    lacks: tuple[str, ...]
    idle: str
    zone: str


@dataclass(frozen=True, slots=True)
class Doer:
    """``people`` are all of the desk; times are read and shown by the clock of ``zone``."""

    visitor: Visitor
    people: Sequence[Person]
    zone: ZoneInfo
    now: datetime

    def acts(self, state: CaseState | None, row: QueueRow, sent: Sent | None) -> ActsView:
        if state is None:
            return ActsView(None, (), (), "The case came in with old mail: it has no life yet.", "")
        if not self.visitor.person:
            said = "Your account stands for nobody of the duty file, so it can only look."
            return ActsView(None, (), missing(state), said, "")
        names = [NAMES[deed] for deed in next_deeds(state) if self.visitor.may(NEEDS[deed])]
        first = self._likeliest(state, row, names)
        views = {name: self._view(FORMS[name], state, sent) for name in names}
        likeliest = views.pop(first) if first else None
        lacks = () if state.ended else missing(state)
        idle = "" if names else "Your roles do not let you act on it."
        return ActsView(likeliest, tuple(views.values()), lacks, idle, self._zone_name())

    def _likeliest(self, state: CaseState, row: QueueRow, names: Sequence[str]) -> str:
        if row.clock is not None:
            wanted = WANTS[ClockKind(row.clock)]
            if row.clock == ClockKind.CONFIRM and row.since and row.since > self.now:
                wanted = wanted[::-1]
            for name in wanted:
                if name in names and not self._own(name, state):
                    return name
        return next((name for name in names if not self._own(name, state)), "")

    def _own(self, name: str, state: CaseState) -> bool:
        """Whether it would be done by the one who is waiting for others to do it."""
        mine = state.owner == self.visitor.person
        asked = state.clock(ClockKind.HELP, self.visitor.person) is not None
        return (name == "take-in-hand" and mine and state.answered_at is not None) or (
            name == "give-help" and asked
        )

    def _view(self, form: ActForm, state: CaseState, sent: Sent | None) -> ActView:
        mine = sent is not None and sent.act == form.name
        given = sent.form if sent is not None and mine else Form()
        shown = tuple(self._field(one, state, given) for one in form.fields)
        return ActView(form, shown, given.unplaced, mine)

    def _field(self, field: Field, state: CaseState, given: Form) -> FieldView:
        options = self._options(field, state)
        value = given[field.name]
        if not value and field.name == "done":
            value = state.done
        if not value and field.name == "phone":
            value = state.phone
        soonest = f"{self.now.astimezone(self.zone):%Y-%m-%dT%H:%M}"
        return FieldView(field, value, given.error(field.name), options, soonest)

    def _options(self, field: Field, state: CaseState) -> tuple[Option, ...]:
        if field.kind == "person":
            others = (one for one in self.people if one.id != state.owner)
            return tuple((one.id, _person(one)) for one in others)
        if field.kind == "severity":
            above = SEVERITIES[SEVERITIES.index(state.severity) + 1 :]
            return tuple((one, words.SEVERITY[one]) for one in above)
        if field.kind == "promise":
            open_ones = (one for one in state.promises if one.kept_at is None)
            return tuple((str(one.number), one_line(one.what, 120)) for one in open_ones)
        return ()

    def _zone_name(self) -> str:
        return f"{self.now.astimezone(self.zone):%Z}"


def made(name: str, sent: Posted, zone: ZoneInfo) -> deeds.Deed:
    """The deed that a form says. Raises ``Refused`` with what is wrong beside each field."""
    form = FORMS[name]
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field in form.fields:
        try:
            values[field.name] = _read(field, sent[field.name], zone)
        except ValueError as error:
            wrong[field.name] = str(error)
    if wrong:
        raise Refused("Something is missing.", wrong)
    try:
        return form.deed(**values)
    except ActRefused as error:
        raise refused(error, tuple(one.name for one in fields(form.deed))) from None


def as_sent(name: str, sent: Posted, error: Refused | None = None) -> Sent:
    """What was written, to be shown again; with what is wrong, beside each field or above all."""
    names = {field.name for field in FORMS[name].fields}
    wrong: Mapping[str, str] = {}
    if error is not None:
        wrong = {n: said for n, said in error.fields.items() if n in names} or {"": str(error)}
    kept = {field: sent[field] for field in names}
    return Sent(name, Form(kept, dict(wrong)))


def _read(field: Field, text: str, zone: ZoneInfo) -> object:
    """Raises ``ValueError`` with what is wrong, in words."""
    text = text.strip()
    if not text:
        if field.required:
            raise ValueError("Choose a time." if field.kind == "moment" else "Say something here.")
        return ""
    match field.kind:
        case "moment":
            return _moment(text, zone)
        case "severity":
            if text not in set(Severity):
                raise ValueError("Choose how severe it is.")
            return Severity(text)
        case "promise":
            if not (text.isascii() and text.isdecimal() and len(text) < 6):
                raise ValueError("Choose a promise.")
            return int(text)
    return text


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(text[:40])
    except ValueError:
        raise ValueError("Write the time as 2026-06-03 17:00.") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _person(person: Person) -> str:
    roles = ", ".join(role.value for role in person.roles)
    return one_line(f"{person.name} ({roles})" if roles else person.name, 80)
