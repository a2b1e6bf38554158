"""The acts of a case's life: one address and one model each, made from the deeds themselves."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import datetime
from typing import Annotated, Any, get_type_hints

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, create_model
from pydantic import Field as Said

from service import acts
from service.accounts.visitor import Visitor
from service.api.case_models import CaseNow
from service.api.etags import Seen, etag
from service.api.faults import problems, stale_problem
from service.api.once import Answer, Once, OnceOf
from service.auth import allowed
from service.desk import Desk, DeskOf, PathId
from triage.errors import ActRefused
from triage.life import deeds
from triage.store import Transaction
from triage.types import Severity

router = APIRouter(tags=["acts"])

EXAMPLES: Mapping[str, object] = {
    "why": "She wants the money back and I may not grant so much.",
    "note": "Phoned: the new router is on its way.",
    "done": "Refunded 40.00 EUR, and the router was replaced.",
    "reason": "Thanks, not a complaint.",
    "to": "kim",
    "said": "Third outage this month; I promised a call by five.",
    "what": "A call with the date of the repair",
    "due": "2026-06-03T17:00:00+02:00",
    "until": "2026-06-03T17:00:00+02:00",
    "number": 1,
    "phone": "+49 30 901820",
    "mail": "dana@customer.example",
    "text": "Prefers to be called after four.",
    "severity": "high",
}


def model_of(deed: type[deeds.Deed]) -> type[BaseModel]:
    """What is sent to do ``deed``: its fields with their limits, and nothing else."""
    hints = get_type_hints(deed)
    taken: dict[str, Any] = {one.name: _field(one, hints[one.name]) for one in fields(deed)}
    return create_model(
        deed.__name__,
        __config__=ConfigDict(extra="forbid", frozen=True),
        __doc__=_said_of(deed),
        **taken,
    )


def made(deed: type[deeds.Deed], said: BaseModel | None) -> deeds.Deed:
    """Raises ``acts.Refused`` for what no deed can say."""
    try:
        return deed(**(dict(said) if said is not None else {}))
    except ActRefused as error:
        raise acts.refused(error, tuple(one.name for one in fields(deed))) from None


def _field(one: "Field[Any]", hint: Any) -> tuple[Any, Any]:
    optional = one.default is not MISSING
    example = EXAMPLES["severity" if hint is Severity else one.name]
    said = Said(one.default if optional else ..., examples=[example])
    if hint is datetime:
        return AwareDatetime, said
    if hint is int:
        return Annotated[int, Said(ge=1, le=10_000, strict=True)], said
    if hint is str:
        least = 0 if optional else 1
        return Annotated[str, StringConstraints(min_length=least, max_length=deeds.LONGEST)], said
    return hint, said


def _said_of(deed: type[deeds.Deed]) -> str:
    own = (deed.__doc__ or "").strip()
    return "" if own.startswith(f"{deed.__name__}(") else own


def _add(name: str, deed: type[deeds.Deed]) -> None:
    model = model_of(deed) if fields(deed) else None
    summary = name.replace("-", " ").capitalize()
    router.add_api_route(
        f"/cases/{{case_id}}/acts/{name}",
        _endpoint(deed, model),
        methods=["POST"],
        operation_id=f"act_{name.replace('-', '_')}",
        summary=summary,
        description=_said_of(deed) or summary,
        response_model=CaseNow,
        responses=problems(404, 428) | stale_problem(),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every act is asked with."""

    request: Request
    desk: Desk
    case_id: int
    once: Once
    seen: int | None


async def _asked(
    request: Request, *, desk: DeskOf, case_id: PathId, once: OnceOf, seen: Seen
) -> _Asked:
    return _Asked(request, desk, case_id, once, seen)


AskedOf = Annotated[_Asked, Depends(_asked)]


def _endpoint(deed: type[deeds.Deed], model: type[BaseModel] | None) -> Callable[..., Response]:
    may = Annotated[Visitor, Depends(allowed(acts.NEEDS[deed]))]

    def without(visitor: Any, asked: AskedOf) -> Response:
        return _done(visitor, asked, made(deed, None))

    def with_model(visitor: Any, asked: AskedOf, said: Any) -> Response:
        return _done(visitor, asked, made(deed, said))

    if model is None:
        without.__annotations__["visitor"] = may
        return without
    with_model.__annotations__ |= {"visitor": may, "said": model}
    if all(not one.is_required() for one in model.model_fields.values()):
        with_model.__defaults__ = (model(),)
    return with_model


def _done(visitor: Visitor, asked: _Asked, deed: deeds.Deed) -> Response:
    asked.request.state.asked = {"act": acts.NAMES[type(deed)]} | _as_said(deed)

    def do(tx: Transaction) -> Answer:
        case = acts.perform_in(tx, asked.desk, visitor, asked.case_id, deed, revision=asked.seen)
        return Answer(CaseNow.of(case), headers={"ETag": etag(case.revision)})

    return asked.once.run(visitor, do)


def _as_said(deed: deeds.Deed) -> dict[str, object]:
    found = {one.name: getattr(deed, one.name) for one in fields(deed)}
    return {n: v.isoformat() if isinstance(v, datetime) else v for n, v in found.items()}


for _name, _deed in acts.DEEDS.items():
    _add(_name, _deed)
