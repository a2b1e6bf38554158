"""duty.toml -> Duty, or one error that says where and why; nothing is half taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from triage.duty import file as toml
from triage.duty.answer import Answer, idle, undecided
from triage.duty.desk import Duty
from triage.duty.holiday import Calendar, checked
from triage.duty.opening import Opening, SpecialDay
from triage.duty.people import Channel, Person, Role
from triage.duty.private import Private
from triage.duty.turns import Rotas
from triage.duty.week import hours_of, week_of
from triage.errors import ConfigError
from triage.tomlfile import Places, in_words, lines_of, read_toml


def load(path: Path | None = None) -> Duty:
    """The desk of ``path``, or the example that comes with Triage.

    Raises ``ConfigError`` with file, line where it can be told, key and reason for each thing
    wrong; a file with anything wrong is not taken at all. No private field is ever quoted.
    """
    file = read_toml(path, "triage.duty", "duty.toml")
    reader = _Reader(file.source, lines_of(file.text), file.folder)
    try:
        read = toml.File.model_validate(file.document)
    except ValidationError as error:
        raise ConfigError(in_words(error, reader.says)) from None
    return reader.duty(read, file.digest)


@dataclass(frozen=True, slots=True)
class _Reader(Places):
    """Makes records of what the file holds; ``folder`` is where its relative paths begin."""

    folder: Path

    def duty(self, read: toml.File, digest: str) -> Duty:
        people = self.people(read)
        ids = {one.id: one for one in people}
        for at, id in enumerate(read.fallback):
            if id not in ids:
                self.wrong(("fallback", at), f"there is nobody with the id {id!r}")
        if not any(Role.POINT in one.roles for one in people):
            self.wrong(("people",), "nobody has the role point")
        calendar = self.calendar(("hours",), read.hours.country, read.hours.subdivision)
        return Duty(
            source=self.source,
            digest=digest,
            people=people,
            rota=Rotas(read, ids, calendar, self.wrong).rota(),
            hours=self.hours(read, calendar),
            fallback=tuple(ids[id] for id in dict.fromkeys(read.fallback)),
            answers=self.answers(read.answers),
        )

    def people(self, read: toml.File) -> tuple[Person, ...]:
        seen: set[str] = set()
        for at, one in enumerate(read.people):
            if one.id in seen:
                self.wrong(("people", at, "id"), f"{one.id!r} is taken")
            seen.add(one.id)
        return tuple(self.person(one) for one in read.people)

    def person(self, one: toml.Person) -> Person:
        return Person(
            id=one.id,
            name=one.name,
            roles=tuple(dict.fromkeys(one.roles)),
            mail=one.mail,
            office_phone=one.office_phone or "",
            channels=tuple(
                Channel(
                    each.name,
                    self.folder / each.url_file.expanduser() if each.url_file else None,
                    each.url_env or "",
                )
                for each in one.channels
            ),
            personal_phone=Private(one.private.phone or ""),
            home_mail=Private(one.private.mail or ""),
            notes=Private(one.private.notes),
        )

    def calendar(self, path: Sequence[str | int], country: str, subdivision: str) -> Calendar:
        try:
            return checked(country, subdivision)
        except ValueError as error:
            self.wrong((*path, "subdivision" if subdivision else "country"), str(error))

    def hours(self, read: toml.File, calendar: Calendar) -> Opening:
        days = [one.date for one in read.hours.special]
        for at, day in enumerate(days):
            if day in days[:at]:
                self.wrong(("hours", "special", at, "date"), f"{day} is given twice")
        return Opening(
            zone=read.hours.zone or read.zone,
            week=week_of(read.hours.week),
            breaks=week_of(read.hours.breaks),
            calendar=calendar,
            special=tuple(
                SpecialDay(one.date, tuple(hours_of(each) for each in one.hours), one.name)
                for one in read.hours.special
            ),
        )

    def answers(self, given: Sequence[toml.Answer]) -> tuple[Answer, ...]:
        answers = tuple(Answer(one.by, one.severity, one.urgent, one.open) for one in given)
        missing = undecided(answers)
        if missing:
            self.wrong(("answers",), f"no row decides for {missing}")
        at = idle(answers)
        if at is not None:
            self.wrong(("answers", at), "decides nothing: the rows before it decide all it could")
        return answers
