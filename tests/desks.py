"""What a desk in a test works with: the packaged files, people by address, a small model."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from service.scoring import Scorer
from service.works import Works
from tests.caseloads import caseload
from triage import complaints, drafts, policy
from triage.caseload import Caseload
from triage.classifier import Classifier
from triage.complaints import Book
from triage.config import Settings
from triage.drafts import Drafts, Guide
from triage.mail import ReadingRules
from triage.pipeline import Reader
from triage.store import Transaction

POINT = ("Pat Point <pat@desk.example>", "Kim Point <kim@desk.example>")
"""Whom the accounts of tests act as; see ``tests.service_client``."""


@cache
def book() -> Book:
    return complaints.load()


@cache
def texts() -> Drafts:
    return drafts.load()


@cache
def guide() -> Guide:
    return drafts.load_guide()


def works(
    load: Caseload | None = None,
    *,
    read: Callable[[], Reader] | None = None,
    bring_in: Callable[[Transaction, int], None] = lambda tx, batch: None,
) -> Works:
    return Works(
        load or caseload(*POINT),
        Settings(),
        Scorer(read or reader),
        book,
        texts,
        guide,
        bring_in,
    )


def reader() -> Reader:
    """The packaged policy over a model of a few kilobytes, which knows nothing."""
    from tests.tiny_model import make

    rules = policy.load()
    with TemporaryDirectory() as folder:
        classifier = Classifier.load(make(Path(folder) / "tiny"), threads=1)
    no_rules = ReadingRules(own_addresses=frozenset(), case_patterns=(), case_presets=())
    return Reader(no_rules, classifier, lambda: rules)


def noon() -> datetime:
    return datetime(2026, 11, 2, 12, tzinfo=UTC)
