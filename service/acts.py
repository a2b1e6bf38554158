"""What people do with cases, asked for by a page or a program: one door for all of it.

``perform`` raises ``NotAllowed``, ``NoCase``, ``Stale`` or ``Refused``; each says it in words that
can be shown as they are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import get_args

from service.accounts.visitor import Visitor
from service.auth import refusal
from service.desk import Desk
from service.permissions import Act
from triage.errors import ActRefused, TriageError
from triage.life import CaseState, deeds
from triage.store import Transaction, cases, desk_audit
from triage.store import life as lives
from triage.store.cases import EventRow

ACTED = "acted on a case"


def _hyphenated(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


DEEDS: Mapping[str, type[deeds.Deed]] = MappingProxyType(
    {_hyphenated(deed.__name__): deed for deed in get_args(deeds.Deed)}
)
"""Name as in addresses -> deed, in the order of the life of a case."""
NAMES: Mapping[type[deeds.Deed], str] = MappingProxyType({d: name for name, d in DEEDS.items()})

NEEDS: Mapping[type[deeds.Deed], Act] = MappingProxyType(
    dict.fromkeys(DEEDS.values(), Act.ACT_CASE)
    | {
        deeds.HandOver: Act.HAND_OVER,
        deeds.AskHelp: Act.ASK_HELP,
        deeds.GiveHelp: Act.GIVE_HELP,
        deeds.RaiseSeverity: Act.RAISE_SEVERITY,
        deeds.Close: Act.CLOSE,
        deeds.Dismiss: Act.DISMISS,
        deeds.Reopen: Act.REOPEN,
        deeds.TellManager: Act.TELL_MANAGER,
        deeds.ManagerAnswered: Act.MANAGER_ANSWER,
    }
)
"""What a visitor must be allowed for each deed."""


class NotAllowed(TriageError):
    """The visitor's roles, or the scopes of their token, do not suffice."""

    def __init__(self, reason: str, act: Act) -> None:
        super().__init__(reason)
        self.act = act


class NoCase(TriageError):
    """There is no case, mail or other thing of that number."""


class Refused(TriageError):
    """It cannot be done. ``fields`` names those of the form that are wrong, each with what is; it
    is empty where the case does not allow it as it stands, and ``missing`` says what it lacks."""

    def __init__(
        self, reason: str, fields: Mapping[str, str] | None = None, missing: tuple[str, ...] = ()
    ) -> None:
        super().__init__(reason)
        self.fields = dict(fields or {})
        self.missing = missing


class Stale(TriageError):
    """The case changed since the visitor saw it; nothing was done. ``case`` is how it is now,
    ``since`` what happened since."""

    def __init__(self, seen: int, case: CaseState, since: tuple[EventRow, ...]) -> None:
        super().__init__("The case has changed since you saw it. Nothing was done; look again.")
        self.seen = seen
        self.case = case
        self.since = since


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several cases: ``case`` where it was done, else ``why`` not."""

    case_id: int
    case: CaseState | None
    why: str = ""


def perform(
    desk: Desk, visitor: Visitor, case_id: int, deed: deeds.Deed, revision: int | None = None
) -> CaseState:
    """The case after ``deed``, in a transaction of its own. ``revision`` is the one that the
    visitor saw; ``None`` is whatever it is now."""
    with desk.database.transaction() as tx:
        return perform_in(tx, desk, visitor, case_id, deed, revision=revision)


def perform_in(
    tx: Transaction,
    desk: Desk,
    visitor: Visitor,
    case_id: int,
    deed: deeds.Deed,
    *,
    revision: int | None = None,
) -> CaseState:
    """``perform`` as a part of ``tx``: the deed, its notices and the trail, or none of it."""
    require(visitor, NEEDS[type(deed)])
    case = lives.state(tx, case_id)
    if case is None:
        raise NoCase(f"There is no case {case_id}.")
    if revision is not None and lives.changed_since(tx, case, revision):
        raise Stale(revision, case, cases.events_since(tx, case_id, revision))
    load = desk.works.caseload
    try:
        after = load.act(tx, case_id, deed, acting_as(visitor), revision)
    except ActRefused as error:
        raise refused(error, tuple(one.name for one in fields(deed))) from None
    note(tx, desk, visitor, ACTED, case=case_id, deed=NAMES[type(deed)])
    return after


def perform_all(
    tx: Transaction,
    desk: Desk,
    visitor: Visitor,
    wanted: Mapping[int, int | None],
    deed: deeds.Deed,
) -> list[Outcome]:
    """``deed`` on each case (id -> the revision seen) that allows it, in the order of ids, so that
    two who do so at once do not wait for each other."""
    require(visitor, NEEDS[type(deed)])
    found = []
    for case_id, revision in sorted(wanted.items()):
        try:
            with tx.transaction():
                case = perform_in(tx, desk, visitor, case_id, deed, revision=revision)
            found.append(Outcome(case_id, case))
        except (NoCase, Stale, Refused) as error:
            found.append(Outcome(case_id, None, str(error)))
    return found


def require(visitor: Visitor, act: Act) -> None:
    """Raises ``NotAllowed``."""
    if not visitor.may(act):
        raise NotAllowed(refusal(visitor, act), act)


def acting_as(visitor: Visitor) -> str:
    """The id in the duty file. Raises ``Refused`` for who is nobody there."""
    if not visitor.person:
        raise Refused("Your account stands for nobody of the duty file, so it acts on no case.")
    return visitor.person


def refused(error: ActRefused, names: tuple[str, ...]) -> Refused:
    """What the house refused, beside those of the form's fields (``names``) that it is about."""
    about = [name for name in error.missing if name in names]
    missing = tuple(name for name in error.missing if name not in names)
    return Refused(sentence(str(error)), dict.fromkeys(about, sentence(str(error))), missing)


def sentence(text: str) -> str:
    """``text`` as the house says it, with a capital and a full stop."""
    said = text[:1].upper() + text[1:]
    return said if said.endswith((".", "!", "?")) else f"{said}."


def note(tx: Transaction, desk: Desk, visitor: Visitor, what: str, **data: object) -> None:
    """An entry of the desk's trail: who, how they came in, and from where."""
    now = desk.works.caseload.clock()
    desk_audit.note(
        tx, what, who=visitor.login, address=visitor.address, now=now, how=visitor.how, **data
    )
