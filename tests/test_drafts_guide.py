"""Guidance: the step one is at, in the policy's order, and what is true besides."""

from datetime import timedelta
from typing import Any

import pytest

from tests.drafting import GUIDE, NOW, POLICY, a_case, bare_facts, ours, the_facts
from triage import drafts
from triage.drafts import Around, AtFault, Guidance, Stage, Step
from triage.life import CaseState, Clock, ClockKind, Promise, Status
from triage.types import Severity

OPEN = Around(POLICY.safety)
KNOWN: dict[str, Any] = {"facts_known": True, "fault": AtFault.OURS}
HEARD: dict[str, Any] = {"matter": "The sofa came late."}
ANSWERED = a_case(status=Status.ANSWERED, answered_at=NOW)


def guided(case: CaseState, around: Around = OPEN, **facts: Any) -> Guidance:
    return drafts.guidance(GUIDE, case, bare_facts(**facts), around)


@pytest.mark.parametrize(
    ("case", "facts", "stage"),
    [
        (a_case(status=Status.FLAGGED, owner=None), {}, Stage.LISTEN),
        (a_case(), HEARD, Stage.RESTATE),
        (a_case(status=Status.IN_HAND), HEARD, Stage.FEEL),
        (ANSWERED, HEARD, Stage.FACTS),
        (ANSWERED, HEARD | {"facts_known": True}, Stage.FACTS),
        (ANSWERED, HEARD | KNOWN, Stage.APOLOGISE),
        (ANSWERED, HEARD | KNOWN | {"apologised": True}, Stage.OFFER),
        (ANSWERED, HEARD | KNOWN | {"fault": AtFault.NOBODY}, Stage.OFFER),
        (ANSWERED, HEARD | KNOWN | {"offer": "Half."}, Stage.SATISFIED),
        (ANSWERED, HEARD | KNOWN | {"offer": "Half.", "content": False}, Stage.OTHERWISE),
        (ANSWERED, HEARD | KNOWN | {"offer": "Half.", "content": True}, Stage.AGREE),
        (ANSWERED, HEARD | KNOWN | {"agreed": "Half."}, Stage.WRITE),
        (ANSWERED, HEARD | KNOWN | {"agreed": "Half.", "written": True}, Stage.FOLLOW),
        (a_case(done="Paid."), {}, Stage.TELL),
        (a_case(status=Status.TOLD, done="Paid."), {}, Stage.WORKS),
        (a_case(status=Status.CONFIRMED, done="Paid."), {}, Stage.CLOSE),
        (a_case(status=Status.CLOSED), {}, Stage.OVER),
        (a_case(status=Status.DISMISSED), {}, Stage.OVER),
    ],
)
def test_p12_the_step_one_is_at(case: CaseState, facts: dict[str, Any], stage: Stage) -> None:
    given = guided(case, **facts)
    assert given.now.id == stage
    assert given.place == list(Stage).index(stage) + 1


def test_p12_the_steps_stand_in_the_policys_order() -> None:
    order = [guided(a_case(), **HEARD)]
    assert order[0].then == GUIDE.stages[Stage.FEEL].title
    assert guided(a_case(status=Status.CONFIRMED)).then == ""
    assert guided(a_case(status=Status.CLOSED)).then == ""


def test_p12_only_the_step_of_the_apology_has_words_of_apology() -> None:
    for stage, advice in GUIDE.stages.items():
        facts = ours() if stage is Stage.APOLOGISE else the_facts()
        for words in advice.say:
            told = drafts.faults(f"{words}\n\nT-12", facts, (), ())
            assert {str(one.kind) for one in told} <= {"gap"}, (stage, words)


def test_p8_safety_goes_first_with_steps_and_numbers_of_the_policy_and_no_draft() -> None:
    case = a_case(severity=Severity.EMERGENCY, rule="threat to safety")
    given = guided(case, Around(POLICY.safety, open_now=False, rudeness=2), **HEARD)
    assert given.asides[0].id == "safety"
    assert given.asides[0].do[: len(POLICY.safety.steps)] == POLICY.safety.steps
    assert given.numbers == POLICY.safety.numbers
    assert given.drafts == ()
    calm = guided(a_case(), **HEARD)
    assert calm.numbers == ()
    assert calm.drafts


def test_p16_rude_behaviour_is_answered_with_a_boundary() -> None:
    for case, around in (
        (a_case(rule="abusive"), OPEN),
        (a_case(), Around(POLICY.safety, rudeness=1)),
    ):
        given = guided(case, around)
        assert "rude" in {one.id for one in given.asides}
        assert Step.ABUSE in given.drafts


def test_p7_asking_for_help_is_offered_until_it_was_asked() -> None:
    assert [one.id for one in guided(a_case()).asides] == ["help"]
    asked = a_case(clocks=(Clock(ClockKind.HELP, NOW),))
    assert [one.id for one in guided(asked).asides] == ["help-asked"]


def test_p6_after_hours_or_when_a_manager_was_asked_for() -> None:
    closed = guided(a_case(), Around(POLICY.safety, open_now=False))
    insisting = guided(a_case(clocks=(Clock(ClockKind.MANAGER_ANSWER, NOW),)))
    for given in (closed, insisting):
        assert "after-hours" in {one.id for one in given.asides}
        assert given.drafts[0] is Step.AFTER_HOURS


def test_p15_who_takes_over_does_not_ask_again() -> None:
    given = guided(a_case(), Around(POLICY.safety, handed_over=True))
    assert "handed-over" in {one.id for one in given.asides}


def test_p13_an_overdue_promise_is_pointed_out_until_it_is_kept() -> None:
    promise = Promise(1, "A call.", NOW - timedelta(hours=1), "pat", NOW - timedelta(days=1))
    given = guided(a_case(promises=(promise,)))
    assert given.asides[0].id == "overdue"
    kept = Promise(1, "A call.", promise.due, "pat", promise.made_at, kept_at=NOW)
    assert "overdue" not in {one.id for one in guided(a_case(promises=(kept,))).asides}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("severity", Severity)
def test_there_is_something_to_do_in_every_state(status: Status, severity: Severity) -> None:
    given = guided(a_case(status=status, severity=severity))
    assert given.now.do
    assert 1 <= given.place <= len(Stage)
