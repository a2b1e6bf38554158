"""One stage of gradient descent, for any network and loss; repeatable for a seed."""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.batches import Batch, batches
from training.config import Stage
from training.network import SignalNetwork, rate_groups

Loss = Callable[[Batch, Tensor, Tensor], Tensor]
EncodeEpoch = Callable[[random.Random], Sequence[list[int]]]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a stage cost: optimiser steps, seconds, the mean loss of each epoch."""

    steps: int
    seconds: float
    losses: list[float]


def fix_seed(seed: int, threads: int) -> None:
    """Everything random from one number; ``threads`` is part of the result's identity."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(threads)


def fit(
    network: SignalNetwork,
    encode_epoch: EncodeEpoch,
    loss_of: Loss,
    stage: Stage,
    *,
    seed: int,
    name: str,
) -> Fitted:
    """Train in place for ``stage.epochs``; the weights end as the mean over the last share
    ``stage.average_last`` of the steps (stochastic weight averaging, Izmailov et al. 2018).
    ``name`` stands before what is printed of an epoch."""
    chance = random.Random(seed)
    groups = rate_groups(network, stage)
    optimiser = torch.optim.AdamW(groups, weight_decay=stage.weight_decay, fused=True)
    per_epoch = len(list(batches(encode_epoch(random.Random(seed)), stage.batch_tokens)))
    total = max(1, round(per_epoch * stage.epochs))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: _rate(s, total, stage))
    average = Average(network)
    started, step, losses = time.monotonic(), 0, []
    network.train()
    while step < total:
        seen = []
        for batch in batches(encode_epoch(chance), stage.batch_tokens, chance):
            seen.append(_step(network, batch, loss_of, optimiser))
            schedule.step()
            step += 1
            if step > total * (1 - stage.average_last):
                average.add()
            if step >= total:
                break
        losses.append(sum(seen) / len(seen))
        print(
            f"{name}: step {step}/{total} loss {losses[-1]:.4f} {time.monotonic() - started:.0f}s",
            flush=True,
        )
    average.put()
    network.eval()
    return Fitted(step, time.monotonic() - started, losses)


def _step(
    network: SignalNetwork, batch: Batch, loss_of: Loss, optimiser: torch.optim.Optimizer
) -> float:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        signals, emotions = network(batch.ids, batch.mask)
    loss = loss_of(batch, signals.float(), emotions.float())
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return float(loss.detach())


def _rate(step: int, total: int, stage: Stage) -> float:
    """Linear warm-up, then a cosine down to a tenth, so that averaged steps still move."""
    warm = max(1.0, stage.warm_up * total)
    if step < warm:
        return step / warm
    return 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1.0, total - warm)))


class Average:
    """The running mean of a network's trained weights."""

    def __init__(self, network: SignalNetwork) -> None:
        self._live = [p for p in network.parameters() if p.requires_grad]
        self._mean = [torch.zeros_like(p) for p in self._live]
        self._count = 0

    def add(self) -> None:
        self._count += 1
        with torch.no_grad():
            for mean, live in zip(self._mean, self._live, strict=True):
                mean.add_((live - mean) / self._count)

    def put(self) -> None:
        """Make the mean the network's weights; nothing happens where nothing was added."""
        with torch.no_grad():
            for mean, live in zip(self._mean, self._live, strict=True):
                if self._count:
                    live.copy_(mean)
