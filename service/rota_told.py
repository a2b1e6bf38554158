"""Who is told of a step of a swap: both whose turns they are, but whoever took it."""

from collections.abc import Iterator

from triage.caseload import named
from triage.duty import Duty
from triage.notify import SwapStep
from triage.store.notices import NewNotice
from triage.store.rota import RotaChange


def swap_notices(duty: Duty, swap: RotaChange, step: SwapStep, by: str) -> Iterator[NewNotice]:
    """``by`` is a person's id, or the name of one who acts as nobody of the desk. The notices are
    urgent, since a bundle has lines of cases alone."""
    facts = {
        "change": swap.id,
        "step": step,
        "by": by,
        "role": swap.role,
        "person": swap.person,
        "other": swap.other,
        "since": swap.starts_at.isoformat(),
        "until": swap.ends_at.isoformat(),
        "note": swap.note,
    }
    for person in filter(None, map(duty.person, (swap.person, swap.other))):
        if person.id != by:
            yield NewNotice(
                key=f"swap.{swap.id}.{step}.{person.id}",
                kind="swap",
                case_id=None,
                flag_id=None,
                person=person.id,
                recipient=named(person),
                channel="mail",
                facts=facts,
                urgent=True,
            )
