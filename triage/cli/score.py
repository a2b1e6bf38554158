"""``triage score``: read mails, say what would become of each, keep nothing."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from triage.cli import wiring
from triage.config import Settings
from triage.errors import ConfigError
from triage.pipeline import Reader
from triage.types import Outcome, Place, RawMail, Reading

_BATCH = 64
_MOST_BYTES = 64 * 2**20


def score_paths(settings: Settings, paths: list[Path], text: str | None, *, as_json: bool) -> int:
    """Print what each mail comes to; 0 when all could be read, else 1."""
    if bool(paths) == (text is not None):
        raise ConfigError(
            "score needs either paths (or - for one mail on standard input) or --text"
        )
    reader = wiring.reader(settings)
    raws = iter([_as_mail(text)]) if text is not None else _mails(paths)
    unreadable = 0
    for reading in _with_progress(_readings(reader, raws), as_json=as_json):
        typer.echo(_as_json(reading, reader) if as_json else _in_words(reading))
        unreadable += reading.decision.outcome is Outcome.FAILED
    return 1 if unreadable else 0


def _readings(reader: Reader, raws: Iterator[RawMail]) -> Iterator[Reading]:
    while batch := [reader.parsed(raw) for raw in islice(raws, _BATCH)]:
        yield from reader.read(batch)


def _mails(paths: list[Path]) -> Iterator[RawMail]:
    from triage.mailbox import read_path

    for path in paths:
        if str(path) == "-":
            content = sys.stdin.buffer.read(_MOST_BYTES)
            yield _raw("-", content)
        else:
            yield from read_path(path)


def _as_mail(text: str) -> RawMail:
    header = "From: <>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
    return _raw("--text", (header + text).encode("utf-8", "replace"))


def _raw(name: str, content: bytes) -> RawMail:
    return RawMail(Place(name, "", 0, 0), datetime.now(UTC), content, len(content))


def _with_progress(readings: Iterator[Reading], *, as_json: bool) -> Iterator[Reading]:
    """Count on standard error, where it is a terminal and the results go elsewhere."""
    if not sys.stderr.isatty() or (sys.stdout.isatty() and not as_json):
        yield from readings
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed} mails"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield from progress.track(readings, description="scoring")


def _as_json(reading: Reading, reader: Reader) -> str:
    email, assessment, decision = reading.email, reading.assessment, reading.decision
    record: dict[str, Any] = {
        "id": reading.raw.digest[:16],
        "kind": email.kind if email else None,
        "language": email.language if email else None,
        "case_number": email.case_number if email else None,
        "flag": decision.outcome is Outcome.FLAG,
        "outcome": decision.outcome,
        "severity": decision.severity,
        "rule": decision.rule,
        "because": reading.because,
        "scores": _rounded(assessment.scores.as_dict()) if assessment else None,
        "evidence": [
            {
                "text": sentence.text,
                "start": sentence.start,
                "end": sentence.end,
                "signal": sentence.signal,
                "score": round(sentence.score, 4),
            }
            for sentence in (assessment.evidence if assessment else ())
        ],
        "model": reader.classifier.name,
    }
    return json.dumps(record, ensure_ascii=False)


def _rounded(scores: dict[str, float]) -> dict[str, float]:
    return {signal: round(probability, 4) for signal, probability in scores.items()}


def _in_words(reading: Reading) -> str:
    decision = reading.decision
    verdict = f"{decision.outcome.upper()} {decision.severity or ''}".strip()
    who = reading.email.sender.address if reading.email else reading.raw.digest[:16]
    subject = reading.email.subject if reading.email else ""
    lines = [f"{verdict:16} {who}  {subject}"[:160], f"{'':16} {reading.because}"]
    if reading.assessment:
        sentences = dict.fromkeys(sentence.text for sentence in reading.assessment.evidence)
        lines += [f"{'':16} “{sentence}”" for sentence in list(sentences)[:3]]
    return "\n".join(lines)
