"""From network to served folder: the graph, the curves, the thresholds, the folder."""

import copy
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
import torch
from transformers import BertConfig, BertModel

from tests import tiny_model
from training.calibrate import (
    best_curve,
    calibration_error,
    halves,
    reliability,
    tail,
    threshold,
)
from training.config import Config, load
from training.examples import Example, calm
from training.export import assemble, next_name, settings
from training.graph import int8_by, write
from training.network import SignalNetwork
from training.promote import refuse_worse
from triage.classifier import Classifier
from triage.classifier.calibration import curve
from triage.errors import ConfigError
from triage.types import SIGNALS


@pytest.fixture(scope="module")
def network() -> SignalNetwork:
    torch.manual_seed(1)
    shape = BertConfig(
        vocab_size=90,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=40,
        layer_norm_eps=1e-12,
    )
    made = SignalNetwork(BertModel(shape, add_pooling_layer=False), 32)
    with torch.no_grad():
        made.queries.normal_(0, 0.5)
        made.found.normal_(0, 0.5)
    return made.eval()


def served(network: SignalNetwork, folder: Path, int8: bool, ids: np.ndarray) -> np.ndarray:
    path = folder / "n.onnx"
    arrays = {name: value.numpy() for name, value in network.state_dict().items()}
    write(arrays, 4, path, int8=int8)
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {"ids": ids})[0]


@pytest.mark.parametrize(("int8", "gap"), [(False, 1e-4), (True, 0.05)])
def test_the_graph_computes_what_the_network_does(
    network: SignalNetwork, tmp_path: Path, int8: bool, gap: float
) -> None:
    ids = np.random.default_rng(2).integers(4, 90, (3, 17))
    with torch.no_grad():
        wanted = network(torch.tensor(ids), torch.ones(3, 17, dtype=torch.long))[0].numpy()
    found = served(network, tmp_path, int8, ids)
    assert found.shape == (3, len(SIGNALS))
    assert np.abs(found - wanted).max() < gap


def test_padding_changes_nothing(network: SignalNetwork) -> None:
    ids = torch.randint(4, 90, (1, 9))
    mask = torch.ones(1, 9, dtype=torch.long)
    wide = torch.cat([ids, torch.zeros(1, 6, dtype=torch.long)], dim=1)
    wide_mask = torch.cat([mask, torch.zeros(1, 6, dtype=torch.long)], dim=1)
    with torch.no_grad():
        assert torch.allclose(network(ids, mask)[0], network(wide, wide_mask)[0], atol=1e-5)


def test_anger_levels_fall(network: SignalNetwork) -> None:
    with torch.no_grad():
        logits = network(torch.randint(4, 90, (20, 9)), torch.ones(20, 9, dtype=torch.long))[0]
    assert (logits[:, 0] >= logits[:, 1]).all()
    assert (logits[:, 1] >= logits[:, 2]).all()


def test_int8_keeps_each_slice_in_its_own_scale() -> None:
    matrix = np.array([[0.001, 500.0], [-0.002, 250.0]], np.float32)
    whole, scale = int8_by(matrix, axis=0)
    assert np.abs(whole * scale - matrix).max(axis=0) / np.abs(matrix).max(axis=0) == pytest.approx(
        [0, 0], abs=0.005
    )


def scored(shift: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(4)
    values = (draw.random(2000) < 0.3).astype(float)
    logits = draw.normal(0, 1, 2000) + 3 * values + shift
    return logits, values, np.ones(2000)


def test_calibration_mends_a_shifted_score() -> None:
    logits, values, weights = scored(shift=4.0)
    chosen, errors = best_curve(logits, values, weights)
    chances = curve(chosen)(logits)
    assert calibration_error(chances, values, weights) < 0.05 < errors["raw"]
    assert (np.diff(curve(chosen)(np.linspace(-9, 9, 99))) >= 0).all()
    points = reliability(chances, values, weights)
    assert sum(point["rows"] for point in points) == 2000


def test_a_threshold_keeps_its_budget() -> None:
    logits, values, weights = scored(shift=-1.5)
    ordinary = np.arange(2000) >= 1000
    values[1000:] = 0.0
    logits[1000:] = np.random.default_rng(5).normal(-1, 1, 1000)
    limit = threshold(logits, values, weights, ordinary, budget=5.0)
    assert (logits[1000:] >= limit).sum() <= 8
    assert limit < threshold(logits, values, weights, ordinary, budget=0.5)


def test_one_odd_mail_does_not_set_the_threshold() -> None:
    calm = np.random.default_rng(6).exponential(1.0, 600)
    odd = np.append(calm, 25.0)
    assert tail(calm, 0.002) == pytest.approx(np.log(500), abs=1.0)
    assert tail(odd, 0.002) < np.sort(odd)[-2] + 3


def test_halves_keep_groups_whole_and_part_the_writers() -> None:
    rows = [
        Example(str(n), source, f"{source}:{n % 7}", "text", *calm(1.0))
        for source in ("mail", "enron")
        for n in range(70)
    ]
    half = halves(rows)
    for group in {row.group for row in rows}:
        sides = {side for row, side in zip(rows, half, strict=True) if row.group == group}
        assert len(sides) == 1
    writers = {
        row.group: side for row, side in zip(rows, half, strict=True) if row.source == "mail"
    }
    assert sorted(writers.values()) == [0, 0, 0, 0, 1, 1, 1]


def parts(folder: Path) -> tuple[Config, dict[str, object]]:
    cache = folder / "cache" / "minilm"
    cache.mkdir(parents=True)
    tiny_model.tokenizer().save(str(cache / "tokenizer.json"))
    made = tiny_model.make(folder / "tiny")
    calibrated = {
        "curves": json.loads((made / "calibration.json").read_text("utf-8")),
        "thresholds": json.loads((made / "thresholds.json").read_text("utf-8")),
    }
    config = load()
    signals = replace(config.signals, longest=tiny_model.WINDOW)
    return replace(config, models=folder / "models", signals=signals), calibrated


def test_a_folder_appears_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, calibrated = parts(tmp_path)
    monkeypatch.setattr("training.export.fetch", lambda _: tmp_path / "cache" / "minilm")
    arguments = {"network": tmp_path / "tiny" / "model.onnx", "metrics": {}, "card": "# card\n"}
    target = assemble(config, "triage-minilm-7", calibrated=calibrated, **arguments)
    assert Classifier.load(target).name == "triage-minilm-7"
    assert next_name(config.models) == "triage-minilm-8"
    with pytest.raises(ConfigError, match="already there"):
        assemble(config, "triage-minilm-7", calibrated=calibrated, **arguments)


def test_a_folder_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, calibrated = parts(tmp_path)
    monkeypatch.setattr("training.export.fetch", lambda _: tmp_path / "cache" / "minilm")
    with pytest.raises(KeyError):
        assemble(
            config,
            "triage-minilm-7",
            network=tmp_path / "tiny" / "model.onnx",
            calibrated={"curves": calibrated["curves"]},
            metrics={},
            card="",
        )
    assert list(config.models.iterdir()) == []


def test_a_model_says_how_it_was_trained_and_no_place() -> None:
    said = settings(load(), "triage-minilm-7")
    assert said["training"]["seed"] == load().seed
    assert str(Path.home()) not in json.dumps(said)
    assert "/" not in json.dumps(said["training"])


FIGURES = {
    "ordinary": {"enron": {"mails": 1000, "to the Point Person": {"flags": 8}}},
    "to_point": {"mail": {"auc": 0.95}},
}


def test_a_worse_model_is_refused() -> None:
    refuse_worse(FIGURES, {})
    refuse_worse(FIGURES, FIGURES)
    live = copy.deepcopy(FIGURES)
    live["to_point"]["mail"]["auc"] = 0.97
    with pytest.raises(ConfigError, match="AUC"):
        refuse_worse(FIGURES, live)
    noisy = copy.deepcopy(FIGURES)
    noisy["ordinary"]["enron"]["to the Point Person"]["flags"] = 40
    with pytest.raises(ConfigError, match="ordinary"):
        refuse_worse(noisy, {})
