"""The classifier: folders, windows, scores, evidence, on a small real model."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import tiny_model
from triage.classifier import Classifier, live_model
from triage.classifier.folder import FILES
from triage.classifier.text import LONGEST
from triage.errors import ModelError
from triage.types import SIGNALS

CALM = "please help, the thing is a bit slow"
RAGE = "please help\n\ni rage rage rage\n\nthanks"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model.make(tmp_path_factory.mktemp("models") / "tiny-1")


@pytest.fixture(scope="module")
def classifier(folder: Path) -> Classifier:
    return Classifier.load(folder, threads=2)


def test_states_what_it_is(classifier: Classifier) -> None:
    assert classifier.name == "tiny-1"
    assert classifier.languages == frozenset({"en"})
    assert set(classifier.thresholds) == set(SIGNALS)


def test_scores_every_text_in_order(classifier: Classifier) -> None:
    together = classifier.score([CALM, RAGE, "", CALM])
    assert together == [classifier.score([text])[0] for text in (CALM, RAGE, "", CALM)]
    assert together[1].complaint > 0.5 > together[0].complaint
    assert classifier.score([]) == []
    assert classifier.assess([]) == []


def test_a_higher_anger_level_is_never_likelier(classifier: Classifier) -> None:
    for scores in classifier.score([CALM, RAGE, "rage", "!!!", "idiots"]):
        assert scores.upset >= scores.angry >= scores.irate


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_safe(classifier: Classifier, text: str) -> None:
    (found,) = classifier.assess([text])
    assert all(0.0 <= found.scores[signal] <= 1.0 for signal in SIGNALS)
    for piece in found.evidence:
        assert found.read[piece.start : piece.end] == piece.text


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 broken \udfff",
        "\x00" * 5000,
        "a" * 200_000,
        "\u202e\u200b" * 999,
        "\U0001f621" * 500,
    ],
    ids=["surrogates", "nulls", "endless word", "invisible", "emoji"],
)
def test_hostile_text_is_safe(classifier: Classifier, text: str) -> None:
    (found,) = classifier.assess([text])
    assert 0.0 <= found.scores.upset <= 1.0


def test_a_reproach_late_in_a_long_mail_counts(classifier: Classifier) -> None:
    filler = " ".join([CALM + "."] * 60)
    calm, late = classifier.score([filler, f"{filler}\nrage rage\n{filler}"])
    assert late.complaint > 0.5 > calm.complaint


def test_evidence_is_the_sentence_that_moved_the_score(classifier: Classifier) -> None:
    (found,) = classifier.assess([RAGE])
    assert {piece.text for piece in found.evidence} == {"i rage rage rage"}
    signals = {piece.signal for piece in found.evidence}
    assert "complaint" in signals
    assert len(signals & {"upset", "angry", "irate"}) == 1
    assert all(piece.score > 0 for piece in found.evidence)


def test_no_evidence_below_the_threshold(classifier: Classifier) -> None:
    assert classifier.assess([CALM])[0].evidence == ()


def test_evidence_of_a_very_long_mail_is_bounded(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    whole = classifier._session.run
    monkeypatch.setattr(
        classifier._session, "run", lambda ids: asked.append(len(ids)) or whole(ids)
    )
    text = "\n".join(f"rage {number}." for number in range(1000))
    (found,) = classifier.assess([text])
    assert found.evidence
    assert asked[-1] <= 3 * 16
    assert len(text) < LONGEST


def test_threads_agree(classifier: Classifier) -> None:
    texts = [f"{RAGE} {number}" for number in range(30)]
    wanted = classifier.assess(texts)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: classifier.assess([text])[0], texts))
    assert found == wanted


def test_loads_what_live_names(folder: Path) -> None:
    models = folder.parent
    (models / "LIVE").write_text("tiny-1\n", "utf-8")
    assert live_model(models) == folder


@pytest.mark.parametrize("name", ["", "..", "../tiny-1", "absent", "/etc"])
def test_live_must_name_a_folder_beside_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "LIVE").write_text(name, "utf-8")
    with pytest.raises(ModelError):
        live_model(tmp_path)


def test_live_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="LIVE"):
        live_model(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_an_altered_file_is_refused(tmp_path: Path, name: str) -> None:
    made = tiny_model.make(tmp_path / "m")
    with (made / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelError, match=name):
        Classifier.load(made)


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    made = tiny_model.make(tmp_path / "m")
    (made / name).unlink()
    with pytest.raises(ModelError, match=name):
        Classifier.load(made)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("config.json", {"window": 0}),
        ("config.json", {"signals": ["anger"]}),
        ("thresholds.json", {"upset": 1.5}),
        ("thresholds.json", {"upset": float("nan")}),
        ("calibration.json", {"upset": {"kind": "guess"}}),
        ("calibration.json", {"upset": {"kind": "logistic", "slope": -1, "offset": 0}}),
        ("calibration.json", {"upset": {"kind": "isotonic", "logits": [1], "probabilities": [1]}}),
    ],
)
def test_settings_out_of_range_are_refused(
    tmp_path: Path, name: str, change: dict[str, object]
) -> None:
    made = tiny_model.make(tmp_path / "m")
    raw = json.loads((made / name).read_text("utf-8")) | change
    (made / name).write_text(json.dumps(raw), "utf-8")
    resign(made)
    with pytest.raises(ModelError):
        Classifier.load(made)


def test_a_network_that_is_none_is_refused(tmp_path: Path) -> None:
    made = tiny_model.make(tmp_path / "m")
    (made / "model.onnx").write_bytes(b"not a network")
    resign(made)
    with pytest.raises(ModelError, match=r"model\.onnx"):
        Classifier.load(made)


def test_a_tokenizer_that_is_none_is_refused(tmp_path: Path) -> None:
    made = tiny_model.make(tmp_path / "m")
    (made / "tokenizer.json").write_text("{}", "utf-8")
    resign(made)
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        Classifier.load(made)


def test_serving_needs_no_training_stack() -> None:
    heavy = "{'torch', 'transformers', 'onnx', 'sklearn'}"
    program = f"import sys, triage.classifier; print({heavy} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def resign(folder: Path) -> None:
    from triage.classifier.folder import MANIFEST, manifest_of

    (folder / MANIFEST).write_text(json.dumps(manifest_of(folder)), "utf-8")
