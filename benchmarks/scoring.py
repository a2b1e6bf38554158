"""Scoring: the served model against transformers' pipelines, on the same mails, in one run.

Peers: RoBERTa-base's shape and the served model's own shape, each as a stock text-classification
pipeline in torch, batches of 8, sorted by length. Their weights are random: arithmetic does not
ask what a weight is, and no download is needed. Beside it, the share of the machine's int8
matrix speed that scoring reaches, the peak measured by bare products of the same shapes.

Run: python -m benchmarks.scoring [--mails 96] [--threads 1 2]
"""

import argparse
import logging
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper
from rich.console import Console
from rich.table import Table
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    PreTrainedTokenizerFast,
    TextClassificationPipeline,
)

from training.sources import own_mail
from triage.classifier import Classifier, live_model
from triage.classifier.folder import TOKENIZER
from triage.classifier.windows import Reader

MODELS = Path(__file__).parent.parent / "models"
LENGTHS = (100, 165)
SHAPES = ((384, 1152), (384, 384), (384, 1536), (1536, 384))
ROBERTA = BertConfig(num_labels=11)
"""RoBERTa-base's shape: 12 layers of width 768; the defaults."""
MINILM = BertConfig(
    hidden_size=384,
    num_hidden_layers=6,
    num_attention_heads=12,
    intermediate_size=1536,
    num_labels=11,
)


def sample(folder: Path, count: int) -> tuple[list[str], int]:
    """``count`` of the project's mails of about 130 tokens, and their tokens in all."""
    texts = [row.text for row in own_mail(0.5)]
    sizes = [len(ids) for ids in Reader(folder / TOKENIZER, 512).ids(texts)]
    chosen = [(t, n) for t, n in zip(texts, sizes, strict=True) if LENGTHS[0] <= n <= LENGTHS[1]]
    chosen = (chosen * (count // len(chosen) + 1))[:count]
    return [text for text, _ in chosen], sum(size for _, size in chosen)


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """The fastest of ``repeats`` runs, after one that is not counted."""
    work()
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def peer(folder: Path, shape: BertConfig, threads: int, texts: Sequence[str]) -> float:
    """Seconds that a stock pipeline of ``shape`` takes for ``texts``."""
    torch.set_num_threads(threads)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / TOKENIZER), pad_token="[PAD]", model_max_length=512
    )
    model = BertForSequenceClassification(shape).eval()
    pipeline = TextClassificationPipeline(
        model=model,
        tokenizer=tokenizer,
        device=-1,
        batch_size=8,
        top_k=None,
        function_to_apply="sigmoid",
    )
    ordered = sorted(texts, key=len)
    return seconds(lambda: pipeline(ordered, truncation=True), repeats=1)


def peak(threads: int, rows: int = 130) -> float:
    """Multiply-adds a second of bare int8 products in the encoder's shapes."""
    work = sum(rows * a * b for a, b in SHAPES)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(_products(rows).SerializeToString(), options)
    feeds = {f"a{n}": np.ones((rows, a), np.uint8) for n, (a, _) in enumerate(SHAPES)}
    return work / seconds(lambda: session.run(None, feeds), repeats=30)


def _products(rows: int) -> onnx.ModelProto:
    nodes, inputs, outputs, weights = [], [], [], []
    for n, (a, b) in enumerate(SHAPES):
        weights.append(numpy_helper.from_array(np.ones((a, b), np.int8), f"w{n}"))
        nodes.append(helper.make_node("MatMulInteger", [f"a{n}", f"w{n}"], [f"y{n}"]))
        inputs.append(helper.make_tensor_value_info(f"a{n}", TensorProto.UINT8, [rows, a]))
        outputs.append(helper.make_tensor_value_info(f"y{n}", TensorProto.INT32, [rows, b]))
    graph = helper.make_graph(nodes, "products", inputs, outputs, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def ours(folder: Path, threads: int, texts: Sequence[str]) -> float:
    """Seconds that the served model takes for ``texts``."""
    classifier = Classifier.load(folder, threads)
    return seconds(lambda: classifier.score(texts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=96)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, len(os.sched_getaffinity(0))])
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)
    folder = live_model(MODELS)
    texts, tokens = sample(folder, chosen.mails)
    title = f"{len(texts)} mails, {tokens / len(texts):.0f} tokens each; model {folder.name}"
    head = ("", "threads", "mails/s", "tokens/s", "times RoBERTa", "share of int8 peak")
    table = Table(*head, title=title)
    work = tokens * MINILM.num_hidden_layers * sum(a * b for a, b in SHAPES)
    for threads in chosen.threads:
        taken = {
            "RoBERTa-base, torch": peer(folder, ROBERTA, threads, texts),
            "MiniLM-L6, torch": peer(folder, MINILM, threads, texts),
            "served, int8": ours(folder, threads, texts),
        }
        share = f"{work / taken['served, int8'] / peak(threads):.0%}"
        for name, took in taken.items():
            speed = (f"{len(texts) / took:.1f}", f"{tokens / took:.0f}")
            times = f"{taken['RoBERTa-base, torch'] / took:.1f}"
            table.add_row(name, str(threads), *speed, times, share if "served" in name else "")
    Console().print(table)


if __name__ == "__main__":
    main()
