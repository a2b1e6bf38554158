"""Texts to assessments: the only room that knows ONNX and the tokenizer."""

from triage.classifier.classifier import Classifier
from triage.classifier.folder import ModelFolder, live_model, read_folder
from triage.classifier.text import mail_text

__all__ = ["Classifier", "ModelFolder", "live_model", "mail_text", "read_folder"]
