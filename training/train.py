"""Train: examples in, weights out. Emotions first, then the desk's signals."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from training.augment import changed, padded
from training.base import fetch
from training.batches import Batch, batches, encode, tokenizer
from training.config import Config, Stage
from training.data import checksum, table
from training.emotions import train_emotions
from training.entry import run
from training.examples import Example
from training.fit import Fitted, Loss, fit, fix_seed
from training.network import EMOTIONS, SignalNetwork, build
from training.processes import side_by_side
from training.weights import mean_of, restore, save
from triage.classifier.classifier import strongest
from triage.classifier.windows import Reader
from triage.types import SIGNALS

CALM = ("banking77", "bitext", "spamassassin", "lists", "enron")
SIGNAL_SCALE = 3.0
FINAL = "final"
MATTERS = ("seed", "threads", "emotions", "signals")
"""Settings that, with the data, decide what a network becomes."""


def train_signals(config: Config, rows: Sequence[Example], target: Path, place: int = 0) -> Path:
    """The second stage on ``rows``, from the emotion weights or the bare base model.

    Gives ``target``, the path of the weights; settings and facts lie beside them. ``place`` is
    which of several trainings it is: all begin alike and differ by order and changes of rows. One
    that is already there, of the same settings and data, is kept.
    """
    if _done(config, rows, target):
        return target
    fix_seed(config.seed, config.threads)
    base, stage = fetch(config), config.signals
    first = train_emotions(config) if config.emotions.epochs > 0 else None
    network = restore(base, first) if first else build(base)
    tokens = tokenizer(base)
    calm = [row for row in rows if row.source in CALM and not any(row.values)]

    def texts(chance: random.Random) -> list[list[int]]:
        made = [padded(row, calm, chance, stage.augment) for row in rows]
        return encode(
            [changed(text, chance, stage.augment) for text in made], tokens, stage.longest
        )

    print(f"{target.stem}: {len(rows)} rows", flush=True)
    loss = signal_loss(rows, stage)
    fitted = fit(network, texts, loss, stage, seed=config.seed + place, name=target.stem)
    save(network.state_dict(), target, facts(config, rows, fitted))
    return target


def signal_loss(rows: Sequence[Example], stage: Stage) -> Loss:
    """Cross-entropy of each signal, weighed by trust and, in part, by how rare the signal is."""
    values = torch.tensor([row.values for row in rows])
    weights = torch.tensor([row.weights for row in rows])
    marked = (values * weights).sum(0).clamp(min=1.0)
    other = ((1 - values) * weights).sum(0).clamp(min=1.0)
    lift = ((other / marked) ** stage.balance).clamp(1.0, 8.0)

    def loss(batch: Batch, signals: Tensor, _emotions: Tensor) -> Tensor:
        weight = weights[batch.rows]
        each = bce(signals, values[batch.rows], weight=weight, pos_weight=lift, reduction="none")
        return each.sum() / weight.sum().clamp(min=1.0) * SIGNAL_SCALE

    return loss


def facts(config: Config, rows: Sequence[Example], fitted: Fitted) -> dict[str, object]:
    """What is saved beside weights: settings, data checksum, what the stage cost."""
    return {
        "config": config.as_dict(),
        "data_sha256": checksum(rows),
        "rows": len(rows),
        "steps": fitted.steps,
        "seconds": round(fitted.seconds),
        "losses": fitted.losses,
        "torch": torch.__version__,
    }


def predict(
    network: SignalNetwork, encoded: Sequence[list[int]], batch_tokens: int = 8192
) -> tuple[np.ndarray, np.ndarray]:
    """Signal (rows, 11) and emotion (rows, 29) logits, full precision."""
    signals = np.zeros((len(encoded), network.overall.out_features), np.float32)
    emotions = np.zeros((len(encoded), EMOTIONS + 1), np.float32)
    with torch.inference_mode():
        for batch in batches(encoded, batch_tokens):
            one, other = network(batch.ids, batch.mask)
            signals[batch.rows], emotions[batch.rows] = one.numpy(), other.numpy()
    return signals, emotions


def predict_windows(network: SignalNetwork, reader: Reader, texts: Sequence[str]) -> np.ndarray:
    """Signal logits (texts, 11), long texts read in windows, as they are served."""
    cut = reader.windows(texts)
    logits, _ = predict(network, [list(window.ids) for windows in cut for window in windows])
    ends = np.cumsum([len(windows) for windows in cut])[:-1]
    return np.stack([strongest(part) for part in np.split(logits, ends)])


def predict_unseen(config: Config, rows: Sequence[Example], folds: Sequence[int]) -> Path:
    """Logits of every row from a network that was not trained on it: rows of a fold from that
    fold's network, rows held back from the final one. Gives ``<run>/predictions.npz``."""
    base = fetch(config)
    reader = Reader(base / "tokenizer.json", config.signals.longest)
    logits = np.zeros((len(rows), len(SIGNALS)), np.float32)
    known = np.zeros(len(rows), bool)
    for fold in [*folds, -1]:
        mine = [at for at, row in enumerate(rows) if row.fold == fold]
        network = restore(base, config.run / f"{_name(fold)}.pt")
        logits[mine] = predict_windows(network, reader, [rows[at].text for at in mine])
        known[mine] = True
    target = config.run / "predictions.npz"
    ids = np.array([row.id for row in rows])
    np.savez_compressed(target, ids=ids[known], logits=logits[known])
    return target


def main(config: Config) -> Path:
    """Train the networks without each fold that is left out, and the final one on all that is not
    held back; each is the mean of its members' weights.

    Takes the table; gives ``<run>/predictions.npz`` beside ``fold*.pt`` and ``final.pt``.
    Trainings that are already there, of the same settings and data, are kept.
    """
    rows = table(config)
    if config.emotions.epochs > 0:
        train_emotions(config)
    folds, places = [*config.left_out, -1], range(len(config.members))
    parts = side_by_side(train_member, config, list(product(folds, places)))
    for at, fold in enumerate(folds):
        mine = parts[at * len(places) : (at + 1) * len(places)]
        mean = {"config": config.as_dict(), "mean of": [path.name for path in mine]}
        save(mean_of(mine), config.run / f"{_name(fold)}.pt", mean)
    return predict_unseen(config, rows, config.left_out)


def train_member(config: Config, which: tuple[int, int]) -> Path:
    """One training: the fold it must not see (-1 for none), and which of the members it is."""
    fold, place = which
    member = config.members[place]
    left_out = (*config.sources_left_out, *member.without)
    mine = replace(
        config,
        sources_left_out=left_out,
        signals=replace(config.signals, epochs=member.epochs),
    )
    rows = [row for row in table(mine) if not row.held and row.fold != fold]
    return train_signals(mine, rows, config.run / f"{_name(fold)}-{place}.pt", place)


def _name(fold: int) -> str:
    return f"fold{fold}" if fold >= 0 else FINAL


def _done(config: Config, rows: Sequence[Example], weights: Path) -> bool:
    path = weights.with_suffix(".json")
    if not weights.exists() or not path.exists():
        return False
    kept = json.loads(path.read_text("utf-8"))
    now = json.loads(json.dumps(config.as_dict()))
    same = all(kept["config"].get(key) == now[key] for key in MATTERS)
    return bool(same and kept["data_sha256"] == checksum(rows))


if __name__ == "__main__":
    run(main)
