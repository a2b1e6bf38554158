"""By phone or by mail: how the Manager answers a customer (P6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias

from triage.types import Severity

Means: TypeAlias = Literal["phone", "mail"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A row of the table: holds when all that it names is so. ``None`` and no severities: holds
    either way."""

    by: Means
    severity: tuple[Severity, ...] = ()
    urgent: bool | None = None
    open: bool | None = None

    def holds(self, severity: Severity, urgent: bool, open: bool) -> bool:
        return (
            (not self.severity or severity in self.severity)
            and self.urgent in (None, urgent)
            and self.open in (None, open)
        )


def channel_for(
    answers: Sequence[Answer], severity: Severity, urgent: bool, has_phone: bool, open: bool
) -> Means:
    """The first row that holds says how; without a number to call it is mail.

    ``answers`` are a ``Duty``'s. A table that says nothing of the matter means mail; loading
    refuses such a table.
    """
    if not has_phone:
        return "mail"
    row = next((one for one in answers if one.holds(severity, urgent, open)), None)
    return row.by if row else "mail"


def undecided(answers: Sequence[Answer]) -> str:
    """The first matter that no row decides, in words, or nothing."""
    for severity, urgent, open in product(Severity, (True, False), (True, False)):
        if not any(one.holds(severity, urgent, open) for one in answers):
            return f"severity {severity}, urgent {urgent}, open {open}".lower()
    return ""


def idle(answers: Sequence[Answer]) -> int | None:
    """Place, from 0, of the first row that earlier rows leave nothing to decide, if any."""
    deciding = {
        next((at for at, one in enumerate(answers) if one.holds(*matter)), None)
        for matter in product(Severity, (True, False), (True, False))
    }
    return next((at for at in range(len(answers)) if at not in deciding), None)
