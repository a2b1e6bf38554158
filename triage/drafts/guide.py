"""The step one is at with an upset customer, and what to do now (P12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from triage.drafts.facts import AtFault, DraftFacts, Step
from triage.life import WAITING, CaseState, ClockKind, Status
from triage.policy import EmergencyNumber, Safety
from triage.types import Severity


class Stage(StrEnum):
    """The steps in their order."""

    LISTEN = "listen"
    RESTATE = "restate"
    FEEL = "feel-with"
    FACTS = "facts"
    APOLOGISE = "apologise"
    OFFER = "offer"
    SATISFIED = "satisfied"
    OTHERWISE = "otherwise"
    AGREE = "agree"
    WRITE = "write"
    FOLLOW = "follow-through"
    TELL = "tell"
    WORKS = "works"
    CLOSE = "close"
    OVER = "over"


class Aside(StrEnum):
    """What is true besides, the graver first."""

    SAFETY = "safety"
    OVERDUE = "overdue"
    RUDE = "rude"
    AFTER_HOURS = "after-hours"
    HELP_ASKED = "help-asked"
    HANDED_OVER = "handed-over"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Advice:
    """``say`` are words that one may use as they are; ``rules`` the policy's, such as ``P12``."""

    id: str
    title: str
    do: tuple[str, ...]
    avoid: tuple[str, ...]
    say: tuple[str, ...]
    why: str
    rules: tuple[str, ...]
    drafts: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """``digest`` is the SHA-256 (hex) of the file's bytes; every stage and aside is there."""

    source: str
    digest: str
    stages: Mapping[Stage, Advice]
    asides: Mapping[Aside, Advice]


@dataclass(frozen=True, slots=True)
class Around:
    """What neither the case nor the facts say. ``rudeness`` counts notes of it in the customer's
    history; ``handed_over`` is whether the case came from a colleague."""

    safety: Safety
    open_now: bool = True
    rudeness: int = 0
    handed_over: bool = False


@dataclass(frozen=True, slots=True)
class Guidance:
    """``now`` is the step one is at, ``place`` of ``of``; ``then`` the title of the next one, or
    empty. ``asides`` come first where ``safety`` is among them, with ``numbers`` to call.
    ``drafts`` fit now; none while a safety case waits for its people to agree on what to say."""

    now: Advice
    place: int
    of: int
    then: str
    asides: tuple[Advice, ...]
    numbers: tuple[EmergencyNumber, ...]
    drafts: tuple[Step, ...]


def guidance(guide: Guide, case: CaseState, facts: DraftFacts, around: Around) -> Guidance:
    """What to do now with ``case``, by its state and what is known of it."""
    stage = stage_of(case, facts)
    aside = asides_of(case, facts, around)
    danger = Aside.SAFETY in aside
    now = guide.stages[stage]
    advice = tuple(
        _with_steps(guide.asides[one], around.safety) if one is Aside.SAFETY else guide.asides[one]
        for one in aside
    )
    held_back = danger and case.answered_at is None
    fitting = dict.fromkeys((*(step for one in advice for step in one.drafts), *now.drafts))
    stages = list(Stage)
    following = stages[stages.index(stage) + 1 :]
    return Guidance(
        now=now,
        place=stages.index(stage) + 1,
        of=len(stages) - 1,
        then=guide.stages[following[0]].title if following and stage is not Stage.CLOSE else "",
        asides=advice,
        numbers=around.safety.numbers if danger else (),
        drafts=() if held_back else tuple(fitting),
    )


def stage_of(case: CaseState, facts: DraftFacts) -> Stage:
    """From what the case's life says, else from what is known of the matter."""
    if case.ended:
        return Stage.OVER
    if case.status is Status.CONFIRMED:
        return Stage.CLOSE
    if case.status is Status.TOLD:
        return Stage.WORKS
    if case.done.strip() or facts.done.strip():
        return Stage.TELL
    return _before_it_is_done(case, facts)


def _before_it_is_done(case: CaseState, facts: DraftFacts) -> Stage:
    agreed, offered = bool(facts.agreed.strip()), bool(facts.offer.strip())
    early = case.status in WAITING or case.status is Status.ACKNOWLEDGED
    unclear = not facts.facts_known or facts.fault is AtFault.UNKNOWN
    rows = (
        (agreed, Stage.FOLLOW if facts.written else Stage.WRITE),
        (offered and facts.content is None, Stage.SATISFIED),
        (offered, Stage.AGREE if facts.content else Stage.OTHERWISE),
        (not facts.matter.strip(), Stage.LISTEN),
        (case.answered_at is None, Stage.RESTATE if early else Stage.FEEL),
        (unclear, Stage.FACTS),
        (facts.apology_due, Stage.APOLOGISE),
    )
    return next((stage for holds, stage in rows if holds), Stage.OFFER)


def asides_of(case: CaseState, facts: DraftFacts, around: Around) -> tuple[Aside, ...]:
    if case.ended:
        return ()
    helped = case.clock(ClockKind.HELP) is not None
    insists = case.clock(ClockKind.MANAGER_ANSWER) is not None
    late = any(one.kept_at is None and one.due <= facts.now for one in case.promises)
    holds = {
        Aside.SAFETY: case.severity is Severity.EMERGENCY,
        Aside.OVERDUE: late,
        Aside.RUDE: around.rudeness > 0 or case.rule == "abusive",
        Aside.AFTER_HOURS: insists or not around.open_now,
        Aside.HELP_ASKED: helped,
        Aside.HANDED_OVER: around.handed_over,
        Aside.HELP: not helped,
    }
    return tuple(one for one in Aside if holds[one])


def _with_steps(advice: Advice, safety: Safety) -> Advice:
    """The policy's own steps come first (P8)."""
    return Advice(
        id=advice.id,
        title=advice.title,
        do=(*safety.steps, *advice.do),
        avoid=advice.avoid,
        say=advice.say,
        why=advice.why,
        rules=advice.rules,
        drafts=advice.drafts,
    )
