"""Blame laid on somebody of the house (P18)."""

import re
from collections.abc import Iterator, Sequence

from triage.drafts.plain import Plain, Span, plain, sentences
from triage.duty import Person

_SHORTEST_NAME = 3
_PARTICLES = frozenset({"van", "von", "der", "den", "del", "della", "dos", "mac", "ibn", "bin"})
_ROLES = (
    r"(?:my|our|a|an|one of our|one of my|the)\s+(?:\w+\s+)?"
    r"(?:colleagues?|co-?workers?|supervisor|manager|technician|engineer|drivers?|agents?|reps?"
    r"|representatives?|operator|clerk|trainee|intern|warehouse|accounting|billing|shipping|sales"
    r"|department|staff|employees?|team)(?:\s+(?:team|department|people))?"
)
_BETWEEN = (
    r"(?:(?:has|have|had|was|were|is|are|did|does|simply|again|once|just|really|who|that|also"
    r"|clearly|apparently|obviously|unfortunately|sadly|completely)\s+|,\s+){0,3}"
)
_WRONG_DEED = (
    r"(?:forg[eo]t(?:ten)?|fail(?:ed|s)?|ignor(?:ed|es)|overlook(?:ed|s)|neglect(?:ed|s)"
    r"|mishandled|misread|misinformed|misled|misunderstood|mess(?:ed)? up|screw(?:ed)? up"
    r"|botched|lost|broke|missed|slept|lied|made (?:\w+ ){0,3}(?:mistakes?|errors?|blunder)"
    r"|(?:told|gave|sent|promised|charged|booked|entered) (?:\w+ ){0,4}"
    r"(?:wrong|false|incorrect\w*|nonsense))"
)
_WRONG_STATE = (
    r"(?:(?:the )?wrong|to blame|at fault|responsible for (?:this|the|your)|careless|negligent"
    r"|incompetent|lazy|rude|unprofessional|inexperienced|new here)"
)
_DID = rf"{_BETWEEN}(?:{_WRONG_DEED}|{_WRONG_STATE})\b"
_DID_NOT = r"(?:did|has|had|was|does|is|were|have)(?:n't| not)\b|should(?:n't| not)? have\b|never\b"
_OF = (
    r"(?:fault|mistakes?|errors?|blunders?|oversight|carelessness|negligence|failure|blame|blamed?)\s+"
    r"(?:\w+\s+){0,2}?(?:of|by|with|on|from|to|is|was|lies with|for)?\s*"
)
_BECAUSE = r"(?:because of|due to|thanks to|blame|blaming|caused by|down to)\s+"
_POSSESSED = (
    r"(?:'s|s')\s+(?:\w+\s+)?"
    r"(?:fault|mistakes?|errors?|blunders?|oversight|carelessness|negligence|failure|incompetence)"
)


def blamed(read: Plain, people: Sequence[Person]) -> Iterator[Span]:
    """Sentences' parts that lay something at the door of a named person or a part of the house."""
    patterns = [re.compile(_laid(_ROLES), re.I)]
    names = _names(people)
    if names:
        patterns.append(re.compile(_laid(rf"(?-i:\b(?:{names})\b)"), re.I))
    for one in sentences(read.text):
        for pattern in patterns:
            for match in pattern.finditer(one.text):
                yield read.span(one.start + match.start(), one.start + match.end())


def _laid(who: str) -> str:
    after = r"(?:\s*,[^.,!?]{0,40},)?(?:\s+and\s+\w+)?\s*,?\s*"
    return (
        rf"{who}{after}(?:\b{_DID}|\b(?:{_DID_NOT})|\b(?:is|was|are|were)\s+{_OF})"
        rf"|{who}{_POSSESSED}|\b{_OF}{who}|\b{_BECAUSE}{who}"
    )


def _names(people: Sequence[Person]) -> str:
    """Whole names and their parts as they are written; in small letters a name is a word."""
    found: set[str] = set()
    for person in people:
        whole = plain(person.name).text.strip()
        parts = [one for one in re.split(r"[\s.]+", whole) if len(one) >= _SHORTEST_NAME]
        for one in {whole, *(part for part in parts if part.lower() not in _PARTICLES)}:
            found |= {one, one.upper()} if len(one) >= _SHORTEST_NAME else set()
    longest_first = sorted(found, key=lambda one: (-len(one), one))
    return "|".join(map(re.escape, longest_first))
