"""The classifier: texts in, calibrated scores and the sentences behind them out."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from triage.classifier.evidence import Question, answers, questions
from triage.classifier.folder import NETWORK, TOKENIZER, ModelFolder, read_folder
from triage.classifier.session import Session
from triage.classifier.windows import Reader, Window
from triage.types import SIGNALS, Assessment, Evidence, Scores

Floats = NDArray[np.float64]
AnyFloat = TypeVar("AnyFloat", np.float32, np.float64)
ANGER = slice(0, 3)
Worth = Callable[[int, Scores], bool]
"""Which text (its place in the batch, its scores) is worth evidence."""


class Classifier:
    """A loaded model. Safe in many threads; the same text always gets the same scores."""

    def __init__(self, folder: ModelFolder, reader: Reader, session: Session) -> None:
        self.name: str = folder.name
        self.thresholds: Mapping[str, float] = folder.thresholds
        self.languages: frozenset[str] = folder.languages
        self._curves = folder.curves
        self._limits = np.array([folder.thresholds[signal] for signal in SIGNALS])
        self._reader = reader
        self._session = session

    @classmethod
    def load(cls, folder: Path, threads: int = 0) -> "Classifier":
        """Read a model folder; ``threads`` 0 means one a processor this process may use.

        Raises ModelError where the folder is missing, incomplete, altered or of another kind.
        """
        found = read_folder(folder)
        reader = Reader(folder / TOKENIZER, found.window)
        return cls(found, reader, Session(folder / NETWORK, threads))

    def score(self, texts: Sequence[str]) -> list[Scores]:
        """Calibrated probabilities of each text, in order. Any text is safe, also an empty one;
        of a long one every window is read, and each signal is its strongest window's."""
        cut = self._reader.windows(texts)
        logits = self._logits(cut)
        return [self._scores(row) for row in map(strongest, logits)]

    def assess(self, texts: Sequence[str], worth: Worth | None = None) -> list[Assessment]:
        """``score``, with evidence for every text that reaches a threshold and that ``worth``,
        where given, calls worth it: finding evidence costs several times what scoring does."""
        cut = self._reader.windows(texts)
        logits = self._logits(cut)
        scores = [self._scores(strongest(rows)) for rows in logits]
        asked: list[list[Question]] = [
            questions(text, windows, rows, self._reached(mine))
            if worth is None or worth(at, mine)
            else []
            for at, (text, windows, rows, mine) in enumerate(
                zip(texts, cut, logits, scores, strict=True)
            )
        ]
        evidence = self._answer(texts, logits, asked)
        return [
            Assessment(read=text, scores=mine, evidence=found, model=self.name)
            for text, mine, found in zip(texts, scores, evidence, strict=True)
        ]

    def _answer(
        self, texts: Sequence[str], logits: Sequence[Floats], asked: Sequence[Sequence[Question]]
    ) -> list[tuple[Evidence, ...]]:
        flat = [without for mine in asked for question in mine for without in question.without]
        rows = iter(self._session.run(self._reader.ids(flat)).astype(np.float64))
        return [
            answers(text, mine, whole, rows, self._calibrated)
            for text, mine, whole in zip(texts, asked, logits, strict=True)
        ]

    def _logits(self, cut: Sequence[tuple[Window, ...]]) -> list[Floats]:
        """One (windows, 11) array a text."""
        flat = self._session.run([window.ids for windows in cut for window in windows])
        ends = np.cumsum([len(windows) for windows in cut])[:-1]
        return [part.astype(np.float64) for part in np.split(flat, ends)] if cut else []

    def _calibrated(self, logits: Floats) -> Floats:
        """(rows, 11) logits to probabilities; a higher anger level is never the likelier one."""
        chances = np.stack([curve(logits[:, at]) for at, curve in enumerate(self._curves)], axis=1)
        chances[:, ANGER] = np.minimum.accumulate(chances[:, ANGER], axis=1)
        return chances

    def _scores(self, row: Floats) -> Scores:
        return Scores(*map(float, self._calibrated(row[np.newaxis])[0]))

    def _reached(self, scores: Scores) -> list[int]:
        """Signals at or above their threshold; of the anger levels only the highest."""
        found = [
            at for at, signal in enumerate(SIGNALS) if scores[signal] >= self.thresholds[signal]
        ]
        anger = [at for at in found if at < ANGER.stop]
        return [*anger[-1:], *(at for at in found if at >= ANGER.stop)]


def strongest(windows: NDArray[AnyFloat]) -> NDArray[AnyFloat]:
    """(windows, 11) to (11,): what is said once in a long mail is said."""
    return np.asarray(windows.max(axis=0))
