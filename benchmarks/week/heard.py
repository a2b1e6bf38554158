"""Whether those who should have been told were told, at that moment, by the notices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from benchmarks.week.desk import Desk
from benchmarks.week.story import Event, Story
from triage import duty
from triage.duty import Duty, Person, Role
from triage.policy import Timetable


@dataclass(frozen=True, slots=True)
class Heard:
    """The notices of one case, and who is on duty when."""

    story: Story
    desk: Desk

    def desk_at(self, at: datetime) -> Duty:
        return self.desk.duty_at(at)

    def ladder(self, at: datetime) -> tuple[Person, ...]:
        return duty.ladder(self.desk_at(at), at)

    def point(self, at: datetime) -> str:
        return duty.on_duty(self.desk_at(at), Role.POINT, at).person.id

    def manager(self, at: datetime) -> str:
        return duty.on_duty(self.desk_at(at), Role.MANAGER, at).person.id

    def at_desk(self, person: str | None, at: datetime) -> bool:
        return person is not None and self.desk_at(at).person(person) is not None

    def has_it(self, owner: str | None, at: datetime) -> set[str]:
        """Who must hear of a case: its owner, and Point beside one who is away or gone."""
        if owner is None or not self.at_desk(owner, at):
            return {self.point(at)}
        away = any(
            one.person == owner and one.start <= at < one.until
            for one in self.desk_at(at).rota.absences
        )
        return {owner, self.point(at)} if away else {owner}

    def told(self, at: datetime, *kinds: str) -> set[str]:
        return {one.person for one in self.story.notices.get(at, ()) if one.kind in kinds}

    def on_every_channel(self, at: datetime, people: Iterable[Person], kind: str) -> bool:
        sent = {
            (one.person, one.channel) for one in self.story.notices.get(at, ()) if one.kind == kind
        }
        wanted = {
            (one.id, name)
            for one in people
            for name in ("mail", *(channel.name for channel in one.channels))
        }
        return wanted <= sent

    def step(self, number: int, table: Timetable, at: datetime) -> tuple[Person, ...]:
        """Whom notice ``number`` (from 0) of a case that waits goes to: those told at once, then
        one after the other up the ladder, each ``tries`` times, then everybody."""
        people = list(self.ladder(at))
        first = min(table.at_once, len(people))
        turns = [people[:first], *([one] for one in people[first:])]
        turn = number // table.tries
        return tuple(turns[turn] if turn < len(turns) else people)

    def is_last(self, number: int, table: Timetable, at: datetime) -> bool:
        """Whether every step of the ladder was told before notice ``number``."""
        people = self.ladder(at)
        return number // table.tries > len(people) - min(table.at_once, len(people))

    def pinged_between(self, start: datetime, end: datetime | None) -> list[datetime]:
        return [
            at
            for at, sent in self.story.notices.items()
            if start < at
            and (end is None or at < end)
            and any(one.kind in {"reminder", "escalation"} for one in sent)
        ]


def people_in(event: Event) -> set[str]:
    return set(event.data.get("to", ()))
