"""Measures of the model as it is served: int8 against full precision, evidence, behaviour."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.examples import TO_POINT, Example
from triage.classifier import Classifier
from triage.classifier.text import sentences
from triage.types import SIGNALS, Assessment, Scores


def flags(classifier: Classifier, scores: Sequence[Scores]) -> NDArray[np.bool_]:
    """(texts, 11): which signals reach their threshold."""
    limits = [classifier.thresholds[signal] for signal in SIGNALS]
    return np.array([[s[name] for name in SIGNALS] for s in scores]) >= np.array(limits)


def agreement(int8: Classifier, full: Classifier, texts: Sequence[str]) -> dict[str, Any]:
    """How often int8 changes a flag, per 10,000 mails: any signal's, and the mail's own."""
    small, large = int8.score(texts), full.score(texts)
    one, other = flags(int8, small), flags(full, large)
    point = [SIGNALS.index(signal) for signal in TO_POINT]
    gaps = [abs(a[s] - b[s]) for a, b in zip(small, large, strict=True) for s in SIGNALS]
    mails = one[:, point].any(axis=1) != other[:, point].any(axis=1)
    return {
        "texts": len(texts),
        "signal_flags_changed_per_10000": round(1e4 * float((one != other).mean()), 2),
        "mails_changed_per_10000": round(1e4 * float(mails.mean()), 2),
        "score_gap_mean": round(float(np.mean(gaps)), 5),
        "score_gap_99": round(float(np.quantile(gaps, 0.99)), 5),
    }


def faithfulness(
    classifier: Classifier, rows: Sequence[Example], seed: int, most: int = 250
) -> dict[str, Any]:
    """How far a flagged signal falls without its evidence, and without as many other
    sentences drawn by chance (comprehensiveness, DeYoung et al. 2020)."""
    chance = random.Random(seed)
    found = [
        one for one in classifier.assess([row.text for row in rows]) if len(sentences(one.read)) > 3
    ]
    found = [one for one in found if one.evidence][:most]
    cut, drawn, signals = [], [], []
    for one in found:
        signal = one.evidence[0].signal
        spans = [(piece.start, piece.end) for piece in one.evidence if piece.signal == signal]
        others = [span for span in sentences(one.read) if not _touches(span, spans)]
        if not others:
            continue
        signals.append((one, signal))
        cut.append(without(one.read, spans))
        drawn.append(without(one.read, chance.sample(others, min(len(spans), len(others)))))
    evidence, random_ones = classifier.score(cut), classifier.score(drawn)
    falls = [
        [one.scores[s] - after[s] for (one, s), after in zip(signals, scores, strict=True)]
        for scores in (evidence, random_ones)
    ]
    wins = np.array(falls[0]) > np.array(falls[1])
    return {
        "mails": len(signals),
        "fall_without_evidence": round(float(np.mean(falls[0])), 4),
        "fall_without_random": round(float(np.mean(falls[1])), 4),
        "evidence_moves_more": round(float(wins.mean()), 4),
        "flags_lost_without_evidence": _lost(classifier, signals, evidence),
        "flags_lost_without_random": _lost(classifier, signals, random_ones),
    }


def without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """``text`` with the stretches taken out."""
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start].rstrip()}\n{text[end:].lstrip()}"
    return text.strip()


def _touches(span: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in spans)


def _lost(
    classifier: Classifier, signals: Sequence[tuple[Assessment, str]], after: Sequence[Scores]
) -> float:
    lost = [
        s[name] < classifier.thresholds[name] for (_, name), s in zip(signals, after, strict=True)
    ]
    return round(float(np.mean(lost)), 4)
