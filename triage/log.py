"""Log lines: a constant message plus fields; never mail text, never a secret."""

import logging
import sys
import traceback

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from triage.errors import TriageError


def configure(level: str) -> None:
    """Readable lines on a terminal, JSON lines elsewhere; all on standard error."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception_without_its_words,
    ]
    renderer = _renderer()
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[remove_meta, renderer]
        )
    )
    # Libraries speak up when something is wrong; their everyday chatter stays out.
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)


def _renderer() -> Processor:
    if sys.stderr.isatty():
        return structlog.dev.ConsoleRenderer()
    return structlog.processors.JSONRenderer()


def _exception_without_its_words(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Where an exception came from and its type. Its message stays out unless it is ours:
    a database's or a parser's may quote the mail."""
    error = line.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        line["error"] = str(error) if isinstance(error, TriageError) else type(error).__name__
        line["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-6:]]
    return line
