"""The exact text that is scored, the same in training and in serving, and its sentences."""

import re
import unicodedata

LONGEST = 30_000
"""Characters read of one text; more says nothing new about a mood and costs without end."""

_REPLY = re.compile(r"^\s*((re|aw|sv|antw|fw|fwd|wg|tr|rv|rif|odp)\s*(\[\d+\])?\s*:\s*)+", re.I)
_RUN = re.compile(r"(\S)\1{3,}")
_LONG_WORD = re.compile(r"(\S{48})\S+")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.I)
_BLANK = re.compile(r"[^\S\n]+")
_END = re.compile(r"(?:[.!?\u2026]+[\"'\u201d\u2019)\]]*(?=\s)|\n+|$)")
_SHORTEST_SENTENCE = 2


def mail_text(subject: str, text: str) -> str:
    """The text scored for a mail: the subject without reply marks, then what was written.

    The subject is the customer's own text; ``Re:`` and its kin say nothing about a mood.
    """
    subject = " ".join(_REPLY.sub("", subject[:LONGEST]).split())
    return f"{subject}\n\n{text.strip()}".strip()


def normalise(text: str) -> str:
    """``text`` as the tokenizer gets it: one spelling for letters, emoji by their names,
    links as a word, runs and endless words cut. Never fails; may be empty."""
    text = unicodedata.normalize("NFKC", text[:LONGEST].encode("utf-8", "ignore").decode("utf-8"))
    text = _LINK.sub(" link ", text)
    text = "".join(map(_readable, text))
    return _BLANK.sub(" ", _LONG_WORD.sub(r"\1", _RUN.sub(r"\1\1\1", text))).strip()


def _readable(char: str) -> str:
    if (char.isprintable() and char.isascii()) or char.isalpha() or char.isspace():
        return char
    kind = unicodedata.category(char)
    if kind in {"Cf", "Cc", "Mn", "Sk"}:
        return ""
    if kind == "So" and ord(char) >= 0x2600:
        return f" {unicodedata.name(char, 'symbol').lower()} "
    return char


def sentences(text: str) -> list[tuple[int, int]]:
    """Character spans of the sentences of ``text``, in order; a new line ends one too."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        piece = text[start : match.end()]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if right - left >= _SHORTEST_SENTENCE:
            spans.append((left, right))
        start = match.end()
    return spans
