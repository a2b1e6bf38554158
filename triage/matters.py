"""From why somebody is told, as the life of a case states it, to the words' own record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage import notify
from triage.config import person
from triage.life import ClockKind
from triage.notify import Due, Matter, Said
from triage.store import Transaction, case_facts
from triage.store.case_facts import CaseFacts
from triage.store.notices import Claimed

_OVERDUE = {
    ClockKind.ANSWER: Due.ANSWER,
    ClockKind.PROGRESS: Due.PROGRESS,
    ClockKind.OUTCOME: Due.OUTCOME,
    ClockKind.CONFIRM: Due.CONFIRMATION,
}

Name = Callable[[object], str]
"""A person's name by their id."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A notice of a case, and what it takes to word it."""

    tx: Transaction
    notice: Claimed
    case: CaseFacts
    name: Name

    @property
    def facts(self) -> dict[str, Any]:
        return self.notice.facts


def matter_of(tx: Transaction, notice: Claimed, case: CaseFacts, name: Name) -> Matter:
    """Raises ``KeyError`` for a kind that no notice of a case is of."""
    return _MATTERS[notice.kind](_Asked(tx, notice, case, name))


def _reminder(asked: _Asked) -> Matter:
    facts = asked.facts
    return notify.Reminder(int(facts["times"]) + 1, _moment(facts["waits_since"]))


def _escalation(asked: _Asked) -> Matter:
    since = _moment(asked.facts["waits_since"])
    told = case_facts.told_of(asked.tx, asked.case.case_id)
    silent = tuple(person(one).name for one, _ in told if one != asked.notice.recipient)
    waited = asked.notice.created_at - since
    return notify.Escalation(silent, int(waited.total_seconds() // 60))


def _help(asked: _Asked) -> Matter:
    who, at, data = case_facts.last_event(asked.tx, asked.case.case_id, "help asked")
    number = int(asked.facts.get("times", 0)) + 1
    return notify.Help(asked.name(who), str(data.get("why", "")), at, number)


def _help_given(asked: _Asked) -> Matter:
    facts = asked.facts
    return notify.HelpGiven(
        asked.name(facts.get("by")), asked.notice.created_at, str(facts.get("said", ""))
    )


def _handover(asked: _Asked) -> Matter:
    said = case_facts.said(asked.tx, asked.case.case_id)
    words = tuple(Said(at, asked.name(who), text) for at, who, text in said)
    return notify.Handover(asked.name(asked.facts.get("by")), words)


def _overdue(asked: _Asked) -> Matter:
    facts = asked.facts
    return notify.Overdue(_OVERDUE[ClockKind(facts["clock"])], _moment(facts["due"]))


def _promise(asked: _Asked) -> Matter:
    facts = asked.facts
    maker = case_facts.promised_by(asked.tx, asked.case.case_id, int(facts["promise"]))
    due = _moment(facts["due"])
    return notify.PromiseDue(str(facts["what"]), due, asked.name(maker), gone_by=True)


def _customer_wrote(asked: _Asked) -> Matter:
    reopened = bool(asked.facts.get("reopened"))
    return notify.CustomerWrote(asked.notice.created_at, flagged=False, reopened=reopened)


def _taken(asked: _Asked) -> Matter:
    return notify.Taken(asked.name(asked.facts.get("by")), asked.notice.created_at)


def _manager_task(asked: _Asked) -> Matter:
    """How and where is in the event by which the Manager was asked; a notice that comes again has
    an event of its own, and ``to`` in its facts."""
    _, _, data = case_facts.last_event(asked.tx, asked.case.case_id, "manager asked to answer")
    again = "to" in asked.facts
    phone = str(data.get("phone") or asked.case.phone)
    return notify.ManagerTask(
        by="phone" if data.get("by") == "phone" else "mail",
        phones=(phone,) if phone else (),
        mails=(str(data.get("mail") or asked.case.sender_address),),
        manager=asked.name(asked.facts.get("person")),
        since=_moment(asked.facts["due"]) if again else None,
    )


def _hold_ended(asked: _Asked) -> Matter:
    who, _, data = case_facts.last_event(asked.tx, asked.case.case_id, "held")
    return notify.HoldEnded(asked.name(who), asked.notice.created_at, str(data.get("why", "")))


def _moment(text: object) -> datetime:
    return datetime.fromisoformat(str(text))


_MATTERS: Mapping[str, Callable[[_Asked], Matter]] = {
    "reminder": _reminder,
    "escalation": _escalation,
    "help": _help,
    "help_given": _help_given,
    "handover": _handover,
    "overdue": _overdue,
    "promise": _promise,
    "customer_wrote": _customer_wrote,
    "taken": _taken,
    "manager_task": _manager_task,
    "hold_ended": _hold_ended,
}
