"""Weights on disk: written whole or not at all, read back, averaged."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from training.network import SignalNetwork, build

Weights = Mapping[str, Tensor]


def save(weights: Weights, target: Path, facts: Mapping[str, object]) -> None:
    """Write ``weights``, and ``facts`` beside them."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(".part")
    torch.save(dict(weights), half)
    target.with_suffix(".json").write_text(json.dumps(facts, indent=1, default=str), "utf-8")
    half.replace(target)


def restore(base: Path, weights: Path) -> SignalNetwork:
    """The network with the weights of an earlier stage, ready to infer."""
    network = build(base)
    network.load_state_dict(torch.load(weights, weights_only=True))
    return network.eval()


def mean_of(parts: Sequence[Path]) -> Weights:
    """The mean of the weights in ``parts``, which must be of one shape."""
    kept = [torch.load(path, weights_only=True) for path in parts]
    return {name: torch.stack([part[name] for part in kept]).mean(0) for name in kept[0]}
