"""What the sender wrote in this mail, apart from the mails that it answers or forwards.

One pass over the lines, each looked at a bounded number of times, so that hostile text costs no
more than any other. Where the signs are weak the lines stay the sender's: reading a quoted line
as the customer's is a lesser harm than losing what the customer wrote.
"""

import re
from dataclasses import dataclass

from triage.mail import phrases
from triage.mail.html import QUOTE_BEGINS

_WIDTH = 250
"""Characters of a line that are looked at."""
_WRAP = 4
"""Lines over which an attribution may be wrapped."""

_RULE = r"[-_=*~>—– ]"
_QUOTED = re.compile(r" ?>")
_SUSPECT = re.compile(
    rf"\s*(?:{_RULE}{{2,}}|(?:{phrases.OPENERS})\b|\*?[^\W\d_][\w .'’-]{{0,22}}\*?\s?[:：]|\d"
    rf"|begin|anfang|début|inicio|inizio|início|początek|vidarebe|start)|.*(?:[:：]\*?\s*$|\sthis line|diese|ligne"
    r"|línea|questa|linha|deze|linii)",
    re.I,
)
_ORIGINAL = re.compile(
    rf"\s*(?:{_RULE}{{2,}}\s*(?:{phrases.ORIGINAL}|{phrases.FORWARDED})\s*:?\s*{_RULE}*"
    rf"|(?:{phrases.FORWARD_OPENINGS})\s*:?|(?:{phrases.ORIGINAL})\s*{_RULE}{{2,}})\s*",
    re.I,
)
_FORWARD = re.compile(rf"{phrases.FORWARDED}|{phrases.FORWARD_OPENINGS}", re.I)
_ABOVE = re.compile(phrases.ABOVE_THIS_LINE, re.I)
_HEADER = re.compile(r"[\s>|]*\*?\s*([^\W\d_][\w .'’-]{0,22}?)\s*\*?\s?[:：]\s*\*?\s*(\S?)")
_ATTRIBUTION = re.compile(
    rf"\s*(?:{phrases.OPENERS})\b.{{4,300}}?\b(?:{phrases.WROTE})(?=[\s:：,]).{{0,150}}[:：]\s*"
    rf"|\s*\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}.{{1,200}}<[^<>\s]+@[^<>\s]+>\s*(?:[:：]|\w+[:：])?\s*"
    rf"|\s*(?:quoting|zitat von|citando) .{{2,200}}[:：]\s*",
    re.I,
)
_NAMED = re.compile(rf".{{2,200}}\b(?:{phrases.WROTE})(?=[\s:：,]).{{0,150}}[:：]\s*", re.I)
_DATED = re.compile(
    r"<?\S+@\S+\.\w|\d{1,2}[:.h]\d\d|\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\b(?:19|20)\d\d\b"
)
_SEPARATOR = re.compile(r"\s*[-_=*]{5,}\s*")
_ANSWER = re.compile(
    rf"\s*(?:\[[^\]]{{0,40}}\]\s*)?(?:{phrases.ANSWER_PREFIXES})\s?(?:\[\d+\])?[:：]", re.I
)


@dataclass(frozen=True, slots=True)
class Split:
    """Line blocks of the sender's own, and the rest, each in the mail's order."""

    own: tuple[str, ...]
    quoted: str


def is_answer(subject: str) -> bool:
    """Whether a subject begins as an answer's or a forward's does ("Re:", "WG:", "PD:")."""
    return _ANSWER.match(subject[:80]) is not None


def split(text: str, answer: bool) -> Split:
    """Parts the sender's own lines from those of other mails.

    ``answer`` says that the mail answers or forwards another. Where it does not, and nothing
    would be left as the sender's own, everything is taken for the sender's.
    """
    lines = text.split("\n")
    quoted, sure = _quoted_lines(lines)
    own = _blocks(lines, quoted)
    rest = "\n".join(line for line, away in zip(lines, quoted, strict=True) if away)
    rest = rest.replace(QUOTE_BEGINS, "").strip("\n")
    if not own and rest and not (answer or sure):
        bare = "\n".join(re.sub(r"^ ?(?:> ?)+", "", line) for line in rest.split("\n"))
        return Split((bare.strip("\n"),), "")
    return Split(own, rest)


def _blocks(lines: list[str], quoted: list[bool]) -> tuple[str, ...]:
    blocks: list[list[str]] = [[]]
    for line, away in zip(lines, quoted, strict=True):
        if not away:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    joined = ("\n".join(block).strip("\n") for block in blocks)
    return tuple(block for block in joined if block.strip())


def _quoted_lines(lines: list[str]) -> tuple[list[bool], bool]:
    """For each line whether it belongs to another mail; and whether a programme's mark said so."""
    count = len(lines)
    quoted = [False] * count
    sure = False
    at = 0
    while at < count:
        line = lines[at]
        if line == QUOTE_BEGINS:
            return [*quoted[:at], *[True] * (count - at)], True
        if _QUOTED.match(line):
            quoted[at] = not _escaped_from(lines, at)
            at += 1
            continue
        suspect = _SUSPECT.match(line[:_WIDTH])
        length, strong, mark = _marker(lines, at) if suspect else (0, False, False)
        if not length:
            at += 1
            continue
        follows = _next_text(lines, at + length)
        if follows < count and _QUOTED.match(lines[follows]):
            quoted[at:follows] = [True] * (follows - at)
            at, sure = follows, True
        elif strong:
            return [*quoted[:at], *[True] * (count - at)], sure or mark
        else:
            at += length
    return quoted, sure


def _escaped_from(lines: list[str], at: int) -> bool:
    """Whether the line is the sender's own, its "From " escaped by an mbox on the way."""
    alone = not any(
        _QUOTED.match(lines[near]) for near in (at - 1, at + 1) if 0 <= near < len(lines)
    )
    return alone and lines[at].startswith(">From ")


def _marker(lines: list[str], at: int) -> tuple[int, bool, bool]:
    """What begins another mail at line ``at``: its number of lines, whether it is enough to
    take all that follows for quoted, and whether it is a mark that only programmes write."""
    line = lines[at][:_WIDTH]
    if _ABOVE.search(line):
        return 1, any(one.strip() for one in lines[max(0, at - 50) : at]), False
    if _ORIGINAL.fullmatch(line):
        block = _header_block(lines, _next_text(lines, at + 1))
        return 1 + block, True, True
    start = at + 1 if _SEPARATOR.fullmatch(line) else at
    start = _next_text(lines, start) if start > at else start
    block = _header_block(lines, start)
    if block:
        return start - at + block, True, False
    return _attribution(lines, at)


def _header_block(lines: list[str], at: int) -> int:
    """Number of lines of a header block that begins at line ``at``; 0 where there is none.

    It names a sender and at least two of date, recipient and subject: a web form's "From" and
    "Subject" do not make one.
    """
    roles: set[str] = set()
    end = at
    for number in range(at, min(at + 12, len(lines))):
        line = lines[number][:_WIDTH]
        match = _HEADER.match(line)
        role = phrases.HEADER_ROLES.get(match[1].lower()) if match else None
        if role:
            roles.add(role)
            end = number + 1
        elif number == at or number - end >= 2 or (not line.strip() and len(roles) >= 4):
            break
    wanted = roles & {"date", "to", "subject"}
    return end - at if "from" in roles and len(wanted) >= 2 else 0


def _attribution(lines: list[str], at: int) -> tuple[int, bool, bool]:
    joined = ""
    for length in range(1, _WRAP + 1):
        number = at + length - 1
        if number >= len(lines) or not lines[number].strip() or _QUOTED.match(lines[number]):
            break
        joined = f"{joined} {lines[number][:_WIDTH].strip()}".strip()
        if joined[-1] not in ":：>*":
            continue
        if _ATTRIBUTION.fullmatch(joined.strip("*")):
            if length > 1 and _attribution(lines, at + 1)[0]:
                return 0, False, False  # it begins further down; this line is a sentence
            return length, _DATED.search(joined) is not None, False
        before_quote = _before_quote(lines, number + 1)
        if before_quote and (_NAMED.fullmatch(joined) or _DATED.search(joined)):
            return length, False, False
    return 0, False, False


def _before_quote(lines: list[str], at: int) -> bool:
    follows = _next_text(lines, at)
    return follows - at <= 1 and follows < len(lines) and bool(_QUOTED.match(lines[follows]))


def _next_text(lines: list[str], at: int) -> int:
    """The first line from ``at`` on that is not blank, within three; else ``at``."""
    for number in range(at, min(at + 4, len(lines))):
        if lines[number].strip():
            return number
    return at
