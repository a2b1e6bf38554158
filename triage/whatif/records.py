"""What a trial of a policy comes to. Mails and cases are named by their ids, never by words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from triage.policy import Policy

MOST = 1_000
"""Ids and pings of a kind that are kept; the counts go on."""


@dataclass(frozen=True, slots=True)
class Course:
    """A way to decide: a policy and the thresholds for what it leaves to the model."""

    name: str
    policy: Policy
    thresholds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Ping:
    """A notice to a person, by id, while nobody had the case. ``why`` is "flag", "reminder" or
    "escalation"; ``open`` whether the desk was open then."""

    at: datetime
    person: str
    why: str
    open: bool


@dataclass(frozen=True, slots=True)
class PingChange:
    """A ping that one side has and the other lacks."""

    ping: Ping
    mail: int
    case: int | None
    side: Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Changed:
    """Mails that are decided otherwise. ``before`` and ``after`` are a rule's name with its
    severity, if it flags; ``mails`` are the first of their ids, each with its case's."""

    before: str
    after: str
    count: int
    mails: tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, slots=True)
class Side:
    """What one course makes of it all.

    ``by_day`` goes by the desk's date (ISO). ``missed`` counts mails not flagged although a person
    took up the flag they had and did not dismiss it, ``false_alarms`` those flagged although a
    person dismissed it. ``unflagged`` has for each signal the number of mails to expect among the
    unflagged that bear it: the sum of the model's calibrated probabilities. ``pings`` counts by
    person and reason, ``after_hours`` by person those that came while the desk was closed.
    """

    name: str
    flags: int
    by_day: Mapping[str, int]
    by_rule: Mapping[str, int]
    by_severity: Mapping[str, int]
    missed: int
    missed_mails: tuple[tuple[int, int | None], ...]
    false_alarms: int
    unflagged: Mapping[str, float]
    pings: Mapping[tuple[str, str], int]
    after_hours: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Trial:
    """Both sides over the same mail.

    ``first`` is when the oldest of it was received. ``customer_mails`` were written by customers,
    ``read`` of them by the model;
    ``other_models`` counts those read by another model than the one whose thresholds are applied.
    ``decided_otherwise`` counts mails that the policy in force now decides otherwise than the one
    that read them. ``usual_wait`` is the median time until a flag was taken up, which stands in
    where none was raised; ``None`` if none ever was, and then only first notices are counted.
    ``has_desk`` is false where there is no rota to ask: then there are no pings at all.
    """

    since: datetime
    until: datetime
    first: datetime | None
    customer_mails: int
    read: int
    other_models: int
    decided_otherwise: int
    usual_wait: timedelta | None
    has_desk: bool
    before: Side
    after: Side
    changes: tuple[Changed, ...]
    ping_changes: tuple[PingChange, ...]
    ping_changes_left_out: int
