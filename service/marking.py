"""The text that was scored, cut into pieces so that the deciding sentences can be marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from service.plain import plain
from triage.classifier import mail_text

SHOWN = 20_000
"""Characters of one text on a page; the original mail has the rest."""
FARTHEST = 64_000
"""Shown at most, when a deciding sentence stands beyond ``SHOWN``."""

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; ``signals`` is empty where nothing in it decided anything."""

    text: str
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """``unplaced`` are deciding sentences not found in what is shown; ``left_out`` counts the
    characters of the body that are not shown."""

    subject: tuple[Piece, ...]
    body: tuple[Piece, ...]
    unplaced: tuple[Piece, ...]
    left_out: int


def mark(subject: str, text: str, evidence: Iterable[Mapping[str, Any]]) -> Marked:
    """Mark ``evidence`` (records of ``types.Evidence``) in a mail's subject and own text.

    Offsets count into ``mail_text(subject, text)``. A sentence that does not stand where its
    offsets say is looked for, and else listed apart: what decided is always shown.
    """
    read = mail_text(subject, text)
    spans, unplaced = _placed(read, list(evidence))
    body_from = _body_start(read, text)
    shown_to = min(len(read), max(body_from + SHOWN, *(end for _, end, _ in spans), 0))
    head = _pieces(read, spans, 0, body_from)
    body = _pieces(read, spans, body_from, shown_to)
    marked_head = any(piece.signals for piece in head)
    return Marked(
        subject=head if marked_head else (Piece(plain(subject)),),
        body=body,
        unplaced=unplaced,
        left_out=len(read) - shown_to,
    )


def _body_start(read: str, text: str) -> int:
    """Where the mail's own text begins in what was read, after the subject."""
    body = text.strip()
    return len(read) - len(body) if read.endswith(body) else 0


def _placed(
    read: str, evidence: Sequence[Mapping[str, Any]]
) -> tuple[list[Span], tuple[Piece, ...]]:
    spans: list[Span] = []
    unplaced: dict[str, tuple[str, ...]] = {}
    for item in evidence:
        said, signal = str(item.get("text", "")), str(item.get("signal", ""))
        start = _place(read, said, item.get("start"))
        if start is not None and start + len(said) <= FARTHEST:
            spans.append((start, start + len(said), signal))
        elif said.strip():
            unplaced[said] = (*unplaced.get(said, ()), signal)
    return spans, tuple(
        Piece(plain(said[:SHOWN]), tuple(dict.fromkeys(why))) for said, why in unplaced.items()
    )


def _place(read: str, said: str, start: object) -> int | None:
    if not said.strip():
        return None
    if isinstance(start, int) and start >= 0 and read.startswith(said, start):
        return start
    found = read.find(said)
    return found if found >= 0 else None


def _pieces(read: str, spans: Sequence[Span], start: int, end: int) -> tuple[Piece, ...]:
    """``read[start:end]`` cut at every span's ends, each piece with the signals of its spans."""
    cuts = {start, end} | {cut for span in spans for cut in span[:2] if start < cut < end}
    edges = sorted(cuts)
    pieces: list[Piece] = []
    for left, right in pairwise(edges):
        covering = (signal for s, e, signal in spans if s <= left and right <= e)
        piece = Piece(plain(read[left:right]), tuple(dict.fromkeys(covering)))
        if pieces and pieces[-1].signals == piece.signals:
            piece = Piece(pieces.pop().text + piece.text, piece.signals)
        pieces.append(piece)
    return _trimmed(pieces)


def _trimmed(pieces: list[Piece]) -> tuple[Piece, ...]:
    if pieces:
        pieces[-1] = Piece(pieces[-1].text.rstrip(), pieces[-1].signals)
    return tuple(piece for piece in pieces if piece.text)
