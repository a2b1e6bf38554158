"""A model folder that serves, made in a moment: two narrow layers, a small vocabulary."""

import json
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from training.graph import write
from triage.classifier.folder import FILES, MANIFEST, manifest_of
from triage.types import SIGNALS

WIDTH, HEADS, LAYERS, WINDOW = 32, 4, 2, 32
WORDS = ["refund", "rage", "idiots", "please", "thanks", "help", "manager", "the", "you", "a", "i"]


def vocabulary() -> dict[str, int]:
    letters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *letters, *(f"##{c}" for c in letters)]
    return {word: at for at, word in enumerate(dict.fromkeys(words))}


def tokenizer() -> Tokenizer:
    made = Tokenizer(WordPiece(vocabulary(), unk_token="[UNK]"))
    made.normalizer = BertNormalizer(lowercase=True)
    made.pre_tokenizer = BertPreTokenizer()
    made.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


def weights() -> dict[str, np.ndarray]:
    """Random weights; the word "rage" pushes every signal far up."""
    draw = np.random.default_rng(3)

    def some(*shape: int, scale: float = 0.2) -> np.ndarray:
        return draw.normal(0, scale, shape).astype(np.float32)

    ones, zeros = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)
    made = {
        "encoder.embeddings.word_embeddings.weight": some(len(vocabulary()), WIDTH),
        "encoder.embeddings.position_embeddings.weight": some(WINDOW, WIDTH, scale=0.01),
        "encoder.embeddings.token_type_embeddings.weight": some(2, WIDTH, scale=0.01),
        "encoder.embeddings.LayerNorm.weight": ones,
        "encoder.embeddings.LayerNorm.bias": zeros,
    }
    for layer in range(LAYERS):
        at = f"encoder.encoder.layer.{layer}."
        for part in ("query", "key", "value"):
            made[f"{at}attention.self.{part}.weight"] = some(WIDTH, WIDTH)
            made[f"{at}attention.self.{part}.bias"] = zeros
        shapes = {"attention.output.": (WIDTH, WIDTH), "output.": (WIDTH, 4 * WIDTH)}
        for name, shape in shapes.items():
            made[f"{at}{name}dense.weight"] = some(*shape, scale=0.05)
            made[f"{at}{name}dense.bias"] = zeros
            made[f"{at}{name}LayerNorm.weight"] = ones
            made[f"{at}{name}LayerNorm.bias"] = zeros
        made[f"{at}intermediate.dense.weight"] = some(4 * WIDTH, WIDTH)
        made[f"{at}intermediate.dense.bias"] = np.zeros(4 * WIDTH, np.float32)
    rage = made["encoder.embeddings.word_embeddings.weight"][vocabulary()["rage"]] * 5
    made["encoder.embeddings.word_embeddings.weight"][vocabulary()["rage"]] = rage
    look = rage / np.linalg.norm(rage)
    made["queries"] = np.tile(look * 2, (len(SIGNALS), 1)).astype(np.float32)
    made["found"] = np.tile(look * 2, (len(SIGNALS), 1)).astype(np.float32)
    made["overall.weight"] = np.zeros((len(SIGNALS), WIDTH), np.float32)
    made["overall.bias"] = np.full(len(SIGNALS), -4.0, np.float32)
    return made


def make(folder: Path, threshold: float = 0.5, int8: bool = True) -> Path:
    """Write the model folder and give its path."""
    folder.mkdir(parents=True)
    write(weights(), HEADS, folder / "model.onnx", int8=int8)
    tokenizer().save(str(folder / "tokenizer.json"))
    settings = {
        "name": folder.name,
        "signals": list(SIGNALS),
        "languages": ["en"],
        "window": WINDOW,
    }
    curve = {"kind": "logistic", "slope": 1.0, "offset": 0.0}
    parts = {
        "config.json": settings,
        "calibration.json": dict.fromkeys(SIGNALS, curve),
        "thresholds.json": dict.fromkeys(SIGNALS, threshold),
        "metrics.json": {},
    }
    for name, value in parts.items():
        (folder / name).write_text(json.dumps(value), "utf-8")
    (folder / "MODEL_CARD.md").write_text("# A model for tests\n", "utf-8")
    assert {path.name for path in folder.iterdir()} == set(FILES)
    (folder / MANIFEST).write_text(json.dumps(manifest_of(folder)), "utf-8")
    return folder
