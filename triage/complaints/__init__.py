"""Complaints: the record of each, what may be said in it, its report and the log's exports.

Pure; the tables are the store's. Rendering lies in ``pdf``, ``html`` and ``export``, imported by
who needs them.
"""

from triage.complaints.authority import amount_of, decided, proposed
from triage.complaints.book import Book, Limit, RemedyKind
from triage.complaints.edit import FIELDS, edited, with_fact
from triage.complaints.load import load
from triage.complaints.record import (
    WORDS,
    Choice,
    Ending,
    Fact,
    Fault,
    How,
    Record,
    Remedy,
    RemedyState,
    Side,
    differences,
    missing,
    remedy_in_words,
)

__all__ = [
    "FIELDS",
    "WORDS",
    "Book",
    "Choice",
    "Ending",
    "Fact",
    "Fault",
    "How",
    "Limit",
    "Record",
    "Remedy",
    "RemedyKind",
    "RemedyState",
    "Side",
    "amount_of",
    "decided",
    "differences",
    "edited",
    "load",
    "missing",
    "proposed",
    "remedy_in_words",
    "with_fact",
]
