"""The people of the desk: what they do, how they are reached, what may be said of them."""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from triage import types
from triage.duty.private import NOTHING, Private, reveal_on_desk
from triage.errors import ConfigError

FEWEST_DIGITS, TELLING_DIGITS = 6, 9
"""A private phone number of fewer digits is not looked for in drafts, it would be everywhere; and
of a longer one the last of them tell, however the country is written."""


class Role(StrEnum):
    """Who does what: see the policy's roles. Any of them may have a rota."""

    REP = "rep"
    POINT = "point"
    SUPERVISOR = "supervisor"
    SPECIALIST = "specialist"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Channel:
    """A further way to reach a person: an Apprise URL, which is itself a secret and so is kept
    in a file or in the environment. Exactly one of ``url_file`` and ``url_env`` is given."""

    name: str
    url_file: Path | None = None
    url_env: str = ""

    def url(self) -> str:
        """The URL now, read at each use so that a renewed one is taken up.

        Raises ``ConfigError`` (naming file or variable, never the URL) where there is none.
        """
        if self.url_file is None:
            url = os.environ.get(self.url_env, "").strip()
        else:
            try:
                url = self.url_file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "not a text"
                raise ConfigError(f"channel {self.name}: {self.url_file}: {reason}") from None
        if "://" not in url or not url.isprintable():
            place = self.url_file or f"the variable {self.url_env}"
            raise ConfigError(f"channel {self.name}: {place} holds no URL")
        return url


@dataclass(frozen=True, slots=True)
class Person:
    """One of the desk. ``mail`` and ``office_phone`` may be given to a customer; the private
    fields to nobody (see ``reveal_on_desk``)."""

    id: str
    name: str
    roles: tuple[Role, ...]
    mail: str
    office_phone: str = ""
    channels: tuple[Channel, ...] = ()
    personal_phone: Private = NOTHING
    home_mail: Private = NOTHING
    notes: Private = NOTHING

    @property
    def address(self) -> types.Person:
        """Whom a notice goes to."""
        return types.Person(self.name, self.mail)


@dataclass(frozen=True, slots=True)
class ContactSheet:
    """All that a customer may be told of a person (P5)."""

    name: str
    office_phone: str
    mail: str


def contact_sheet(person: Person) -> ContactSheet:
    return ContactSheet(person.name, person.office_phone, person.mail)


def gives_away(text: str, people: tuple[Person, ...]) -> tuple[tuple[str, str], ...]:
    """(person id, field) of every private phone number or mail address found in ``text``,
    however its digits are spaced; a draft that gives anything away must not leave."""
    digits = "".join(filter(str.isdigit, text))
    lower = text.lower()
    found = []
    for person in people:
        phone = "".join(filter(str.isdigit, reveal_on_desk(person.personal_phone)))
        phone = phone.lstrip("0")[-TELLING_DIGITS:]
        if len(phone) >= FEWEST_DIGITS and phone in digits:
            found.append((person.id, "personal_phone"))
        mail = reveal_on_desk(person.home_mail).lower()
        if mail and mail in lower:
            found.append((person.id, "home_mail"))
    return tuple(found)
