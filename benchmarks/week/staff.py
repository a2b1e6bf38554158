"""What the people of the desk do with a case, in the order a case takes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from triage.caseload import Caseload
from triage.errors import ActRefused
from triage.life import WAITING, CaseState, ClockKind, Status, deeds
from triage.store import Database
from triage.store import life as lives

MANAGERS = frozenset({"morgan", "dana"})
HELPERS = ("robin", "alex")
TAKERS = ("pat", "sam", "kim", "lee", "robin")


@dataclass(slots=True)
class Staff:
    """``done`` counts the deeds, ``refused`` those that the program did not let them do."""

    database: Database
    caseload: Caseload
    chance: Random
    own_mail: Callable[[int], None]
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def state(self, case_id: int) -> CaseState:
        with self.database.transaction() as tx:
            found = lives.state(tx, case_id)
        assert found is not None
        return found

    def act(self, case_id: int, person: str, deed: deeds.Deed) -> bool:
        try:
            with self.database.transaction() as tx:
                self.caseload.act(tx, case_id, deed, person)
        except ActRefused as error:
            self.refused[f"{type(deed).__name__}: {error}"[:60]] += 1
            return False
        self.done[type(deed).__name__] += 1
        return True

    def react(self, case_id: int, person: str, kind: str, now: datetime) -> bool:
        """They looked at a notice; whether they are at work on the case from now on."""
        case = self.state(case_id)
        if kind == "manager_task" and person in MANAGERS:
            if case.clock(ClockKind.MANAGER_ANSWER):
                self.act(case_id, person, deeds.ManagerAnswered("I rang them."))
            return False
        if case.ended or kind in {"manager", "taken"}:
            return False
        if case.status in WAITING:
            return self._take(case, person)
        if case.owner == person:
            return True
        return self._step_in(case, person, kind)

    def work(self, case_id: int, person: str, now: datetime) -> bool:
        """They do the next thing; whether there is more for them to do."""
        case = self.state(case_id)
        if case.ended or case.owner != person or case.status in WAITING:
            return False
        overdue = next((one for one in case.promises if one.kept_at is None), None)
        if overdue and self.chance.random() < 0.6:
            return self.act(case_id, person, deeds.KeepPromise(overdue.number))
        if self._digression(case, person, now):
            return True
        return _STEPS[case.status](self, case, person)

    def _take(self, case: CaseState, person: str) -> bool:
        luck = self.chance.random()
        if luck < 0.06:
            self.act(case.id, person, deeds.Dismiss("only a question"))
            return False
        if luck < 0.2:
            return self.act(case.id, person, deeds.TakeInHand())
        return self.act(case.id, person, deeds.Acknowledge())

    def _step_in(self, case: CaseState, person: str, kind: str) -> bool:
        """Somebody above hears that a case does not move."""
        if kind == "help":
            self.act(case.id, person, deeds.GiveHelp("Give them the money back."))
            return False
        if kind not in {"overdue", "promise"} or self.chance.random() < 0.4:
            return False
        if self.chance.random() < 0.5:
            return self.act(case.id, person, deeds.TakeInHand())
        to = self.chance.choice(TAKERS)
        self.act(case.id, person, deeds.HandOver(to, "Please see to it today."))
        return False

    def _digression(self, case: CaseState, person: str, now: datetime) -> bool:
        """Not always straight on: what people do besides, and whether they did."""
        if self.chance.random() >= 0.25 or case.status not in {Status.ACKNOWLEDGED, Status.IN_HAND}:
            return False
        hours = self.chance.choice([0.5, 3, 20, 40])
        later = now + timedelta(hours=hours)
        choices: list[deeds.Deed] = [
            deeds.AskHelp("I do not know what we may offer."),
            deeds.MakePromise("We ring back.", later),
            deeds.MakePromise("A new one by then.", later),
            deeds.Hold(later, "The parts are on their way."),
            deeds.HandOver(self.chance.choice(TAKERS), "They were promised a call."),
            deeds.GiveBack("I have too much."),
            deeds.Note("Rang twice, no answer."),
            deeds.NoteRudeness("Shouted at Kim."),
            deeds.Insists(),
        ]
        self.act(case.id, person, self.chance.choice(choices))
        return True

    def _begin(self, case: CaseState, person: str) -> bool:
        return self.act(case.id, person, deeds.TakeInHand())

    def _answer(self, case: CaseState, person: str) -> bool:
        if self.chance.random() < 0.5:
            self.own_mail(case.id)
            return True
        return self.act(case.id, person, deeds.Answered("We look into it."))

    def _finish(self, case: CaseState, person: str) -> bool:
        if not case.done:
            return self.act(case.id, person, deeds.NoteDone("Sent a new one, at our cost."))
        if not case.manager_told and self.chance.random() < 0.5:
            return self.act(case.id, person, deeds.TellManager())
        self.act(case.id, person, deeds.Told("It is on its way."))
        return False

    def _ask(self, case: CaseState, person: str) -> bool:
        """The customer was told. Once they had their time they are asked again, or it is over."""
        if case.confirm_tries >= case.timetable.confirm_tries:
            self.act(case.id, person, deeds.Close())
        elif (clock := case.clock(ClockKind.CONFIRM)) and clock.round:
            self.act(case.id, person, deeds.AskedAgain("Does it work now?"))
        return False

    def _close(self, case: CaseState, person: str) -> bool:
        open_promise = next((one for one in case.promises if one.kept_at is None), None)
        if open_promise:
            return self.act(case.id, person, deeds.KeepPromise(open_promise.number))
        self.act(case.id, person, deeds.Close())
        return False


_STEPS: dict[Status, Callable[[Staff, CaseState, str], bool]] = {
    Status.ACKNOWLEDGED: Staff._begin,
    Status.IN_HAND: Staff._answer,
    Status.ANSWERED: Staff._finish,
    Status.TOLD: Staff._ask,
    Status.CONFIRMED: Staff._close,
}
