"""The network in training: its own attention, changes to texts, weights on disk."""

import random
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel

from training import attention
from training.augment import changed, mistyped
from training.weights import mean_of, save


def gradients(kind: str) -> list[torch.Tensor]:
    torch.manual_seed(3)
    shape = BertConfig(
        vocab_size=90,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=40,
        attention_probs_dropout_prob=0.0,
        attn_implementation=kind,
    )
    model = BertModel(shape, add_pooling_layer=False).eval()
    ids, mask = torch.randint(4, 90, (3, 11)), torch.ones(3, 11, dtype=torch.long)
    mask[1, 6:] = 0
    out = model(input_ids=ids, attention_mask=mask).last_hidden_state
    (out[mask.bool()] ** 2).sum().backward()
    parts = [p for name, p in model.named_parameters() if "key.bias" not in name]
    return [out[mask.bool()].detach(), *(p.grad for p in parts if p.grad is not None)]


def test_attention_and_its_gradients_are_torchs_own() -> None:
    mine, wanted = gradients(attention.NAME), gradients("eager")
    assert len(mine) == len(wanted) > 20
    for one, other in zip(mine, wanted, strict=True):
        assert torch.allclose(one, other, atol=2e-4, rtol=1e-3)


def test_typing_errors_leave_most_of_a_text() -> None:
    text = "I have asked you twice for the invoice and nobody's answered. " * 20
    changed_text = mistyped(text, random.Random(1), 0.04)
    assert changed_text != text
    assert 0.9 < len(changed_text) / len(text) < 1.1
    assert mistyped(text, random.Random(1), 0.0) == text
    assert mistyped(text, random.Random(1), 0.04) == changed_text


def test_a_text_is_left_alone_without_a_share() -> None:
    assert changed("Subject\n\nBody!", random.Random(2), 0.0) == "Subject\n\nBody!"


def test_the_mean_of_weights(tmp_path: Path) -> None:
    paths = [tmp_path / "a.pt", tmp_path / "b.pt"]
    for path, value in zip(paths, (1.0, 3.0), strict=True):
        save({"x": torch.full((2,), value)}, path, {"steps": 1})
    assert mean_of(paths)["x"].tolist() == pytest.approx([2.0, 2.0])
    assert {path.name for path in tmp_path.iterdir()} == {"a.pt", "a.json", "b.pt", "b.json"}
