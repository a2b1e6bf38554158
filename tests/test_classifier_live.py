"""The model that is shipped and live: whole, and right about what nobody would argue over."""

import json
from pathlib import Path

import pytest

from triage.classifier import Classifier, live_model, mail_text
from triage.classifier.folder import CARD, METRICS

MODELS = Path(__file__).parent.parent / "models"

CALM = [
    mail_text("Opening hours", "Hello, are you open on the bank holiday? Kind regards, Ann"),
    mail_text(
        "Refund received", "Thanks, the refund arrived this morning. Your manager was lovely!"
    ),
    mail_text("kill -9", "How do I kill the zombie processes on node 14? The fatal error is back."),
    mail_text("Minutes", "Please find attached the minutes of Tuesday's meeting. Best, Tom"),
]
FURIOUS = mail_text(
    "THIRD TIME",
    "You useless idiots have lied to me three times now. Nobody called back, nobody cares.\n\n"
    "My order number is 4471. This is the worst service I have ever had and I want my money "
    "back today, or you will hear from my lawyer.",
)


@pytest.fixture(scope="module")
def live() -> Classifier:
    return Classifier.load(live_model(MODELS))


@pytest.mark.parametrize("text", CALM)
def test_calm_mail_is_not_flagged(live: Classifier, text: str) -> None:
    (found,) = live.score([text])
    assert found.upset < live.thresholds["upset"]
    assert found.angry < live.thresholds["angry"]
    assert found.threat_safety < live.thresholds["threat_safety"]


def test_fury_is_flagged_with_its_sentences(live: Classifier) -> None:
    (found,) = live.assess([FURIOUS])
    assert found.scores.angry >= live.thresholds["angry"]
    assert found.scores.irate >= live.thresholds["irate"]
    assert found.scores.complaint >= live.thresholds["complaint"]
    assert all(piece.text in FURIOUS for piece in found.evidence)
    assert {"irate", "complaint"} <= {piece.signal for piece in found.evidence}
    assert found.model == live.name


def test_the_card_and_the_figures_lie_beside_it() -> None:
    folder = live_model(MODELS)
    assert folder.name in (folder / CARD).read_text("utf-8")
    figures = json.loads((folder / METRICS).read_text("utf-8"))
    assert 0.5 < figures["to_point"]["mail"]["auc"] <= 1.0


def test_every_kept_model_loads() -> None:
    for folder in MODELS.iterdir():
        if folder.is_dir() and folder.name.startswith("triage-"):
            assert Classifier.load(folder).name == folder.name
