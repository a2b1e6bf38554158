"""What a policy is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Literal, TypeAlias

from triage.errors import ConfigError
from triage.policy.settings import Safety, Storm
from triage.policy.timetable import Timetable
from triage.types import MailKind, Outcome, Scores, Severity

Level: TypeAlias = float | Literal["model"]
"""A probability, or the threshold that the model in use states for the signal."""

NONE = "none"
AUTOMATIC = "automatic: "
NOT_SCORED = "not scored: "


@dataclass(frozen=True, slots=True)
class Condition:
    """A signal that must reach a level."""

    signal: str
    level: Level

    def threshold(self, thresholds: Mapping[str, float]) -> float:
        """The probability that suffices. Raises ``ConfigError`` if it is the model's to say and
        the model does not."""
        if self.level != "model":
            return self.level
        if self.signal not in thresholds:
            raise ConfigError(
                f"the policy leaves the level of {self.signal} to the model, which states none: "
                f"write a number between 0 and 1"
            )
        return thresholds[self.signal]

    def holds(self, scores: Scores, thresholds: Mapping[str, float]) -> bool:
        return scores[self.signal] >= self.threshold(thresholds)


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds when any condition of ``when`` holds and every one of ``also``.

    ``because`` is the sentence a person reads beside the flag. A rule that lets mail pass has no
    severity. ``line`` is where the rule begins in its file, 0 where unknown. ``clocks`` names the
    timetable of its flags, and is empty where that goes by severity.
    """

    name: str
    because: str
    when: tuple[Condition, ...]
    also: tuple[Condition, ...]
    outcome: Outcome
    severity: Severity | None
    line: int
    clocks: str = ""

    def holds(self, scores: Scores, thresholds: Mapping[str, float]) -> bool:
        return any(one.holds(scores, thresholds) for one in self.when) and all(
            one.holds(scores, thresholds) for one in self.also
        )


@dataclass(frozen=True, slots=True)
class Example:
    """A mail, as the model might read it, and the rule that must decide on it.

    ``unread`` says why the model did not read it, and is empty where it did.
    """

    says: str
    expect: str
    severity: Severity | None
    scores: Scores
    kind: MailKind
    unread: str
    line: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as loaded. ``digest`` is the SHA-256 (hex) of the file's bytes.

    ``not_scored`` is the severity at which mail that the model did not read is flagged, or
    ``None`` where such mail waits, unflagged, for a person. ``clocks`` has a timetable for each
    severity and for each name that a rule gives; ``manager_digest`` is a time by the desk's wall
    clock, ``None`` where the Manager wants no digest.
    """

    source: str
    digest: str
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
    not_scored: Severity | None
    clocks: Mapping[str, Timetable]
    safety: Safety
    storm: Storm
    manager_digest: time | None

    def rule(self, name: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.name == name), None)
