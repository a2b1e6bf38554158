"""The first stage: what emotion is, learnt on short comments (GoEmotions).

The weights are the mean of several trainings that differ by their order of rows alone (a model
soup, Wortsman et al. 2022): one network, better than each.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from training import sources
from training.base import fetch
from training.batches import Batch, encode, tokenizer
from training.config import Config
from training.entry import run
from training.examples import Example
from training.fit import fit, fix_seed
from training.network import EMOTIONS, build
from training.processes import side_by_side
from training.weights import mean_of, save

ANGER_GROUP = (2, 3, 10)
"""GoEmotions' anger, annoyance and disapproval: Ekman's anger in the paper's grouping."""
GROUP_WEIGHT = 4.0
"""How much more the anger group counts than each of the 28 labels: it is what is asked for."""
SCALE = 7.0


def targets(rows: Sequence[Example]) -> Tensor:
    """(rows, 29) of 0 and 1: the 28 labels and, last, whether any is of the anger group."""
    made = torch.zeros(len(rows), EMOTIONS + 1)
    for place, row in enumerate(rows):
        for label in row.emotions or ():
            made[place, label] = 1.0
            if label in ANGER_GROUP:
                made[place, EMOTIONS] = 1.0
    return made


def train_emotions(config: Config) -> Path:
    """The stage's weights; kept and reused while its settings stay the same."""
    target = config.runs / f"emotions-{_mark(config)}.pt"
    if not target.exists():
        parts = side_by_side(train_member, config, range(config.emotions.members))
        save(mean_of(parts), target, {"mean of": [path.name for path in parts]})
    return target


def train_member(config: Config, place: int) -> Path:
    """One training of the stage; all begin alike and differ by the order of rows."""
    target = config.runs / f"emotions-{_mark(config)}-{place}.pt"
    if target.exists():
        return target
    fix_seed(config.seed, config.threads)
    base, stage = fetch(config), config.emotions
    rows = sources.emotions(config.shared, "train")
    encoded = encode([row.text for row in rows], tokenizer(base), stage.longest)
    wanted = targets(rows)
    weights = torch.ones(EMOTIONS + 1)
    weights[EMOTIONS] = GROUP_WEIGHT
    weights /= weights.mean()
    network = build(base)

    def loss(batch: Batch, _signals: Tensor, emotions: Tensor) -> Tensor:
        return bce(emotions, wanted[batch.rows], weights.expand(emotions.shape)) * SCALE

    fitted = fit(
        network, lambda _: encoded, loss, stage, seed=config.seed + place, name=target.stem
    )
    save(network.state_dict(), target, {"steps": fitted.steps, "seconds": fitted.seconds})
    return target


def _mark(config: Config) -> str:
    return sources.digest(f"{config.emotions}{config.seed}{GROUP_WEIGHT}")[:8]


if __name__ == "__main__":
    run(train_emotions)
