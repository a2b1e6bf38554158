"""The desk as its file describes it."""

from dataclasses import dataclass

from triage.duty.answer import Answer
from triage.duty.opening import Opening
from triage.duty.people import Person, Role
from triage.duty.rota import Rota


@dataclass(frozen=True, slots=True)
class Duty:
    """Everyone, their rota, when the desk is open, and how the Manager answers.

    ``digest`` is the SHA-256 (hex) of the file's bytes. ``fallback`` has at least one person; the
    first who is there covers what the rota leaves open. ``answers`` are tried in order.
    """

    source: str
    digest: str
    people: tuple[Person, ...]
    rota: Rota
    hours: Opening
    fallback: tuple[Person, ...]
    answers: tuple[Answer, ...]

    def person(self, id: str) -> Person | None:
        return next((one for one in self.people if one.id == id), None)

    def with_role(self, role: Role) -> tuple[Person, ...]:
        """In the order of the file."""
        return tuple(one for one in self.people if role in one.roles)
