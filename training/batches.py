"""Texts to padded batches of about the same length, in an order that a seed fixes."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from triage.classifier.text import normalise


@dataclass(frozen=True, slots=True)
class Batch:
    """``rows`` are indexes into the texts; ``ids`` and ``mask`` are (rows, tokens)."""

    rows: list[int]
    ids: Tensor
    mask: Tensor


def tokenizer(folder: Path) -> Tokenizer:
    """The base model's tokenizer without its own cutting and padding."""
    made = Tokenizer.from_file(str(folder / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made


def encode(texts: Sequence[str], tokens: Tokenizer, longest: int) -> list[list[int]]:
    """Token ids of each text, cut to ``longest`` with its end mark kept."""
    found = tokens.encode_batch([normalise(text) for text in texts])
    return [
        ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]]
        for ids in (encoding.ids for encoding in found)
    ]


def batches(
    encoded: Sequence[list[int]], most_tokens: int, shuffle: random.Random | None = None
) -> Iterator[Batch]:
    """Rows of like length together, at most ``most_tokens`` padded tokens a batch.

    With ``shuffle`` lengths are jittered and the batches come in random order.
    """
    spread = (lambda n: n * shuffle.uniform(0.8, 1.2)) if shuffle else float
    order = sorted(range(len(encoded)), key=lambda row: spread(len(encoded[row])))
    groups: list[list[int]] = [[]]
    longest = 0
    for row in order:
        longest = max(longest, len(encoded[row]))
        if groups[-1] and longest * (len(groups[-1]) + 1) > most_tokens:
            groups.append([])
            longest = len(encoded[row])
        groups[-1].append(row)
    if shuffle:
        shuffle.shuffle(groups)
    for group in groups:
        if group:
            yield _pad(group, encoded)


def _pad(rows: list[int], encoded: Sequence[list[int]]) -> Batch:
    length = max(len(encoded[row]) for row in rows)
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    mask = torch.zeros(len(rows), length, dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, : len(encoded[row])] = torch.tensor(encoded[row])
        mask[place, : len(encoded[row])] = 1
    return Batch(rows, ids, mask)
