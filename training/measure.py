"""Figures: ranking, flags at a threshold, and how far chance could move them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Figure = Callable[[Floats, Floats], float]
DRAWS = 100


def auc(values: Floats, scores: Floats) -> float:
    """Area under the ROC curve."""
    return float(roc_auc_score(values, scores))


def precision_average(values: Floats, scores: Floats) -> float:
    return float(average_precision_score(values, scores))


def recall_at(share: float) -> Figure:
    """Recall at the threshold that flags ``share`` of the negatives."""

    def figure(values: Floats, scores: Floats) -> float:
        limit = np.quantile(scores[values == 0], 1 - share)
        return float((scores[values == 1] > limit).mean())

    return figure


RANKING: dict[str, Figure] = {
    "auc": auc,
    "average_precision": precision_average,
    "recall_at_1": recall_at(0.01),
    "recall_at_5": recall_at(0.05),
}


def ranking(values: Floats, scores: Floats, draws: int = DRAWS) -> dict[str, Any]:
    """Every ranking figure with its 95 % interval, by ``draws`` of a stratified bootstrap
    (Efron 1979); None where one class is missing."""
    facts: dict[str, Any] = {"rows": len(values), "marked": int(values.sum())}
    if not 0 < values.sum() < len(values):
        return facts | dict.fromkeys(RANKING)
    for name, figure in RANKING.items():
        facts[name] = round(figure(values, scores), 4)
        facts[f"{name}_interval"] = interval(values, scores, figure, draws)
    return facts


def interval(values: Floats, scores: Floats, figure: Figure, draws: int) -> list[float]:
    """[low, high]: the middle 95 % of ``figure`` over resampled rows, classes kept in size."""
    if draws < 2:
        return []
    chance = np.random.default_rng(11)
    marked, other = np.flatnonzero(values == 1), np.flatnonzero(values == 0)
    found = []
    for _ in range(draws):
        rows = np.concatenate(
            [chance.choice(marked, len(marked)), chance.choice(other, len(other))]
        )
        found.append(figure(values[rows], scores[rows]))
    return [round(float(edge), 4) for edge in np.quantile(found, (0.025, 0.975))]


def flagging(values: Floats, flags: Bools) -> dict[str, Any]:
    """Precision, recall, F1 and false flags per 1,000 unmarked rows."""
    marked = values == 1
    right = int((flags & marked).sum())
    precision = right / max(1, int(flags.sum()))
    recall = right / max(1, int(marked.sum()))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    false = int((flags & ~marked).sum())
    return {
        "rows": len(values),
        "marked": int(marked.sum()),
        "flags": int(flags.sum()),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(f1, 4),
        "false_per_1000": round(1000 * false / max(1, int((~marked).sum())), 2),
    }


def upper_bound(hits: int, rows: int) -> float:
    """Upper end of the 95 % Wilson interval of ``hits`` in ``rows``."""
    if rows == 0:
        return 1.0
    z, share = 1.96, hits / rows
    middle = share + z * z / (2 * rows)
    spread = z * float(np.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows)))
    return round((middle + spread) / (1 + z * z / rows), 5)
