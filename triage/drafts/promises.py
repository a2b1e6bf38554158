"""Promises in a draft, and whether they say by when (P13)."""

import re
from collections.abc import Iterator

from triage.drafts.plain import Plain, Span, sentences

_WILL = (
    r"(?:\bwill\b|'ll\b|\bshall\b|\bgoing to\b|\bpromise(?: you)?(?: to| that)?\b|\bguarantee\b)"
)
_DONE = (
    r"(?:sent|refunded|called|repaired|fixed|replaced|delivered|contacted|credited|paid|informed"
    r"|resolved|solved|settled|corrected|reimbursed|told|shipped|processed)"
)
_OURS = (
    r"(?:send|refund|call|ring|phone|contact|write|reply|answer|respond|get back|come back"
    r"|let you know|tell you|inform|update|report|repair|fix|replace|exchange|deliver|ship|pay"
    r"|credit|return|look into|check|investigate|find out|resolve|solve|settle|arrange|make sure"
    r"|put (?:it|this|that|things|everything) right|see to|take care|ensure|follow up|reach out"
    r"|process|correct|reimburse|compensate|waive|visit|speak (?:to|with)|talk to|keep you"
    r"|have (?:\w+ ){1,3}(?:back|ready|done)|be (?:in touch|back|with you|done|ready|there)"
    rf"|be (?:\w+ )?{_DONE})"
)
_YOURS = r"(?:hear|receive|get|have (?:\w+ ){1,3}(?:back|ready)|be \w+ed|be (?:sent|paid|told))"
_PROMISE = re.compile(
    rf"(?<!\byou ){_WILL}(?! not\b)(?:\s+\w+){{0,4}}?\s+{_OURS}\b"
    rf"|\byou(?: {_WILL}|{_WILL})(?! not\b)(?:\s+\w+){{0,3}}?\s+{_YOURS}\b",
    re.I,
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_COUNT = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|ten|twelve|fourteen|thirty)"
_DATE = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTH}(?!\w)|\b{_MONTH}\s+\d{{1,2}}\b"
    r"|\b(?:today|tonight|tomorrow|noon|midnight)\b|\bthis (?:morning|afternoon|evening)\b"
    r"|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?\b|\b\d{1,2}:\d\d\b"
    r"|\b\d{1,2}\s?(?:am|pm|a\.m|p\.m|o'clock)\b"
    rf"|\b(?:within|in|after|every)\s+(?:the next\s+|at most\s+)?{_COUNT}\s+(?:\w+\s+)?"
    r"(?:minutes?|hours?|days?|weeks?)\b"
    r"|\b(?:this|next) (?:week|month)\b|\bend of (?:the |this |next )?(?:day|week|month)\b",
    re.I,
)
_GAP = re.compile(r"\[[^\[\]]{1,120}\]")
_REFUSAL = re.compile(r"\bnot\b|n't\b|\bnever\b", re.I)


def undated(read: Plain) -> Iterator[Span]:
    """Promises with no date in their sentence nor in the next one of the paragraph. "Soon" is
    none; a gap still to be filled in is another fault."""
    found = list(sentences(read.text))
    for place, one in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else one
        near = following.text if following.paragraph == one.paragraph else ""
        if one.text.rstrip().endswith("?") or _says_when(f"{one.text} {near}"):
            continue
        for match in _PROMISE.finditer(one.text):
            if not _REFUSAL.search(match[0]):
                yield read.span(one.start + match.start(), one.start + match.end())


def _says_when(text: str) -> bool:
    return bool(_DATE.search(text) or _GAP.search(text))
