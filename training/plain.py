"""The plain peer: MiniLM fine-tuned in one stage on labelled mail and narratives alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from training.base import fetch
from training.config import Config, Stage
from training.data import table
from training.entry import run
from training.train import predict_windows, train_signals
from training.weights import restore
from triage.classifier.windows import Reader

LABELLED = ("mail", "cfpb", "narratives")


def plain(config: Config) -> Config:
    """The settings of the peer: no first stage, no calm text, nothing frozen or augmented."""
    return replace(
        config,
        name=f"{config.name}-plain",
        emotions=replace(config.emotions, epochs=0.0),
        signals=Stage(epochs=4.0, batch_tokens=config.signals.batch_tokens, balance=0.0),
    )


def main(config: Config) -> Path:
    """Train without the first fold that is left out, and predict that fold and all held rows.

    Gives ``<run>-plain/predictions.npz``, which ``evaluate`` compares with.
    """
    rows, fold, peer = table(config), config.left_out[0], plain(config)
    train = [row for row in rows if row.source in LABELLED and row.fold not in (-1, fold)]
    weights = train_signals(peer, train, peer.run / f"fold{fold}.pt")
    asked = [row for row in rows if row.fold in (-1, fold)]
    base = fetch(config)
    reader = Reader(base / "tokenizer.json", config.signals.longest)
    logits = predict_windows(restore(base, weights), reader, [row.text for row in asked])
    target = peer.run / "predictions.npz"
    np.savez_compressed(target, ids=np.array([row.id for row in asked]), logits=logits)
    return target


if __name__ == "__main__":
    run(main)
