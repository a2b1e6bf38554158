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
_RULE_END = r"[-_=*~>—– :]*+"
_QUOTED = re.compile(r" ?>(?!\s?:\s*$)")
_SUSPECT = re.compile(
    rf"\s*(?:{_RULE}{{2,}}+|(?:{phrases.OPENERS})\b|\*?[^\W\d_][\w .'’-]{{0,22}}\*?\s?[:：]|\d"
    rf"|begin|anfang|début|inicio|inizio|início|początek|vidarebe|start)|.*(?:[:：]\*?\s*$"
    rf"|\sthis line|diese|ligne"
    r"|línea|questa|linha|deze|linii)",
    re.I,
)
_ORIGINAL = re.compile(
    rf"{_RULE}{{2,}}+(?:{phrases.ORIGINAL}|{phrases.FORWARDED}){_RULE_END}"
    rf"|(?:{phrases.FORWARD_OPENINGS}){_RULE_END}|(?:{phrases.ORIGINAL}){_RULE}{{2,}}+",
    re.I,
)
_ABOVE = re.compile(phrases.ABOVE_THIS_LINE, re.I)
_HEADER = re.compile(r"[\s>|]*\*?\s*([^\W\d_][\w .'’-]{0,22}?)\s*\*?\s?[:：]\s*\*?\s*(\S?)")
_OPENER = re.compile(rf"[\s*]*(?:{phrases.OPENERS})\b", re.I)
_WROTE = re.compile(rf"\b(?:{phrases.WROTE})(?=[\s:：,*])", re.I)
_BARE_ATTRIBUTION = re.compile(
    r"\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.{1,200}<[^<>\s]+@[^<>\s]+>\s*(?:\w{0,12}[:：])?\s*"
    r"|\s*(?:quoting|zitat von|citando) .{2,200}[:：]\s*",
    re.I,
)
_DATED = re.compile(
    r"<?\S+@\S+\.\w|\d{1,2}[:.h]\d\d|\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\b(?:19|20)\d\d\b"
)
_ODD_PREFIX = re.compile(r"[^\w\s\"'“„«(\[<*•-]{1,3}(?=\s|\w)|--\]|=>|\) ")
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
    sure = own = False
    at = 0
    while at < count:
        line = lines[at]
        if line == QUOTE_BEGINS:
            return [*quoted[:at], *[True] * (count - at)], True
        if quoted[at] or _QUOTED.match(line):
            quoted[at] = not _escaped_from(lines, at)
            at += 1
            continue
        suspect = _SUSPECT.match(line[:_WIDTH])
        length, strong, mark = _marker(lines, at) if suspect else (0, False, False)
        if not length:
            own = own or bool(line.strip())
            at += 1
            continue
        follows = _next_text(lines, at + length)
        prefix = _quote_prefix(lines, follows, bool(own))
        if follows < count and prefix:
            quoted[at:follows] = [True] * (follows - at)
            at, sure = _past_prefixed(lines, quoted, follows, prefix), True
        elif strong and (own or not _quotes_below(lines, follows)):
            return [*quoted[:at], *[True] * (count - at)], sure or mark
        elif strong:
            quoted[at : at + length] = [True] * length
            at += length
        else:
            own = True
            at += length
    return quoted, sure


def _quote_prefix(lines: list[str], at: int, top_posted: bool) -> str:
    """What stands before quoted lines below an attribution: ">", or what the sender chose.

    Something other than ">" is believed only where no own text came before.
    """
    if at >= len(lines):
        return ""
    if _QUOTED.match(lines[at]):
        return ">"
    match = None if top_posted else _ODD_PREFIX.match(lines[at])
    return match[0] if match else ""


def _past_prefixed(lines: list[str], quoted: list[bool], at: int, prefix: str) -> int:
    """Marks the lines quoted by an odd prefix, wherever below they stand, and goes on there."""
    if prefix != ">":
        for number in range(at, len(lines)):
            quoted[number] = quoted[number] or lines[number].startswith(prefix)
    return at


def _quotes_below(lines: list[str], at: int) -> bool:
    return any(_QUOTED.match(line) for line in lines[at:])


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
    if _ORIGINAL.fullmatch(line.strip()):
        start = _next_text(lines, at + 1)
        block = _header_lines(lines, start)[0]
        return (start - at + block if block else 1), True, True
    start = at + 1 if _SEPARATOR.fullmatch(line) else at
    start = _next_text(lines, start) if start > at else start
    block = header_block(lines, start)
    if block:
        return start - at + block, True, False
    return _attribution(lines, at)


def header_block(lines: list[str], at: int) -> int:
    """Number of lines of a header block that begins at line ``at``; 0 where there is none.

    It names a sender and at least two of date, recipient and subject: a web form's "From" and
    "Subject" do not make one.
    """
    length, roles = _header_lines(lines, at)
    return length if "from" in roles and len(roles & {"date", "to", "subject"}) >= 2 else 0


def _header_lines(lines: list[str], at: int) -> tuple[int, set[str]]:
    """How many lines from ``at`` on are header fields, and which."""
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
    return end - at, roles


def _attribution(lines: list[str], at: int) -> tuple[int, bool, bool]:
    """An attribution ("On Monday, Jane wrote:") that begins at line ``at``, like ``_marker``.

    One that names neither date nor address, or lacks the usual opening, counts only right above
    quoted lines: customers tell who wrote what to them, too.
    """
    joined = ""
    for length in range(1, _WRAP + 1):
        number = at + length - 1
        if number >= len(lines) or not lines[number].strip() or _QUOTED.match(lines[number]):
            break
        joined = f"{joined} {lines[number][:_WIDTH].strip()}".strip()
        if joined[-1] not in ":：>*":
            continue
        wrote = _says_wrote(joined)
        if (wrote and _OPENER.match(joined)) or _BARE_ATTRIBUTION.fullmatch(joined):
            if length > 1 and _OPENER.match(lines[at + 1]) and _attribution(lines, at + 1)[0]:
                break  # it begins further down; this line is a sentence
            return length, _DATED.search(joined) is not None, False
        if _before_quote(lines, number + 1) and (wrote or _DATED.search(joined)):
            return length, False, False
    return 0, False, False


def _says_wrote(joined: str) -> bool:
    """Whether one of the verbs stands near the end, with at most a name and a colon after it."""
    end = joined.rstrip("* ")
    return end[-1:] in (":", "：") and any(
        len(end) - match.end() <= 150 for match in _WROTE.finditer(joined)
    )


def _before_quote(lines: list[str], at: int) -> bool:
    follows = _next_text(lines, at)
    return follows - at <= 1 and follows < len(lines) and bool(_QUOTED.match(lines[follows]))


def _next_text(lines: list[str], at: int) -> int:
    """The first line from ``at`` on that is not blank, within three; else ``at``."""
    for number in range(at, min(at + 4, len(lines))):
        if lines[number].strip():
            return number
    return at
