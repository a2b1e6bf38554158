"""The policy in force, and what another would have made of the mail of the past."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field

from service import trials
from service.api.models import Model
from service.auth import allowed
from service.desk import DeskOf
from service.permissions import Act
from triage.policy import Policy, Timetable
from triage.types import Outcome, Severity

router = APIRouter(tags=["desk"])
_LONGEST_FILE = 200_000


class ConditionOut(Model):
    """`level` is a probability, or `model` for what the model in use says."""

    signal: str
    level: float | str


class RuleOut(Model):
    """Holds when any of `when` and all of `also` hold; the first rule that holds decides."""

    name: str
    because: str
    when: list[ConditionOut]
    also: list[ConditionOut]
    outcome: Outcome
    severity: Severity | None
    clocks: str


class NumberOut(Model):
    label: str
    number: str


class PolicyOut(Model):
    """`clocks` are timetables by severity or name, times in seconds; `digest` is the SHA-256 of
    the file."""

    source: str
    digest: str
    rules: list[RuleOut]
    not_scored: Severity | None
    clocks: dict[str, dict[str, Any]]
    safety_numbers: list[NumberOut]
    safety_steps: list[str]
    storm_singly: int
    storm_window: float


class TrialIn(Model):
    """`policy` is a whole policy file as TOML, and the one in force where it is left out;
    `thresholds` are levels for what rules leave to the model."""

    model_config = ConfigDict(extra="forbid")

    policy: str | None = Field(None, max_length=_LONGEST_FILE)
    thresholds: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        {}, max_length=20, examples=[{"angry": 0.6}]
    )
    days: int = Field(30, ge=1, le=3660, description="How far back mail is looked at.")


class TrialOut(Model):
    """Both policies over the same mail; the particulars as `triage policy try --json` has them."""

    since: datetime
    until: datetime
    customer_mails: int
    read: int
    decided_otherwise: int
    trial: dict[str, Any]


@router.get("/policy", dependencies=[Depends(allowed(Act.SEE_QUEUE))], operation_id="show_policy")
def show_policy(desk: DeskOf) -> PolicyOut:
    """The rules and clocks in force."""
    rules = desk.works.caseload.policy()
    return PolicyOut(
        source=rules.source,
        digest=rules.digest,
        rules=[RuleOut.model_validate(one) for one in rules.rules],
        not_scored=rules.not_scored,
        clocks={name: _timetable(one) for name, one in rules.clocks.items()},
        safety_numbers=[NumberOut.model_validate(one) for one in rules.safety.numbers],
        safety_steps=list(rules.safety.steps),
        storm_singly=rules.storm.singly,
        storm_window=rules.storm.window,
    )


@router.post(
    "/policy/try",
    dependencies=[Depends(allowed(Act.POLICY_TRY))],
    operation_id="try_policy",
)
def try_policy(desk: DeskOf, said: TrialIn) -> TrialOut:
    """What another policy would have done with the mail of the past. Nothing is changed."""
    until = desk.works.caseload.clock()
    since = until - timedelta(days=said.days)
    trial = trials.trial(desk, _other(desk, said), said.thresholds, since, until)
    return TrialOut(
        since=since,
        until=until,
        customer_mails=trial.customer_mails,
        read=trial.read,
        decided_otherwise=trial.decided_otherwise,
        trial=trials.as_plain(trial),
    )


def _other(desk: DeskOf, said: TrialIn) -> Policy:
    if said.policy is None:
        return desk.works.caseload.policy()
    return trials.read_policy(said.policy)


def _timetable(one: Timetable) -> dict[str, Any]:
    return dict(one.as_dict())
