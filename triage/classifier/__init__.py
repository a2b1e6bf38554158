"""Texts to assessments: the only room that knows ONNX and the tokenizer."""

from triage.classifier.classifier import Classifier
from triage.classifier.folder import live_model
from triage.classifier.text import mail_text

__all__ = ["Classifier", "live_model", "mail_text"]
