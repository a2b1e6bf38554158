"""Deciding: the packaged rules carry out the desk's policy, in order, and say why."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import policy
from triage.errors import ConfigError
from triage.types import (
    SIGNALS,
    Assessment,
    Decision,
    Email,
    MailKind,
    Outcome,
    Person,
    Scores,
    Severity,
)

PACKAGED = policy.load()
HALF = dict.fromkeys(SIGNALS, 0.5)
MAIL = Email(
    digest="d",
    message_id=None,
    in_reply_to=None,
    references=(),
    sent=None,
    sender=Person("Jane", "jane@example.org"),
    reply_to=(),
    to=(),
    cc=(),
    subject="s",
    text="t",
    quoted="",
    signature="",
    kind=MailKind.CUSTOMER,
    kind_reason="",
    language="en",
    case_number=None,
)


def read(**scores: float) -> Assessment:
    return Assessment("t", Scores(**(dict.fromkeys(SIGNALS, 0.0) | scores)), (), "m-1")


RANKED = [
    ("threat_safety", "threat to safety", Severity.EMERGENCY),
    ("abusive", "abusive", Severity.HIGH),
    ("supervisor", "asks for a manager", Severity.HIGH),
    ("irate", "irate", Severity.HIGH),
    ("threat_legal", "threatens legal action", Severity.HIGH),
    ("angry", "angry", Severity.HIGH),
    ("threat_public", "threatens to go public", Severity.NORMAL),
    ("threat_leave", "threatens to leave", Severity.NORMAL),
    ("complaint", "complaint", Severity.NORMAL),
    ("upset", "upset", Severity.LOW),
]


@pytest.mark.parametrize(("signal", "rule", "severity"), RANKED, ids=[r[1] for r in RANKED])
def test_each_signal_alone(signal: str, rule: str, severity: Severity) -> None:
    decision = policy.decide(PACKAGED, MAIL, read(**{signal: 0.5}), HALF)
    assert decision == Decision(Outcome.FLAG, severity, rule)


@pytest.mark.parametrize("place", range(len(RANKED) - 1))
def test_the_more_serious_decides(place: int) -> None:
    everything_below = {signal: 0.5 for signal, _, _ in RANKED[place:]}
    assert policy.decide(PACKAGED, MAIL, read(**everything_below), HALF).rule == RANKED[place][1]


def test_urgency_never_flags_but_presses() -> None:
    alone = policy.decide(PACKAGED, MAIL, read(urgent=1.0), HALF)
    pressed = policy.decide(PACKAGED, MAIL, read(urgent=1.0, upset=1.0), HALF)
    assert alone == Decision(Outcome.PASS, None, "none")
    assert pressed == Decision(Outcome.FLAG, Severity.NORMAL, "upset and urgent")


def test_upset_and_complaining_bear_each_other_out() -> None:
    """Neither reaches the model's threshold; one alone passes, both are flagged."""
    strict = dict.fromkeys(SIGNALS, 0.9)
    rule = policy.decide(PACKAGED, MAIL, read(upset=0.8, complaint=0.8), strict)
    assert rule == Decision(Outcome.FLAG, Severity.NORMAL, "upset and complaining")
    for alone in ({"upset": 0.85}, {"complaint": 0.85}, {"upset": 0.85, "complaint": 0.7}):
        assert policy.decide(PACKAGED, MAIL, read(**alone), strict).outcome is Outcome.PASS


def test_the_threshold_is_the_models_and_reaching_it_suffices() -> None:
    thresholds = HALF | {"angry": 0.83}
    below = policy.decide(PACKAGED, MAIL, read(angry=0.829), thresholds)
    at = policy.decide(PACKAGED, MAIL, read(angry=0.83), thresholds)
    assert (below.outcome, at.outcome) == (Outcome.PASS, Outcome.FLAG)


@pytest.mark.parametrize("kind", [kind for kind in MailKind if kind is not MailKind.CUSTOMER])
@pytest.mark.parametrize("assessment", [None, read(threat_safety=1.0)], ids=["unread", "read"])
def test_automatic_mail_is_never_flagged(kind: MailKind, assessment: Assessment | None) -> None:
    decision = policy.decide(PACKAGED, replace(MAIL, kind=kind), assessment, HALF)
    expected = f"automatic: {kind.replace('_', ' ')}"
    assert decision == Decision(Outcome.AUTOMATIC, None, expected)


UNREAD = [
    (MAIL, "language de", "not scored: language de"),
    (replace(MAIL, language="de"), "", "not scored: language de"),
    (replace(MAIL, language=""), "", "not scored: language unknown"),
    (replace(MAIL, remarks=("encrypted",)), "", "not scored: encrypted"),
]


@pytest.mark.parametrize(("email", "why", "rule"), UNREAD)
def test_unread_mail_is_for_a_person(email: Email, why: str, rule: str) -> None:
    assert policy.decide(PACKAGED, email, None, HALF, why) == Decision(Outcome.UNSCORED, None, rule)
    telling = replace(PACKAGED, not_scored=Severity.LOW)
    told = policy.decide(telling, email, None, HALF, why)
    assert told == Decision(Outcome.FLAG, Severity.LOW, rule)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.1, 1.1])
def test_a_score_that_is_no_probability_never_passes(value: float) -> None:
    decision = policy.decide(PACKAGED, MAIL, read(angry=value), HALF)
    assert decision.outcome is Outcome.UNSCORED


def test_a_threshold_that_the_model_does_not_state_is_named() -> None:
    with pytest.raises(ConfigError, match="threat_safety"):
        policy.decide(PACKAGED, MAIL, read(), {})


EXPLAINED = [
    (
        read(angry=0.875),
        "The customer is angry with us. (angry 87.5 %, enough from 50 %)",
    ),
    (
        read(upset=0.6, urgent=0.9),
        "The customer is upset, and time matters to them."
        " (upset 60 %, enough from 50 %; urgent 90 %, enough from 50 %)",
    ),
    (
        read(upset=0.4996, angry=0.2),
        "No rule holds. Nearest: upset 49.9 %, enough from 50 %.",
    ),
    (None, "The model did not read this mail (no text): for a person."),
]


@pytest.mark.parametrize(("assessment", "words"), EXPLAINED)
def test_the_explanation_names_rule_signal_and_threshold(
    assessment: Assessment | None, words: str
) -> None:
    decision = policy.decide(PACKAGED, MAIL, assessment, HALF, "no text")
    assert policy.explain(PACKAGED, decision, assessment, HALF) == words


def test_decisions_of_other_kinds_are_explained_too() -> None:
    automatic = Decision(Outcome.AUTOMATIC, None, "automatic: bulk")
    gone = Decision(Outcome.FLAG, Severity.LOW, "old rule")
    assert "bulk" in policy.explain(PACKAGED, automatic, None, HALF)
    assert "no longer has" in policy.explain(PACKAGED, gone, read(), HALF)


@given(st.fixed_dictionaries({signal: st.floats(0, 1) for signal in SIGNALS}))
def test_a_flag_always_has_a_severity_and_a_rule_that_holds(scores: dict[str, float]) -> None:
    assessment = read(**scores)
    decision = policy.decide(PACKAGED, MAIL, assessment, HALF)
    rule = PACKAGED.rule(decision.rule)
    if decision.outcome is Outcome.FLAG:
        assert rule is not None
        assert rule.holds(assessment.scores, HALF)
        assert decision.severity is rule.severity
    else:
        assert all(scores[signal] < 0.5 for signal in SIGNALS if signal != "urgent")
    assert policy.explain(PACKAGED, decision, assessment, HALF).isprintable()
