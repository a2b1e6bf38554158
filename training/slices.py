"""Slices: the kinds of mail on which a model that reads keywords gives itself away."""

import re
from collections.abc import Callable, Mapping

from training.examples import Example
from triage.types import SIGNALS

URGENT, COMPLAINT = SIGNALS.index("urgent"), SIGNALS.index("complaint")
Chooser = Callable[[Example], bool]


def noted(pattern: str) -> Chooser:
    """Mails whose writer's note matches ``pattern``."""
    expression = re.compile(pattern, re.I)
    return lambda row: row.source == "mail" and any(map(expression.search, row.tags))


SLICES: Mapping[str, Chooser] = {
    "calm but urgent": lambda row: row.anger == 0 and bool(row.values[URGENT]),
    "calm complaint": lambda row: row.anger == 0 and bool(row.values[COMPLAINT]),
    "swearing at things": lambda row: "swearing" in row.tags or noted(r"swear|profan|damn")(row),
    "cold anger": noted(r"\bcold\b|\bicy\b|numbered|stiff"),
    "sarcasm": noted(r"sarcas|\bwit\b|rhetorical|irony|ironic"),
    "technical violence": noted(r"technical|\bkill\b|violent (technical )?word"),
    "third party": noted(r"third.part|third person|someone else|told about"),
    "veiled threat": noted(r"veiled|hint|soft voice|quiet menace"),
    "shouting": noted(r"shout|\bcaps\b|capitals|exclamation"),
    "one-liners": lambda row: row.source == "mail" and len(row.text) < 110,
    "long mails": lambda row: len(row.text) > 1500 and row.source in {"mail", "cfpb"},
    "quoted history": lambda row: row.source == "mail" and bool(re.search(r"(?m)^\s*>", row.text)),
    "non-native English": noted(r"non-native|second language|translated|broken english"),
    "source: mail": lambda row: row.source == "mail",
    "source: cfpb": lambda row: row.source == "cfpb",
    "source: banking77": lambda row: row.source == "banking77",
    "source: bitext": lambda row: row.source == "bitext",
}
