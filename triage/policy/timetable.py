"""How long a case may wait for each next thing: data of the policy, frozen with the case."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

EVERYBODY = 1_000
"""As ``at_once``: the whole ladder, however long it is."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """The clocks of one kind of case. Times are seconds; where ``working_hours`` is set they count
    while the desk is open, else at all hours.

    Who is told: the first ``at_once`` people of the ladder when the case is flagged, on all their
    channels where ``every_channel`` is set. Until somebody acknowledges, every ``repeat`` seconds
    one step of the ladder is told, each ``tries`` times before the next one; after the last step
    everybody on it every ``ceiling`` seconds, without end.

    From then on: the customer has an ``answer``, the owner shows ``progress`` at least so often,
    the customer is told the ``outcome``, and says it works, or is asked ``confirm_tries`` times,
    each ``confirm`` seconds. The ``manager`` is told by itself after so long.
    """

    name: str
    at_once: int
    every_channel: bool
    repeat: float
    tries: int
    ceiling: float
    answer: float
    progress: float
    outcome: float
    confirm: float
    confirm_tries: int
    manager: float
    working_hours: bool

    def as_dict(self) -> dict[str, Any]:
        """For JSON; ``from_dict`` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """Raises ``ValueError`` for anything that ``as_dict`` did not write."""
        types = {field.name: field.type for field in fields(cls)}
        if set(given) != set(types):
            raise ValueError("not a timetable: other keys")
        for key, wanted in types.items():
            right = (float, int) if wanted is float else (wanted,)
            if type(given[key]) not in right:
                raise ValueError(f"not a timetable: {key}")
        return cls(**given)
