"""Apologies for the company and admissions of its fault, told from feeling with the customer."""

import re
from dataclasses import dataclass

from triage.drafts.plain import Plain, Sentence, Span, sentences

_NEAR = 120
"""Characters on either side."""
_ACT = re.compile(
    r"\bapologi[sz](?:e[sd]?|ing)\b|\bapolog(?:y|ies)\b|\bsorry\b|\bmea culpa\b"
    r"|\b(?:forgive|pardon|excuse) (?:us|me|our|the|this|any)\b"
    r"|\b(?:your|beg) (?:pardon|forgiveness)\b|\bregret(?:s|ted|ting)?\b",
    re.I,
)
_OURS = (
    r"(?:(?:entirely|all|completely|clearly|solely|very much|simply)\s+)?"
    r"(?:our|my)(?:\s+(?:own|company's|team's))?"
)
_FAULT = (
    r"(?:fault|mistakes?|errors?|failures?|failings?|negligence|oversights?|blunders?"
    r"|carelessness|shortcomings?)"
)
_WE_HAVE = r"\bwe(?:'ve| have|'d| had)?\s+(?:\w+\s+)?"
_SIDE = r"our (?:side|part|end)"
_ADMISSION = re.compile(
    rf"\b{_OURS}\s+(?:\w+\s+)?{_FAULT}\b"
    rf"|\b(?:{_FAULT}|blame)\b[^.!?]{{0,20}}\b(?:is|was|lies|lay)\s+(?:\w+\s+)?"
    rf"(?:ours|with us|on {_SIDE}|mine)\b"
    rf"|\b{_FAULT}\s+(?:on|by) (?:{_SIDE}|us)\b"
    rf"|{_WE_HAVE}(?:made|committed)\s+(?:\w+\s+){{0,2}}{_FAULT}\b"
    rf"|{_WE_HAVE}(?:(?:messed|screwed|slipped) up|let you down|failed)\b"
    rf"|{_WE_HAVE}(?:got|did|done|handled)\s+(?:it|this|that|something)\s+(?:all\s+)?"
    r"(?:wrong|badly|poorly)\b"
    r"|\bwe (?:were|are) (?:\w+ )?(?:wrong|at fault|to blame|negligent|careless)\b"
    r"|\bwe (?:were|are) (?:\w+ )?responsible for (?:this|the|your)\b"
    r"|\bwe (?:\w+ )?(?:take|accept|bear) (?:the |full |all |entire )*"
    r"(?:responsibility|blame|liability)\b"
    r"|\b(?:we|this|it) (?:should not|shouldn't|should never) have\b",
    re.I,
)
_FEELING = re.compile(
    r"\s*(?:to (?:hear|read|learn|see|find|know|understand)\b"
    r"|(?:that )?(?:you|your|things|it (?:has been|was so))\b"
    r"|(?:that )?this (?:has )?(?:happened|been|was so)\b"
    r"|about what (?:you|happened)\b|for your (?:loss|pain|grief|situation)\b|for you\b)",
    re.I,
)
_POLITE = re.compile(
    r"\s*,?\s*(?:but\b|to (?:say|tell|inform|disappoint|bother|ask|trouble|report)\b"
    r"|for asking\b)",
    re.I,
)
_NOT_OURS = re.compile(
    r"\b(?:not|never|no need(?: for you)? to|cannot|can't|\w+n't|without|your|need not|than"
    r"|you(?:'ll| will) be|feel(?:s|ing)?|(?:ask(?:ed|ing)?|expect\w*|want\w*|demand\w*) for an?"
    r"|(?:expect\w*|want\w*|demand\w*|owed?) (?:you )?an)\s+(?:\w+\s+)?$",
    re.I,
)
_ASSUMED = re.compile(
    r"\b(?:if|whether|in case|should|once we know)\b[^.!?]*\b(?:it|we|there|fault|mistake|error)\b"
    r"[^.!?]*$|\b(?:if|whether|should)\s+(?:\w+\s+){0,2}$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Apologies:
    """``acts`` are apologies as such; ``admissions`` say that the fault is ours."""

    acts: tuple[Span, ...]
    admissions: tuple[Span, ...]


def apologies(read: Plain) -> Apologies:
    """Of a text in which quoted lines are blanked. Two acts in one breath are two."""
    acts: list[Span] = []
    admissions: list[Span] = []
    for one in sentences(read.text):
        acts += [_span(read, one, match) for match in _ACT.finditer(one.text) if _is_act(match)]
        admissions += [
            _span(read, one, match)
            for match in _ADMISSION.finditer(one.text)
            if not _ASSUMED.search(_around(match)[0])
        ]
    return Apologies(tuple(acts), tuple(admissions))


def _is_act(match: re.Match[str]) -> bool:
    before, after = _around(match)
    if _NOT_OURS.search(before) and not re.match(r"\s+(?:\w+\s+)?enough\b", after):
        return False
    if _ASSUMED.search(before):
        return False
    if match[0].lower().startswith(("sorry", "regret")):
        return not (_FEELING.match(after) or _POLITE.match(after))
    return True


def _around(match: re.Match[str]) -> tuple[str, str]:
    """As much of the sentence as decides."""
    return (
        match.string[max(0, match.start() - _NEAR) : match.start()],
        match.string[match.end() : match.end() + _NEAR],
    )


def _span(read: Plain, one: Sentence, match: re.Match[str]) -> Span:
    return read.span(one.start + match.start(), one.start + match.end())
