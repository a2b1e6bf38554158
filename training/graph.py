"""The served graph, written by hand with ONNX Runtime's fused operators.

Two kinds: full precision, and int8. In the int8 kind the word embeddings are stored as int8 with
a scale a word; in the upper half of the layers weight matrices are stored as int8 with a scale a
column, and each token's activations are quantised with a scale of their own. Scales that are
shared by a whole tensor, the usual way, let one outlier token blur all others, and let a text's
score hang on its batch. The lower half of the layers computes in full precision: nearly all that
rounding does to a score begins there.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[np.float32]
FUSED = "com.microsoft"
EPSILON = 1e-12


class Graph:
    """Nodes and weights as they are added. ``int8`` decides how weights are stored,
    ``quantised`` how the next products are computed."""

    def __init__(self, int8: bool) -> None:
        self.int8 = int8
        self.quantised = int8
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._count = 0

    def weight(self, array: NDArray[Any] | np.generic) -> str:
        """Store ``array``; gives its name."""
        name = self._name()
        self._weights.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def add(self, kind: str, *inputs: str, domain: str = "", **settings: Any) -> str:
        """Add one operator; gives the name of its (first) output."""
        name = self._name()
        self._nodes.append(helper.make_node(kind, list(inputs), [name], domain=domain, **settings))
        return name

    def product(self, rows: str, matrix: Array) -> str:
        """``rows @ matrix``; ``matrix`` is (in, out)."""
        if not self.quantised:
            return self.add("MatMul", rows, self._wide(matrix))
        rounded, scale = self._rounded(rows)
        whole, column = int8_by(matrix, axis=0)
        made = self.add(
            "MatMulIntegerToFloat",
            rounded,
            self.weight(whole),
            self.weight(np.float32(1.0)),
            self.weight(column[0]),
            self.weight(np.uint8(128)),
            domain=FUSED,
        )
        return self.add("Mul", made, scale)

    def shared_product(self, rows: str, matrices: list[Array]) -> list[str]:
        """``rows`` times each matrix, the rows quantised once."""
        made = self.product(rows, np.concatenate(matrices, axis=1))
        widths = self.weight(np.array([matrix.shape[1] for matrix in matrices], np.int64))
        names = [self._name() for _ in matrices]
        self._nodes.append(helper.make_node("Split", [made, widths], names, axis=-1))
        return names

    def embedding(self, ids: str, table: Array) -> str:
        """Rows of ``table`` (words, width) for ``ids``."""
        if not self.int8:
            return self.add("Gather", self.weight(table), ids)
        whole, scale = int8_by(table, axis=1)
        words = self.add("Cast", self.add("Gather", self.weight(whole), ids), to=TensorProto.FLOAT)
        return self.add("Mul", words, self.add("Gather", self.weight(scale), ids))

    def model(self, output: str, width: int) -> onnx.ModelProto:
        """The checked model: ``ids`` (texts, tokens) int64 to ``logits`` (texts, width)."""
        self._nodes.append(helper.make_node("Identity", [output], ["logits"]))
        graph = helper.make_graph(
            self._nodes,
            "triage",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", width])],
            self._weights,
        )
        versions = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=9)

    def _wide(self, matrix: Array) -> str:
        """``matrix`` for a product in full precision; the int8 kind stores it as float16, which
        ONNX Runtime widens once, when it loads it."""
        if not self.int8:
            return self.weight(matrix)
        return self.add("Cast", self.weight(matrix.astype(np.float16)), to=TensorProto.FLOAT)

    def _rounded(self, rows: str) -> tuple[str, str]:
        """(uint8 around 128, scale a row) of ``rows``."""
        last = self.weight(np.array([-1], np.int64))
        largest = self.add("ReduceMax", self.add("Abs", rows), last, keepdims=1)
        scale = self.add("Mul", largest, self.weight(np.float32(1 / 127)))
        scaled = self.add("Div", rows, scale)
        one, middle = self.weight(np.float32(1.0)), self.weight(np.uint8(128))
        return self.add("QuantizeLinear", scaled, one, middle), scale

    def _name(self) -> str:
        self._count += 1
        return f"n{self._count}"


def int8_by(matrix: Array, axis: int) -> tuple[NDArray[np.int8], Array]:
    """``matrix`` as int8 and the scales that give it back, one for each slice along ``axis``."""
    scale = np.maximum(np.abs(matrix).max(axis=axis, keepdims=True), 1e-8) / 127
    return np.round(matrix / scale).astype(np.int8), scale.astype(np.float32)


def write(weights: Mapping[str, Array], heads: int, target: Path, int8: bool) -> None:
    """Write the network with ``weights`` (names of ``SignalNetwork``) to ``target``."""
    graph = Graph(int8)
    hidden = _embedded(graph, weights)
    layers = sum(name.endswith("intermediate.dense.bias") for name in weights)
    for layer in range(layers):
        graph.quantised = int8 and layer >= layers // 2
        hidden = _layer(graph, weights, f"encoder.encoder.layer.{layer}.", hidden, heads)
    logits = _head(graph, weights, hidden)
    onnx.save(graph.model(logits, weights["queries"].shape[0]), str(target))


def _embedded(graph: Graph, weights: Mapping[str, Array]) -> str:
    prefix = "encoder.embeddings."
    words = graph.embedding("ids", weights[prefix + "word_embeddings.weight"])
    places = weights[prefix + "position_embeddings.weight"]
    places = places + weights[prefix + "token_type_embeddings.weight"][0]
    zero, one = graph.weight(np.array([0], np.int64)), graph.weight(np.array([1], np.int64))
    length = graph.add(
        "Slice", graph.add("Shape", "ids"), one, graph.weight(np.array([2], np.int64))
    )
    upto = graph.add("Slice", graph.weight(places), zero, length, zero)
    return graph.add(
        "LayerNormalization",
        graph.add("Add", words, upto),
        graph.weight(weights[prefix + "LayerNorm.weight"]),
        graph.weight(weights[prefix + "LayerNorm.bias"]),
        epsilon=EPSILON,
    )


def _layer(graph: Graph, weights: Mapping[str, Array], at: str, hidden: str, heads: int) -> str:
    parts = [weights[f"{at}attention.self.{part}.weight"].T for part in ("query", "key", "value")]
    biases = [weights[f"{at}attention.self.{part}.bias"] for part in ("query", "key", "value")]
    query, key, value = graph.shared_product(hidden, parts)
    mixed = graph.add(
        "MultiHeadAttention",
        query,
        key,
        value,
        graph.weight(np.concatenate(biases)),
        domain=FUSED,
        num_heads=heads,
    )
    hidden = _rejoin(graph, weights, f"{at}attention.output.", mixed, hidden)
    inner = graph.product(hidden, weights[f"{at}intermediate.dense.weight"].T)
    bias = graph.weight(weights[f"{at}intermediate.dense.bias"])
    inner = graph.add("BiasGelu", inner, bias, domain=FUSED)
    return _rejoin(graph, weights, f"{at}output.", inner, hidden)


def _rejoin(graph: Graph, weights: Mapping[str, Array], at: str, rows: str, hidden: str) -> str:
    """Project ``rows``, add them to ``hidden``, normalise."""
    return graph.add(
        "SkipLayerNormalization",
        graph.product(rows, weights[f"{at}dense.weight"].T),
        hidden,
        graph.weight(weights[f"{at}LayerNorm.weight"]),
        graph.weight(weights[f"{at}LayerNorm.bias"]),
        graph.weight(weights[f"{at}dense.bias"]),
        domain=FUSED,
        epsilon=EPSILON,
    )


def _head(graph: Graph, weights: Mapping[str, Array], hidden: str) -> str:
    """What ``SignalNetwork.forward`` does after the encoder, in full precision."""
    tokens = graph.weight(np.array([1], np.int64))
    mean = graph.add("ReduceMean", hidden, tokens, keepdims=0)
    looked = graph.add("MatMul", hidden, graph.weight(weights["queries"].T))
    share = graph.add("Transpose", graph.add("Softmax", looked, axis=1), perm=[0, 2, 1])
    pooled = graph.add("MatMul", share, hidden)
    last = graph.weight(np.array([-1], np.int64))
    found = graph.add(
        "ReduceSum", graph.add("Mul", pooled, graph.weight(weights["found"])), last, keepdims=0
    )
    overall = graph.add(
        "Gemm",
        mean,
        graph.weight(weights["overall.weight"].T),
        graph.weight(weights["overall.bias"]),
    )
    return _ordinal(graph, graph.add("Add", found, overall), weights["queries"].shape[0])


def _ordinal(graph: Graph, raw: str, width: int) -> str:
    def columns(start: int, end: int) -> str:
        bounds = [graph.weight(np.array([value], np.int64)) for value in (start, end, 1)]
        return graph.add("Slice", raw, *bounds)

    upset = columns(0, 1)
    angry = graph.add("Sub", upset, graph.add("Softplus", columns(1, 2)))
    irate = graph.add("Sub", angry, graph.add("Softplus", columns(2, 3)))
    return graph.add("Concat", upset, angry, irate, columns(3, width), axis=1)
