"""GoEmotions' official test, beside the paper's figures (Demszky et al. 2020, table 4 and 5)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, precision_score, recall_score

from training import sources
from training.base import fetch
from training.batches import encode, tokenizer
from training.config import Config
from training.emotions import targets, train_emotions
from training.network import EMOTIONS
from training.train import predict
from training.weights import restore

PAPER = {"ekman_anger": 0.57, "anger": 0.47, "annoyance": 0.34}
COLUMNS = {"ekman_anger": EMOTIONS, "anger": 2, "annoyance": 3}


def emotion_test(config: Config) -> dict[str, Any]:
    """F1, precision and recall on the test split at the threshold that is best on the dev
    split; kept beside the emotion weights, because they change only together."""
    weights = train_emotions(config)
    kept = weights.with_suffix(".test.json")
    if not kept.exists():
        kept.write_text(json.dumps(_measure(config, weights), indent=1), "utf-8")
    found: dict[str, Any] = json.loads(kept.read_text("utf-8"))
    return found


def _measure(config: Config, weights: Path) -> dict[str, Any]:
    base = fetch(config)
    network, tokens = restore(base, weights), tokenizer(base)
    logits, wanted = {}, {}
    for split in ("dev", "test"):
        rows = sources.emotions(config.shared, split)
        encoded = encode([row.text for row in rows], tokens, config.emotions.longest)
        logits[split] = predict(network, encoded)[1]
        wanted[split] = targets(rows).numpy()
    made: dict[str, Any] = {}
    for name, column in COLUMNS.items():
        limits = np.quantile(logits["dev"][:, column], np.linspace(0.5, 0.995, 150))
        scores = [f1_score(wanted["dev"][:, column], logits["dev"][:, column] > x) for x in limits]
        limit = limits[int(np.argmax(scores))]
        true, found = wanted["test"][:, column], logits["test"][:, column] > limit
        made[name] = {
            "f1": round(float(f1_score(true, found)), 4),
            "precision": round(float(precision_score(true, found)), 4),
            "recall": round(float(recall_score(true, found)), 4),
            "paper_f1": PAPER[name],
        }
    return made
