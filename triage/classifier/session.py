"""The network in ONNX Runtime: token ids in, logits out."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from triage.errors import ModelError
from triage.types import SIGNALS

Logits = NDArray[np.float32]


class Session:
    """Runs every sequence by itself at its own length, as many at once as there are threads.

    No token of padding is computed, and as the int8 scales of a run are taken from what is in
    it, a text's score can never hang on which other texts came with it.
    """

    def __init__(self, network: Path, threads: int = 0) -> None:
        self.threads = threads if threads > 0 else len(os.sched_getaffinity(0))
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(
                network, sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the library raises bare Exception kinds of its own
            raise ModelError(f"{network} cannot be loaded: {error}") from error
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="classifier")

    def run(self, sequences: Sequence[tuple[int, ...]]) -> Logits:
        """Logits, (sequences, 11). Equal sequences are computed once; the longest go first."""
        distinct = sorted(set(sequences), key=lambda ids: (-len(ids), ids))
        work = (
            self._pool.map(self._one, distinct) if len(distinct) > 1 else map(self._one, distinct)
        )
        found = dict(zip(distinct, work, strict=True))
        if not sequences:
            return np.zeros((0, len(SIGNALS)), np.float32)
        return np.stack([found[ids] for ids in sequences])

    def _one(self, ids: tuple[int, ...]) -> Logits:
        tokens = np.array([ids], np.int64)
        (logits,) = self._session.run(None, {"ids": tokens})
        row: Logits = logits[0]
        return row
