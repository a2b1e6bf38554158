"""Peers measured in the same run, on the same rows: a lexicon and a linear model."""

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from training.calibrate import Seen
from training.config import Config
from training.data import table
from training.examples import Example
from triage.types import SIGNALS

Floats = NDArray[np.float64]


def vader(rows: list[Example]) -> Floats:
    """(rows,): how negative VADER (Hutto and Gilbert 2014) finds each text, -1 to 1."""
    analyser = SentimentIntensityAnalyzer()
    return np.array([-analyser.polarity_scores(row.text)["compound"] for row in rows])


def linear(config: Config) -> Seen:
    """Word pairs with a linear support vector machine a signal, over the same folds as the
    network: every row's logits come from a model that was not trained on it."""
    rows = table(config)
    logits = np.zeros((len(rows), len(SIGNALS)))
    for fold in [*config.left_out, -1]:
        mine = [at for at, row in enumerate(rows) if row.fold == fold]
        train = [row for row in rows if not row.held and row.fold != fold]
        logits[mine] = _fold(train, [rows[at].text for at in mine])
    keep = np.array([row.held or row.fold in config.left_out for row in rows])
    return Seen(rows, logits).where(keep)


def _fold(train: list[Example], texts: list[str]) -> Floats:
    features = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    known = features.fit_transform([row.text for row in train])
    asked = features.transform(texts)
    made = np.zeros((len(texts), len(SIGNALS)))
    for at in range(len(SIGNALS)):
        values = np.array([row.values[at] for row in train])
        weights = np.array([row.weights[at] for row in train])
        model = LinearSVC(C=0.3, class_weight="balanced")
        use = np.flatnonzero(weights > 0)
        model.fit(known[use], values[use], sample_weight=weights[use])
        made[:, at] = model.decision_function(asked)
    return made
